package lasting

import (
	"sync"

	"sluice/engine/hub"
)

// Conn is a connection that says when it takes more again.
type Conn interface {
	comparable
	OnRoom(wake func())
}

// Line is what an element has that sends elsewhere, a reader of the hub and a connection: the reader rests while there is none. The zero
// Line has neither. Safe for concurrent use.
type Line[C Conn] struct {
	mu     sync.Mutex
	reader *hub.Reader
	conn   C // zero while there is none
}

// Attach implements node.Taker.
func (l *Line[C]) Attach(r *hub.Reader) {
	l.mu.Lock()
	l.reader = r
	c := l.conn
	l.mu.Unlock()
	join(r, c)
}

// Use goes over to a connection, or to none.
func (l *Line[C]) Use(c C) {
	l.mu.Lock()
	l.conn = c
	r := l.reader
	l.mu.Unlock()
	if none := *new(C); r != nil && c == none {
		r.Pause()
	}
	join(r, c)
}

// Conn is the connection there is; the zero value if there is none.
func (l *Line[C]) Conn() C {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// join has media flow, if there are both.
func join[C Conn](r *hub.Reader, c C) {
	if none := *new(C); r == nil || c == none {
		return
	}
	c.OnRoom(r.Wake)
	r.Resume()
}
