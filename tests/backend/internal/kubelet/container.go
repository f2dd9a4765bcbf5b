package kubelet

import (
	"fmt"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The exit code of a container whose program cannot be started.
const startError = 128

// Starts a container's process, and sets its status. Returns nil for a failure, which has ended the
// container.
func (run *run) start(spec *corev1.Container, init bool) *started {
	now := metav1.Now()
	words, process, err := run.launch(spec)
	status := run.statusOf(spec.Name)
	if err != nil {
		status.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: startError, Reason: "StartError", Message: err.Error(), StartedAt: now, FinishedAt: now,
		}}
		run.kubelet.keep(Container{
			Pod: run.of.Name, Container: spec.Name, Image: spec.Image, Command: words, Exit: startError,
			Log: run.kubelet.folder(run.of, spec.Name, "log"),
		})
		return nil
	}
	yes := true
	status.Ready, status.Started = true, &yes
	status.State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
	container := &started{spec: spec, init: init, process: process}
	go func() {
		result := process.wait()
		run.kubelet.over(process, Container{
			Pod: run.of.Name, Container: spec.Name, Image: spec.Image, Command: words,
			Exit: result.code, Signal: result.signal, Log: process.log,
		})
		run.ends <- end{container, result.state(now, process.log)}
	}()
	return container
}

// Starts the program in the container's own folder.
func (run *run) launch(spec *corev1.Container) ([]string, *process, error) {
	image, _ := run.kubelet.Images.Find(spec.Image)
	environment, err := run.kubelet.environment(run.of, spec, image, run.mounts)
	if err != nil {
		return nil, nil, err
	}
	command := spec.Command
	if len(command) == 0 {
		command = image.Entrypoint
	}
	words := []string{}
	for _, word := range slices.Concat(command, spec.Args) {
		words = append(words, run.mounts.translate(expand(word, environment.own)))
	}
	if len(words) == 0 {
		return words, nil, fmt.Errorf("no command specified")
	}
	home := run.kubelet.folder(run.of, spec.Name, "home")
	if err := os.MkdirAll(run.kubelet.folder(run.of, spec.Name, "tmp"), 0o755); err != nil {
		return words, nil, err
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return words, nil, err
	}
	program, exists := image.Program(words[0])
	if !exists {
		return words, nil, fmt.Errorf("exec: %q: no such file or directory in image %s", words[0], spec.Image)
	}
	process, err := run.kubelet.run(slices.Concat(program, words[1:]), environment.all(), home,
		run.kubelet.folder(run.of, spec.Name, "log"))
	return words, process, err
}

// The state of an ended container. Like FallbackToLogsOnError, its message is the end of the log if it
// failed.
func (result result) state(since metav1.Time, log string) corev1.ContainerStateTerminated {
	state := corev1.ContainerStateTerminated{
		ExitCode: int32(result.code), Reason: "Completed", StartedAt: since, FinishedAt: metav1.Now(),
	}
	if result.code != 0 {
		state.Reason = "Error"
		state.Message = tail(log)
	}
	return state
}

// The part of a log that a kubelet reports.
func tail(log string) string {
	const lines, bytes = 80, 2048
	text, err := os.ReadFile(log)
	if err != nil {
		return ""
	}
	text = text[max(0, len(text)-bytes):]
	all := strings.SplitAfter(strings.ToValidUTF8(string(text), ""), "\n")
	return strings.Join(all[max(0, len(all)-lines-1):], "")
}
