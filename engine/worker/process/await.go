package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// await waits for the end of the process that pidfd stands for, and closes pidfd. Waiting as os.Process does takes a
// thread for each process; Go's poller takes none. Where it cannot, this returns at once, and the caller waits otherwise.
func await(pidfd int) {
	if pidfd < 0 {
		return // before Linux 5.4, or Go was told to do without
	}
	if err := unix.SetNonblock(pidfd, true); err != nil {
		_ = unix.Close(pidfd) // nothing was written
		return
	}
	f := os.NewFile(uintptr(pidfd), "process")
	defer f.Close()
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Read(func(fd uintptr) bool { // fails if there is no poller for it, as above
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		return n > 0 || err != nil && err != unix.EINTR
	})
}
