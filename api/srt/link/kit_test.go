package link_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/srt/link"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

func patient(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func listen(t testing.TB, o link.Options) *link.Listener {
	t.Helper()
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	o.Log = slog.New(slog.DiscardHandler)
	l := link.Listen(udp, o)
	t.Cleanup(l.Close)
	return l
}

// answer answers the next who asks.
func answer(t testing.TB, l *link.Listener, do func(*link.Request)) *sync.WaitGroup {
	t.Helper()
	var work sync.WaitGroup
	ctx := patient(t)
	work.Go(func() {
		r, err := l.Accept(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		do(r)
	})
	return &work
}

// pair gives both ends of a connection, over a way there.
func pair(t testing.TB, l *link.Listener, at string, o link.Options) (called, accepted *link.Conn) {
	t.Helper()
	work := answer(t, l, func(r *link.Request) {
		if r.Encrypted() {
			if err := r.Unlock(o.Passphrase); err != nil {
				t.Error(err)
			}
		}
		c, err := r.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted = c
	})
	called, err := link.Dial(patient(t), at, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(called.Close)
	work.Wait()
	return called, accepted
}
