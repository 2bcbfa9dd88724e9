package socket

import (
	"log/slog"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// exhausted is a listener of a process that has no descriptor left.
type exhausted struct {
	asked  int
	closed chan struct{}
}

func (e *exhausted) Accept() (net.Conn, error) {
	select {
	case <-e.closed:
		return nil, net.ErrClosed
	default:
		e.asked++
		return nil, syscall.EMFILE
	}
}

func (e *exhausted) Close() error   { close(e.closed); return nil }
func (e *exhausted) Addr() net.Addr { return net.TCPAddrFromAddrPort(netip.AddrPort{}) }

// TestNoDescriptorIsLeft: who cannot be let in is not tried without a pause, and closing waits for none.
func TestNoDescriptorIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewStreams(StreamOptions{Log: slog.New(slog.DiscardHandler)})
		l := &exhausted{closed: make(chan struct{})}
		s.listen = append(s.listen, l)
		s.done.Go(func() { s.accept(l, nil) })
		time.Sleep(10 * time.Second) //nolint:forbidigo // of synctest
		synctest.Wait()
		if l.asked < 10 || l.asked > 20 {
			t.Errorf("it was asked %d times in ten seconds", l.asked)
		}
		began := time.Now()
		s.Close()
		if time.Since(began) > 0 {
			t.Error("closing waits for the pause")
		}
	})
}
