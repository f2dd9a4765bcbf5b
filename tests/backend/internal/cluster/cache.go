package cluster

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllertest"
)

// A cache whose informers never report changes: those who change objects wake the engine directly. Plugins
// read with the client.
type unwatched struct{ cache.Cache }

func (unwatched) GetInformer(context.Context, client.Object, ...cache.InformerGetOption) (cache.Informer, error) {
	return &controllertest.FakeInformer{Synced: true}, nil
}

func (unwatched) List(context.Context, client.ObjectList, ...client.ListOption) error { return nil }

func (unwatched) WaitForCacheSync(context.Context) bool { return true }
