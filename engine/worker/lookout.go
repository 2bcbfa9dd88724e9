package worker

import (
	"context"
	"io"
	"time"
)

// look is how often a worker looks whether the server is still there, beside reading: the reader itself may hang in a
// port.
const look = 250 * time.Millisecond

// watch waits for the end: of reading, of ctx, or of the other side even though reading does not end.
func (s *server) watch(ctx context.Context, conn io.ReadWriteCloser, reader <-chan error) error {
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

// hungUp tells whether the other end of a socket has closed, whatever is still to be read; false if conn cannot say.
func hungUp(conn io.ReadWriteCloser) bool {
	c, ok := conn.(interface{ HungUp() bool })
	return ok && c.HungUp()
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
