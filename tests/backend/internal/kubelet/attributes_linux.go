package kubelet

import "syscall"

// If this program is killed, Linux also kills the first process of each container.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
