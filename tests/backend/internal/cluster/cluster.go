// Package cluster is as much of Kubernetes as Flyte sees: an API server in memory and nothing behind it.
package cluster

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// Cluster gives Flyte a client whose writes are seen.
type Cluster struct {
	client.Client
	watcher Watcher
	mutex   sync.Mutex
	created []client.Object
}

// Watcher is told of what Flyte creates and deletes, after it is done.
type Watcher interface {
	Created(object client.Object)
	Deleted(object client.Object)
}

// New makes an empty cluster. The watcher can be nil.
func New(watcher Watcher) *Cluster {
	inner := fake.NewClientBuilder().
		WithScheme(scheme.Scheme).
		WithStatusSubresource(&corev1.Pod{}).
		Build()
	return &Cluster{Client: inner, watcher: watcher}
}

// GetClient makes the cluster what plugins ask for.
func (cluster *Cluster) GetClient() client.Client { return cluster }

// GetCache makes the cluster what plugins ask for.
func (cluster *Cluster) GetCache() cache.Cache { return unwatched{} }

// Create keeps a copy of the object as it comes, before the API server fills it in.
func (cluster *Cluster) Create(ctx context.Context, object client.Object, options ...client.CreateOption) error {
	given := object.DeepCopyObject().(client.Object)
	if err := cluster.Client.Create(ctx, object, options...); err != nil {
		return err
	}
	// As the API server does: a pod without a phase would be taken for one that runs.
	if pod, ok := object.(*corev1.Pod); ok {
		pod.Status.Phase = corev1.PodPending
		if err := cluster.Client.Status().Update(ctx, pod); err != nil {
			return err
		}
	}
	cluster.mutex.Lock()
	cluster.created = append(cluster.created, given)
	cluster.mutex.Unlock()
	if cluster.watcher != nil {
		cluster.watcher.Created(object.DeepCopyObject().(client.Object))
	}
	return nil
}

// Delete removes the object at once; whoever watches ends what it stands for.
func (cluster *Cluster) Delete(ctx context.Context, object client.Object, options ...client.DeleteOption) error {
	if err := cluster.Client.Delete(ctx, object, options...); err != nil {
		return err
	}
	if cluster.watcher != nil {
		cluster.watcher.Deleted(object)
	}
	return nil
}

// Objects are the objects as they were given to Create, in that order.
func (cluster *Cluster) Objects() []client.Object {
	cluster.mutex.Lock()
	defer cluster.mutex.Unlock()
	return append([]client.Object{}, cluster.created...)
}

// Kind is the kind of an object, which objects of Go leave empty once they were decoded.
func Kind(object client.Object) string {
	kinds, _, err := scheme.Scheme.ObjectKinds(runtime.Object(object))
	if err != nil || len(kinds) == 0 {
		return ""
	}
	return kinds[0].Kind
}

// Clear forgets all objects.
func (cluster *Cluster) Clear(ctx context.Context) error {
	cluster.mutex.Lock()
	created := cluster.created
	cluster.created = nil
	cluster.mutex.Unlock()
	for _, object := range created {
		if err := client.IgnoreNotFound(cluster.Client.Delete(ctx, object)); err != nil {
			return err
		}
	}
	return nil
}
