package kubelet

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A run of a pod.
type run struct {
	kubelet *Kubelet
	of      *corev1.Pod
	report  func(corev1.PodStatus)
	status  corev1.PodStatus
	mounts  mounts
	ends    chan end
}

// A container that ended.
type end struct {
	container *started
	state     corev1.ContainerStateTerminated
}

// A container with a process.
type started struct {
	spec    *corev1.Container
	init    bool
	process *process
	ended   bool
}

func newRun(kubelet *Kubelet, pod *corev1.Pod, report func(corev1.PodStatus)) *run {
	run := &run{kubelet: kubelet, of: pod, report: report, ends: make(chan end)}
	now := metav1.Now()
	run.status = corev1.PodStatus{
		Phase: corev1.PodPending, StartTime: &now, PodIP: "127.0.0.1", HostIP: "127.0.0.1",
		InitContainerStatuses: waiting(pod.Spec.InitContainers, "PodInitializing"),
		ContainerStatuses:     waiting(pod.Spec.Containers, "ContainerCreating"),
	}
	run.condition(corev1.PodScheduled, corev1.ConditionTrue, "", "")
	run.condition(corev1.PodReady, corev1.ConditionFalse, "ContainersNotReady", "containers with unready status")
	return run
}

func waiting(containers []corev1.Container, reason string) []corev1.ContainerStatus {
	statuses := []corev1.ContainerStatus{}
	for _, container := range containers {
		statuses = append(statuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image,
			State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
		})
	}
	return statuses
}

func (run *run) pod(ctx context.Context) {
	run.tell()
	if !run.prepare() {
		// Like a kubelet, which tries again and again until the pod is deleted.
		<-ctx.Done()
		return
	}
	sidecars, ok := run.initialize(ctx)
	if ok = ok && ctx.Err() == nil; ok {
		ok = run.main(ctx)
	}
	run.stop(ctx, sidecars)
	run.finish(ok)
}

// Reports whether the containers can be created.
func (run *run) prepare() bool {
	for _, container := range slices.Concat(run.of.Spec.InitContainers, run.of.Spec.Containers) {
		if _, known := run.kubelet.Images.Find(container.Image); !known {
			run.stuck(container.Name, "ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q", container.Image))
			return false
		}
	}
	mounts, err := run.kubelet.mount(run.of)
	if err != nil {
		run.stuck("", "ContainerCreating", err.Error())
		return false
	}
	run.mounts = mounts
	for _, container := range slices.Concat(run.of.Spec.InitContainers, run.of.Spec.Containers) {
		if _, err := run.kubelet.environment(run.of, &container, Image{}, mounts); err != nil {
			run.stuck(container.Name, "CreateContainerConfigError", err.Error())
			return false
		}
	}
	return true
}

// Runs init containers one after another. Sidecars continue beside the other containers.
func (run *run) initialize(ctx context.Context) (sidecars []*started, ok bool) {
	for index := range run.of.Spec.InitContainers {
		spec := &run.of.Spec.InitContainers[index]
		container := run.start(spec, true)
		if container != nil && spec.RestartPolicy != nil && *spec.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars = append(sidecars, container)
			continue
		}
		if container != nil {
			run.wait(ctx, []*started{container})
		}
		if state := run.statusOf(spec.Name).State.Terminated; state == nil || state.ExitCode != 0 {
			return sidecars, false
		}
	}
	return sidecars, true
}

// Runs the containers side by side.
func (run *run) main(ctx context.Context) bool {
	run.status.Phase = corev1.PodRunning
	run.condition(corev1.PodReady, corev1.ConditionTrue, "", "")
	going := []*started{}
	for index := range run.of.Spec.Containers {
		if container := run.start(&run.of.Spec.Containers[index], false); container != nil {
			going = append(going, container)
		}
	}
	if len(going) > 0 {
		run.tell()
	}
	run.wait(ctx, going)
	for _, status := range run.status.ContainerStatuses {
		if status.State.Terminated == nil || status.State.Terminated.ExitCode != 0 {
			return false
		}
	}
	return true
}

// Waits for containers. When the context ends, they get SIGTERM, and SIGKILL after the grace period.
func (run *run) wait(ctx context.Context, going []*started) {
	deleted := ctx.Done()
	var killed <-chan time.Time
	for {
		// A sidecar can end during the wait for other containers.
		going = slices.DeleteFunc(going, func(container *started) bool { return container.ended })
		if len(going) == 0 {
			return
		}
		select {
		case end := <-run.ends:
			run.note(end)
			// Like a kubelet, report the last container together with the pod's phase.
			if end.container.init || slices.ContainsFunc(going, func(other *started) bool { return !other.ended }) {
				run.tell()
			}
		case <-deleted:
			deleted = nil
			killed = time.After(grace(run.of))
			for _, container := range going {
				container.process.terminate()
			}
		case <-killed:
			for _, container := range going {
				container.process.killGroup()
			}
		}
	}
}

// Sidecars end after the containers.
func (run *run) stop(ctx context.Context, sidecars []*started) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	run.wait(ended, sidecars)
}

func (run *run) finish(ok bool) {
	run.status.Phase = corev1.PodFailed
	if ok {
		run.status.Phase = corev1.PodSucceeded
	}
	run.condition(corev1.PodReady, corev1.ConditionFalse, "PodCompleted", "")
	run.tell()
}
