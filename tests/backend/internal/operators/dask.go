package operators

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	dask "github.com/dask/dask-kubernetes/v2023/dask_kubernetes/operator/go_client/pkg/apis/kubernetes.dask.org/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Like Dask's operator: makes a cluster and a job runner, and removes the cluster when the runner ends.
func (operators *Operators) dask(ctx context.Context, job *dask.DaskJob) {
	set := func(change func(*dask.DaskJobStatus)) {
		update(operators, job.Name, job.Namespace, &dask.DaskJob{},
			func(stored *dask.DaskJob) { change(&stored.Status) })
	}
	set(func(status *dask.DaskJobStatus) { status.JobStatus = dask.DaskJobCreated })

	clusterCtx, remove := context.WithCancel(ctx)
	cluster := &daskCluster{operators: operators, job: job}
	defer cluster.all.Wait()
	defer remove()
	cluster.start(clusterCtx)

	set(func(status *dask.DaskJobStatus) {
		status.ClusterName = job.Name
		status.JobRunnerPodName = job.Name + "-runner"
		status.JobStatus = dask.DaskJobClusterCreated
	})
	ended := operators.runner(ctx, job, cluster.address, func() {
		set(func(status *dask.DaskJobStatus) {
			status.JobStatus = dask.DaskJobRunning
			status.StartTime = metav1.Now()
		})
	})
	remove()
	set(func(status *dask.DaskJobStatus) {
		status.EndTime = metav1.Now()
		status.JobStatus = dask.DaskJobFailed
		if ended == corev1.PodSucceeded {
			status.JobStatus = dask.DaskJobSuccessful
		}
	})
}

func (operators *Operators) runner(ctx context.Context, job *dask.DaskJob, address string, running func()) corev1.PodPhase {
	pod, err := operators.member(ctx, job, "runner", job.Spec.Job.Spec, map[string]string{addressVariable: address})
	if err != nil {
		return corev1.PodFailed
	}
	return operators.Kubelet.Run(ctx, pod, func(status corev1.PodStatus) {
		if status.Phase == corev1.PodRunning {
			running()
		}
	}).Phase
}

const addressVariable = "DASK_SCHEDULER_ADDRESS"

// The scheduler and the workers of a job.
type daskCluster struct {
	operators *Operators
	job       *dask.DaskJob
	address   string
	all       sync.WaitGroup
}

// Starts the scheduler, and the workers once its address is known; in Kubernetes it is its service's. If the
// scheduler does not start, the runner fails.
func (cluster *daskCluster) start(ctx context.Context) {
	spec := cluster.job.Spec.Cluster.Spec
	file := filepath.Join(cluster.operators.Kubelet.Folder, cluster.job.Name+"-scheduler", "scheduler.json")
	scheduler := spec.Scheduler.Spec.DeepCopy()
	for index := range scheduler.Containers {
		container := &scheduler.Containers[index]
		// In Kubernetes each pod has its own address. Here each scheduler has its own port.
		if container.Name == "scheduler" {
			container.Args = append(container.Args,
				"--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", file)
		}
	}
	ended := make(chan struct{})
	cluster.keep(ctx, "scheduler", *scheduler, nil, func() { close(ended) })
	cluster.address = schedulerAddress(ctx, file, ended)
	for number := range spec.Worker.Replicas {
		component := fmt.Sprintf("default-worker-%d", number)
		variables := map[string]string{"DASK_WORKER_NAME": cluster.job.Name + "-" + component, addressVariable: cluster.address}
		cluster.keep(ctx, component, spec.Worker.Spec, variables, nil)
	}
}

// The longest wait before a pod is started again. Kubernetes' waits also become longer.
const longestWait = 30 * time.Second

// Runs a pod of a deployment, which replaces an ended pod. A pod with `ended` is not replaced.
func (cluster *daskCluster) keep(ctx context.Context, component string, spec corev1.PodSpec, variables map[string]string, ended func()) {
	cluster.all.Add(1)
	go func() {
		defer cluster.all.Done()
		if ended != nil {
			defer ended()
		}
		for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, longestWait) {
			pod, err := cluster.operators.member(ctx, cluster.job, component, spec, variables)
			if err != nil {
				return
			}
			cluster.operators.Kubelet.Run(ctx, pod, nil)
			if ended != nil {
				return
			}
			select {
			case <-ctx.Done():
			case <-time.After(wait):
			}
		}
	}()
}

// A pod of a job, with the labels and annotations of the job and of its cluster.
func (operators *Operators) member(ctx context.Context, job *dask.DaskJob, component string, spec corev1.PodSpec, variables map[string]string) (*corev1.Pod, error) {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: job.Name + "-" + component, Namespace: job.Namespace,
			Labels:      both(job.Labels, job.Spec.Cluster.Labels),
			Annotations: both(job.Annotations, job.Spec.Cluster.Annotations),
		},
		Spec: *spec.DeepCopy(),
	}
	for index := range pod.Spec.Containers {
		container := &pod.Spec.Containers[index]
		for _, name := range sortedKeys(variables) {
			container.Env = append(container.Env, corev1.EnvVar{Name: name, Value: variables[name]})
		}
	}
	if operators.Cluster.Admission == nil {
		return pod, nil
	}
	return operators.Cluster.Admission(ctx, pod)
}

func both(one, other map[string]string) map[string]string {
	all := map[string]string{}
	for _, from := range []map[string]string{one, other} {
		for key, value := range from {
			all[key] = value
		}
	}
	return all
}
