// Package operators acts on the objects in a cluster: it runs pods, and replaces the operators of Spark and
// Dask.
package operators

import (
	"context"
	"sync"
	"time"

	dask "github.com/dask/dask-kubernetes/v2023/dask_kubernetes/operator/go_client/pkg/apis/kubernetes.dask.org/v1"
	spark "github.com/kubeflow/spark-operator/api/v1beta2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"flytekit.example/backend/internal/cluster"
	"flytekit.example/backend/internal/kubelet"
)

// Operators watch a cluster.
type Operators struct {
	Cluster *cluster.Cluster
	Kubelet *kubelet.Kubelet
	// Changed is called after each change of a status.
	Changed func()

	mutex sync.Mutex
	lives map[string]context.CancelFunc
	all   sync.WaitGroup
}

// Created starts the processes of an object.
func (operators *Operators) Created(object client.Object) {
	var live func(context.Context)
	switch object := object.(type) {
	case *corev1.Pod:
		live = func(ctx context.Context) { operators.pod(ctx, object) }
	case *spark.SparkApplication:
		live = func(ctx context.Context) { operators.spark(ctx, object) }
	case *dask.DaskJob:
		live = func(ctx context.Context) { operators.dask(ctx, object) }
	default:
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	operators.mutex.Lock()
	defer operators.mutex.Unlock()
	if operators.lives == nil {
		operators.lives = map[string]context.CancelFunc{}
	}
	operators.lives[key(object)] = cancel
	operators.all.Add(1)
	go func() {
		defer operators.all.Done()
		live(ctx)
	}()
}

// Deleted terminates the processes of an object.
func (operators *Operators) Deleted(object client.Object) {
	operators.mutex.Lock()
	defer operators.mutex.Unlock()
	if cancel, there := operators.lives[key(object)]; there {
		cancel()
	}
}

// Close terminates all processes, and kills those that do not end.
func (operators *Operators) Close() {
	operators.mutex.Lock()
	for _, cancel := range operators.lives {
		cancel()
	}
	operators.mutex.Unlock()
	ended := make(chan struct{})
	go func() {
		operators.all.Wait()
		close(ended)
	}()
	const patience = 5 * time.Second
	for {
		select {
		case <-ended:
			return
		case <-time.After(patience):
			operators.Kubelet.KillAll()
		}
	}
}

func key(object client.Object) string {
	switch object.(type) {
	case *corev1.Pod:
		return "pod " + object.GetName()
	case *spark.SparkApplication:
		return "spark " + object.GetName()
	}
	return "dask " + object.GetName()
}

// Runs a pod of Flyte's, and writes its status.
func (operators *Operators) pod(ctx context.Context, pod *corev1.Pod) {
	operators.Kubelet.Run(ctx, pod, func(status corev1.PodStatus) {
		update(operators, pod.Name, pod.Namespace, &corev1.Pod{}, func(stored *corev1.Pod) { stored.Status = status })
	})
}

// Writes a status and reports the change, unless the object was deleted.
func update[O client.Object](operators *Operators, name, namespace string, stored O, change func(O)) {
	ctx := context.Background()
	for {
		if err := operators.Cluster.Get(ctx, client.ObjectKey{Name: name, Namespace: namespace}, stored); err != nil {
			return
		}
		change(stored)
		var err error
		if _, ok := client.Object(stored).(*corev1.Pod); ok {
			err = operators.Cluster.Status().Update(ctx, stored)
		} else {
			err = operators.Cluster.Update(ctx, stored)
		}
		if apierrors.IsConflict(err) {
			continue
		}
		operators.Changed()
		return
	}
}
