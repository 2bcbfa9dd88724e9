package worker

import (
	"context"
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// look is how often a worker looks whether the server is still there, beside reading: the reader itself may hang in a
// port.
const look = 250 * time.Millisecond

// watch waits for the end: of reading, of ctx, or of the other side even though reading does not end.
func (s *server) watch(ctx context.Context, conn net.Conn, reader <-chan error) error {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case err := <-reader:
			return err
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if hungUp(conn) {
				select {
				case err := <-reader:
					return err
				case <-time.After(s.o.Grace): // it hangs, or has much to read for nobody
					return nil
				}
			}
		}
	}
}

// hungUp tells whether the other end of a socket has closed, whatever is still to be read.
func hungUp(conn net.Conn) bool {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = raw.Control(func(fd uintptr) {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
		n, err := unix.Poll(fds, 0)
		gone = err == nil && n > 0
	})
	return gone || err != nil
}

// atMost waits for f for so long at most; f goes on if it is not done.
func atMost(d time.Duration, f func()) {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
}
