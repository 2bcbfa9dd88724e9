package gso

import (
	"net/netip"
	"sync/atomic"
)

// Line is the way to one peer: where a writer corks. Cork and Uncork are called by one goroutine at a time; Aim by any. The
// zero Line leads nowhere and collects nothing.
type Line struct {
	aim  atomic.Pointer[aim]
	held *batch
}

type aim struct {
	conn *Conn
	to   netip.AddrPort
}

// Aim says where the peer is: at the selected pair of candidates. A nil connection says that it is reached some other way,
// over TCP or a relay.
func (l *Line) Aim(c *Conn, to netip.AddrPort) {
	if c == nil {
		l.aim.Store(nil)
		return
	}
	l.aim.Store(&aim{c, canonical(to)})
}

// Cork begins to collect what is written to the peer, by whomever. An Uncork must follow soon.
func (l *Line) Cork() {
	if a := l.aim.Load(); a != nil {
		l.held = a.conn.cork(a.to)
	}
}

// Uncork sends what was collected, and tells the first error there was. Without a Cork it does nothing.
func (l *Line) Uncork() error {
	b := l.held
	if b == nil {
		return nil
	}
	l.held = nil
	return b.conn.uncork(b)
}
