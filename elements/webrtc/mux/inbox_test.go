package mux

import (
	"errors"
	"net"
	"testing"
	"time"
)

func TestClosedInbox(t *testing.T) {
	m := listen(t)
	a := m.peer(t, "aaaa")
	c := dial(t, m)
	write(t, c, request(t, "aaaa:x"))
	_, from := a.takes(t)
	a.Close()
	a.Close()
	if list := a.Take(); len(list) != 0 {
		t.Errorf("%v", list)
	}
	a.Put([]byte("\x80"), time.Now())
	if _, err := m.UDP().GetConn("aaaa", m.udp.sockets[0].local); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v", err)
	}
	m.udp.admit(a.Inbox, m.udp.sockets[0], from, time.Now())
	m.udp.ask(a.Inbox, from)
	if m.UDP().Way(a.Inbox, from) != nil || len(m.udp.remotes)+len(m.udp.asked)+len(m.udp.users) != 0 {
		t.Error("something leads to it still")
	}
}

// TestClosedWhileFilled: datagrams may come until an inbox is closed and after it.
func TestClosedWhileFilled(t *testing.T) {
	m := listen(t)
	for range 500 {
		in := m.NewInbox()
		begun, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; ; i++ {
				if i == 10 {
					close(begun)
				}
				in.Put([]byte("\x80"), time.Now())
				list := in.Take()
				in.Release(list...)
				if len(list) == 0 {
					return
				}
			}
		}()
		<-begun
		in.Close()
		<-done
	}
}
