// Package kubelet runs pods as processes of this machine.
package kubelet

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Kubelet starts the containers of pods and keeps account of them.
type Kubelet struct {
	Images  Images
	Secrets map[string]map[string]string
	// Pods have folders of their own in it.
	Folder string

	mutex sync.Mutex
	ended []Container
	// All processes that have been started and may still go on.
	going map[*process]bool
}

// Container is what became of one, for the answer.
type Container struct {
	Pod       string   `json:"pod"`
	Container string   `json:"container"`
	Image     string   `json:"image"`
	Command   []string `json:"command"`
	Exit      int      `json:"exit"`
	Signal    *string  `json:"signal"`
	Log       string   `json:"log"`
}

// Containers are those that ended, in this order.
func (kubelet *Kubelet) Containers() []Container {
	kubelet.mutex.Lock()
	defer kubelet.mutex.Unlock()
	return append([]Container{}, kubelet.ended...)
}

// KillAll ends every process group that was started, and does not ask.
func (kubelet *Kubelet) KillAll() {
	kubelet.mutex.Lock()
	defer kubelet.mutex.Unlock()
	for process := range kubelet.going {
		process.killGroup()
	}
}

func (kubelet *Kubelet) folder(pod *corev1.Pod, parts ...string) string {
	return filepath.Join(append([]string{kubelet.Folder, pod.Name}, parts...)...)
}

// Run runs a pod until its containers ended, or until the context did: then they are asked to end, and killed after the
// pod's grace period. Each change of the status is reported.
func (kubelet *Kubelet) Run(ctx context.Context, pod *corev1.Pod, report func(corev1.PodStatus)) corev1.PodStatus {
	run := newRun(kubelet, pod, report)
	run.pod(ctx)
	return run.status
}

func grace(pod *corev1.Pod) time.Duration {
	if seconds := pod.Spec.TerminationGracePeriodSeconds; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return 30 * time.Second
}
