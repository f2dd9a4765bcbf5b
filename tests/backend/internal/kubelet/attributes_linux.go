package kubelet

import "syscall"

// If this program is killed, Linux at least takes the first process of each container along.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
