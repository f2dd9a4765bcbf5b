package kubelet

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// A process that leads its own process group, like the first process of a container.
type process struct {
	command *exec.Cmd
	log     string
}

// The end of a process.
type result struct {
	code   int
	signal *string
}

// Output goes to a file, because remaining processes would keep a pipe open.
func (kubelet *Kubelet) run(words, environment []string, folder, log string) (*process, error) {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	command := &exec.Cmd{
		Path: words[0], Args: words, Env: environment, Dir: folder,
		Stdout: file, Stderr: file, SysProcAttr: attributes(),
	}
	if !filepath.IsAbs(command.Path) {
		if command.Path, err = filepath.Abs(command.Path); err != nil {
			return nil, err
		}
	}
	started := &process{command: command, log: log}
	kubelet.mutex.Lock()
	defer kubelet.mutex.Unlock()
	if err := command.Start(); err != nil {
		return nil, err
	}
	if kubelet.going == nil {
		kubelet.going = map[*process]bool{}
	}
	kubelet.going[started] = true
	return started, nil
}

// The end of this process ends all processes of its container.
func (process *process) wait() result {
	_ = process.command.Wait()
	process.killGroup()
	status, ok := process.command.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return result{code: process.command.ProcessState.ExitCode()}
	}
	name := name(status.Signal())
	return result{code: 128 + int(status.Signal()), signal: &name}
}

// Only the first process gets the signal, as in Kubernetes.
func (process *process) terminate() { _ = process.command.Process.Signal(syscall.SIGTERM) }

func (process *process) killGroup() { _ = syscall.Kill(-process.command.Process.Pid, syscall.SIGKILL) }

func name(signal syscall.Signal) string {
	names := map[syscall.Signal]string{
		syscall.SIGKILL: "SIGKILL", syscall.SIGTERM: "SIGTERM", syscall.SIGABRT: "SIGABRT", syscall.SIGSEGV: "SIGSEGV",
		syscall.SIGINT: "SIGINT", syscall.SIGHUP: "SIGHUP", syscall.SIGBUS: "SIGBUS", syscall.SIGILL: "SIGILL",
	}
	if name, known := names[signal]; known {
		return name
	}
	return signal.String()
}

func (kubelet *Kubelet) over(process *process, container Container) {
	kubelet.mutex.Lock()
	delete(kubelet.going, process)
	kubelet.mutex.Unlock()
	kubelet.keep(container)
}

func (kubelet *Kubelet) keep(container Container) {
	kubelet.mutex.Lock()
	defer kubelet.mutex.Unlock()
	kubelet.ended = append(kubelet.ended, container)
}
