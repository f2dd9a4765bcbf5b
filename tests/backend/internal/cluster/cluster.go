// Package cluster is as much of Kubernetes as Flyte sees: an API server in memory and nothing behind it.
package cluster

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// Cluster gives Flyte a client whose writes are seen.
type Cluster struct {
	client.Client
	// Watcher can be nil: then nothing comes of what is created.
	Watcher Watcher
	// Admission changes pods before they are created, or refuses them. It can be nil.
	Admission func(context.Context, *corev1.Pod) (*corev1.Pod, error)

	mutex   sync.Mutex
	created []client.Object
}

// Watcher is told of what Flyte creates and deletes, after it is done.
type Watcher interface {
	Created(object client.Object)
	Deleted(object client.Object)
}

// New makes an empty cluster.
func New() *Cluster {
	inner := fake.NewClientBuilder().
		WithScheme(scheme.Scheme).
		WithStatusSubresource(&corev1.Pod{}).
		Build()
	return &Cluster{Client: inner}
}

// GetClient makes the cluster what plugins ask for.
func (cluster *Cluster) GetClient() client.Client { return cluster }

// GetCache makes the cluster what plugins ask for.
func (cluster *Cluster) GetCache() cache.Cache { return unwatched{} }

// Create keeps a copy of the object as it comes, before the API server fills it in.
func (cluster *Cluster) Create(ctx context.Context, object client.Object, options ...client.CreateOption) error {
	given := object.DeepCopyObject().(client.Object)
	object, err := cluster.admit(ctx, object)
	if err != nil {
		return err
	}
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
	if cluster.Watcher != nil {
		cluster.Watcher.Created(object.DeepCopyObject().(client.Object))
	}
	return nil
}

func (cluster *Cluster) admit(ctx context.Context, object client.Object) (client.Object, error) {
	pod, ok := object.(*corev1.Pod)
	if !ok || cluster.Admission == nil {
		return object, nil
	}
	admitted, err := cluster.Admission(ctx, pod.DeepCopy())
	if err != nil {
		return nil, apierrors.NewBadRequest("admission webhook denied the request: " + err.Error())
	}
	return admitted, nil
}

// Delete removes the object at once; whoever watches ends what it stands for.
func (cluster *Cluster) Delete(ctx context.Context, object client.Object, options ...client.DeleteOption) error {
	if err := cluster.Client.Delete(ctx, object, options...); err != nil {
		return err
	}
	if cluster.Watcher != nil {
		cluster.Watcher.Deleted(object)
	}
	return nil
}

// Objects are the objects as they were given to Create, in that order.
func (cluster *Cluster) Objects() []client.Object {
	cluster.mutex.Lock()
	defer cluster.mutex.Unlock()
	return append([]client.Object{}, cluster.created...)
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
