// Package kubelet runs pods as processes of this machine.
package kubelet

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Kubelet starts the containers of pods, and records them.
type Kubelet struct {
	Images  Images
	Secrets map[string]map[string]string
	// Each pod has its own folder in it.
	Folder string

	mutex sync.Mutex
	ended []Container
	// All processes that may still run.
	going map[*process]bool
}

// Container is the result of a container, for the answer.
type Container struct {
	Pod       string   `json:"pod"`
	Container string   `json:"container"`
	Image     string   `json:"image"`
	Command   []string `json:"command"`
	Exit      int      `json:"exit"`
	Signal    *string  `json:"signal"`
	Log       string   `json:"log"`
}

// Containers returns the ended containers in the order of their ends.
func (kubelet *Kubelet) Containers() []Container {
	kubelet.mutex.Lock()
	defer kubelet.mutex.Unlock()
	return append([]Container{}, kubelet.ended...)
}

// KillAll kills all process groups.
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

// Run runs a pod until its containers end. If the context ends, it terminates them, and kills them after the
// pod's grace period. It reports each change of the status.
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
