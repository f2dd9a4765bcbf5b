package kubelet

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func (run *run) tell() {
	if run.report != nil {
		run.report(*run.status.DeepCopy())
	}
}

func (run *run) statusOf(container string) *corev1.ContainerStatus {
	for _, statuses := range [][]corev1.ContainerStatus{run.status.InitContainerStatuses, run.status.ContainerStatuses} {
		for index := range statuses {
			if statuses[index].Name == container {
				return &statuses[index]
			}
		}
	}
	return &corev1.ContainerStatus{}
}

// Reports that a container waits for something that does not come; without a name, all containers.
func (run *run) stuck(container, reason, message string) {
	state := &corev1.ContainerStateWaiting{Reason: reason, Message: message}
	for index := range run.status.ContainerStatuses {
		status := &run.status.ContainerStatuses[index]
		if container == "" || status.Name == container {
			status.State = corev1.ContainerState{Waiting: state}
		}
	}
	run.tell()
}

func (run *run) note(end end) {
	end.container.ended = true
	run.statusOf(end.container.spec.Name).State = corev1.ContainerState{Terminated: &end.state}
	run.statusOf(end.container.spec.Name).Ready = false
}

func (run *run) condition(kind corev1.PodConditionType, value corev1.ConditionStatus, reason, message string) {
	condition := corev1.PodCondition{
		Type: kind, Status: value, Reason: reason, Message: message, LastTransitionTime: metav1.Now(),
	}
	for index := range run.status.Conditions {
		if run.status.Conditions[index].Type == kind {
			run.status.Conditions[index] = condition
			return
		}
	}
	run.status.Conditions = append(run.status.Conditions, condition)
}
