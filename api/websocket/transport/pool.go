// Package transport brings the second sockets of a client together with what it plays on them. No message says which socket is
// for which stream: a player of Media Source Extensions opens one for each stream behind its answer, in the order of the answers,
// and a player in JavaScript has one before it plays anything, and keeps it.
//
// The package moves no media and knows sockets by what it needs of them.
package transport

import (
	"slices"
	"sync"

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
	lines   []*Line  // all of them
	free    []*Line  // those that nobody plays on, the oldest first
	waiting []waiter // who has none, in the order in which they get one
}

type waiter struct {
	taker Taker
	fresh bool // it takes none that was there before it
}

// NewPool makes a pool of at most so many sockets.
func NewPool(most int) *Pool { return &Pool{most: most} }

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
	p.offer(l)
	return l, nil
}

// offer gives a line to who waits first, or keeps it.
func (p *Pool) offer(l *Line) {
	if len(p.waiting) == 0 {
		p.free = append(p.free, l)
		return
	}
	l.taker = p.waiting[0].taker
	p.waiting = slices.Delete(p.waiting, 0, 1)
	l.taker.Given(l.sock)
}

// Wait has a taker be given a socket, as soon as there is one. With fresh it has to be one that comes from now on.
func (p *Pool) Wait(t Taker, fresh bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.waiting = append(p.waiting, waiter{t, fresh})
	if !fresh && len(p.free) > 0 && len(p.waiting) == 1 {
		l := p.free[0]
		p.free = slices.Delete(p.free, 0, 1)
		p.offer(l)
	}
}

// Release says that a taker wants no socket any more. The one that it has is kept for others, or closed.
func (p *Pool) Release(t Taker, keep bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = slices.DeleteFunc(p.waiting, func(w waiter) bool { return w.taker == t })
	for _, l := range p.lines {
		if l.taker != t {
			continue
		}
		l.taker = nil
		if !keep {
			l.sock.Close(normal)
			return
		}
		p.offer(l)
		return
	}
}

// Close closes all sockets of a client that is gone, and lets no more in.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed, p.waiting, p.free = true, nil, nil
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
