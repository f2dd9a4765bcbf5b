// Package cluster is the part of Kubernetes that Flyte sees: an API server in memory, without nodes.
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

// Cluster gives Flyte a client, and observes its writes.
type Cluster struct {
	client.Client
	// Watcher may be nil; then nobody acts on the objects.
	Watcher Watcher
	// Admission changes or refuses pods before they are created. It may be nil.
	Admission func(context.Context, *corev1.Pod) (*corev1.Pod, error)

	mutex   sync.Mutex
	created []client.Object
}

// Watcher is called after Flyte has created or deleted an object.
type Watcher interface {
	Created(object client.Object)
	Deleted(object client.Object)
}

// New returns an empty cluster.
func New() *Cluster {
	inner := fake.NewClientBuilder().
		WithScheme(scheme.Scheme).
		WithStatusSubresource(&corev1.Pod{}).
		Build()
	return &Cluster{Client: inner}
}

// GetClient implements the interface that plugins expect.
func (cluster *Cluster) GetClient() client.Client { return cluster }

// GetCache implements the interface that plugins expect.
func (cluster *Cluster) GetCache() cache.Cache { return unwatched{} }

// Create keeps a copy of the original object, before the API server fills it in.
func (cluster *Cluster) Create(ctx context.Context, object client.Object, options ...client.CreateOption) error {
	given := object.DeepCopyObject().(client.Object)
	object, err := cluster.admit(ctx, object)
	if err != nil {
		return err
	}
	if err := cluster.Client.Create(ctx, object, options...); err != nil {
		return err
	}
	// Like the API server: Flyte would consider a pod without a phase as running.
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

// Delete removes the object at once. The watcher ends its processes.
func (cluster *Cluster) Delete(ctx context.Context, object client.Object, options ...client.DeleteOption) error {
	if err := cluster.Client.Delete(ctx, object, options...); err != nil {
		return err
	}
	if cluster.Watcher != nil {
		cluster.Watcher.Deleted(object)
	}
	return nil
}

// Objects returns the original objects in the order of their creation.
func (cluster *Cluster) Objects() []client.Object {
	cluster.mutex.Lock()
	defer cluster.mutex.Unlock()
	return append([]client.Object{}, cluster.created...)
}

// Clear removes all objects.
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
