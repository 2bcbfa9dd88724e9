// Package transport brings the second sockets of a client together with what it plays on them. No message says which socket is
// for which stream: a player of Media Source Extensions opens one for each stream behind its answer, and a player in JavaScript
// has one before it plays anything, and keeps it. Sockets that are opened at once come in any order, so that a stream is only
// answered when no other one waits for its socket.
//
// The package moves no media and knows sockets by what it needs of them.
package transport

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/engine/fault"
)

// Socket is one of the client's. Its methods must not wait.
type Socket interface {
	// Full tells whether no more binary messages should be sent for now.
	Full() bool
	// SendBinary sends a message in pieces, which nobody changes any more.
	SendBinary(pieces [][]byte)
	// Close ends the socket with a status code of RFC 6455 7.4.
	Close(code int)
}

// Taker is who plays. Its methods are called with the pool's lock held: they must neither wait nor use the pool.
type Taker interface {
	// Given hands over a socket.
	Given(s Socket)
	// Lost says that the socket is gone. The taker is the first to get another one.
	Lost()
	// Room says that the socket, which was full, is not any more.
	Room()
}

// How many sockets wait for somebody to play at most: a page has one, and some that are about to be closed.
const idle = 4

// normal is the status code of sockets that have done their work.
const normal = 1000

// Pool holds the sockets of one client. Safe for concurrent use.
type Pool struct {
	most int

	mu      sync.Mutex
	closed  bool
	lines   []*Line       // all of them
	free    []*Line       // those that nobody plays on, the oldest first
	waiting []waiter      // who has none, in the order in which they get one
	settled chan struct{} // closed, and made anew, when somebody does not wait any more
}

type waiter struct {
	taker Taker
	fresh bool // it takes none that was there before it
}

// NewPool makes a pool of at most so many sockets.
func NewPool(most int) *Pool { return &Pool{most: most, settled: make(chan struct{})} }

// Line is a socket in its pool.
type Line struct {
	pool  *Pool
	sock  Socket
	taker Taker // nil if nobody plays on it
}

// Arrive takes a socket in. Too many are fault.Overloaded, and one of a client that is gone is fault.Closed.
func (p *Pool) Arrive(s Socket) (*Line, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, fault.New(fault.Closed, "", "the session is over")
	case len(p.lines) >= p.most, len(p.waiting) == 0 && len(p.free) >= idle:
		return nil, fault.New(fault.Overloaded, "", "too many sockets for media")
	}
	l := &Line{pool: p, sock: s}
	p.lines = append(p.lines, l)
	p.offer(l, true)
	return l, nil
}

// offer gives a line to the first who waits and may have it, or keeps it. A line that just came may be anybody's.
func (p *Pool) offer(l *Line, came bool) {
	at := slices.IndexFunc(p.waiting, func(w waiter) bool { return came || !w.fresh })
	if at < 0 {
		p.free = append(p.free, l)
		return
	}
	l.taker = p.waiting[at].taker
	p.waiting = slices.Delete(p.waiting, at, at+1)
	p.settle()
	l.taker.Given(l.sock)
}

// settle tells that somebody does not wait any more.
func (p *Pool) settle() {
	close(p.settled)
	p.settled = make(chan struct{})
}

// Wait has a taker be given a socket, as soon as there is one, be it one that was there before.
func (p *Pool) Wait(t Taker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.waiting = append(p.waiting, waiter{t, false})
	if len(p.free) > 0 { // then nobody else waits who takes one of these
		l := p.free[0]
		p.free = slices.Delete(p.free, 0, 1)
		p.offer(l, false)
	}
}

// WaitForNext has a taker be given the next socket that comes. It returns when that is no other's, for which it waits for so long
// at most: then a socket that others were to have may still come, but clients lose some, too. It tells whether the taker waits now;
// it does not if ctx is done first.
func (p *Pool) WaitForNext(ctx context.Context, t Taker, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	late := false
	for {
		settled, in := p.next(t, late)
		if in {
			return true
		}
		select {
		case <-settled:
		case <-timer.C:
			late = true
		case <-ctx.Done():
			return false
		}
	}
}

// next has a taker wait unless others do who were promised the next socket; however, if it is late.
func (p *Pool) next(t Taker, late bool) (settled <-chan struct{}, in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || late || !slices.ContainsFunc(p.waiting, func(w waiter) bool { return w.fresh }) {
		if !p.closed {
			p.waiting = append(p.waiting, waiter{t, true})
		}
		return nil, true
	}
	return p.settled, false
}

// Release says that a taker wants no socket any more. The one that it has is kept for others, or closed.
func (p *Pool) Release(t Taker, keep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(w waiter) bool { return w.taker == t })
	p.settle()
	for _, l := range p.lines {
		if l.taker != t {
			continue
		}
		l.taker = nil
		if !keep {
			l.sock.Close(normal)
			return
		}
		p.offer(l, false)
		return
	}
}

// Close closes all sockets of a client that is gone, and lets no more in.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed, p.waiting, p.free = true, nil, nil
	p.settle()
	for _, l := range p.lines {
		l.taker = nil
		l.sock.Close(normal)
	}
}

// Left says that the line's socket is gone.
func (l *Line) Left() {
	p := l.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = slices.DeleteFunc(p.lines, func(x *Line) bool { return x == l })
	p.free = slices.DeleteFunc(p.free, func(x *Line) bool { return x == l })
	t := l.taker
	if t == nil {
		return
	}
	l.taker = nil
	p.waiting = slices.Insert(p.waiting, 0, waiter{t, true})
	t.Lost()
}

// Room says that the line's socket has room again.
func (l *Line) Room() {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	if l.taker != nil {
		l.taker.Room()
	}
}
