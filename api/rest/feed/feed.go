// Package feed keeps what happened lately, so that who follows the events of the server can be told what happened while the connection
// was lost. It knows no HTTP and decides nothing: who may follow, and how it is written, is v1's business.
package feed

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"sluice/engine/event"
	"sluice/engine/fault"
)

// Options are what a feed is made with.
type Options struct {
	Keep int // events; 0: 4096
	// Queue is how many events may come while the feed is not looking; 0: 1024.
	Queue int
}

// Feed keeps the newest events of a bus. Safe for concurrent use.
type Feed struct {
	boot string // tells this server's life from others
	sub  *event.Subscription
	done chan struct{}

	mu     sync.Mutex
	ring   []event.Event // that of sequence number n stands at (n-1) modulo its length
	next   uint64        // of the event to come; 0: none has come
	first  uint64        // of the oldest that is kept; 0: none is
	news   chan struct{} // closed when there is another
	closed bool
}

// New makes a feed that follows a bus until Close.
func New(bus *event.Bus, o Options) *Feed {
	const keep, queue = 4096, 1024
	if o.Keep <= 0 {
		o.Keep = keep
	}
	if o.Queue <= 0 {
		o.Queue = queue
	}
	f := &Feed{
		boot: strings.ToLower(rand.Text()[:6]), sub: bus.Subscribe(o.Queue, nil), done: make(chan struct{}),
		ring: make([]event.Event, o.Keep), news: make(chan struct{}),
	}
	go f.follow()
	return f
}

// follow keeps what comes.
func (f *Feed) follow() {
	defer close(f.done)
	for {
		e, _, err := f.sub.Next(context.Background())
		if err != nil {
			f.end()
			return
		}
		f.put(e)
	}
}

func (f *Feed) put(e event.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == 0 || e.Seq != f.next { // the first, or some were lost
		f.first = e.Seq
	}
	f.ring[f.slot(e.Seq)] = e
	f.next = e.Seq + 1
	if kept := uint64(len(f.ring)); f.next-f.first > kept {
		f.first = f.next - kept
	}
	close(f.news)
	f.news = make(chan struct{})
}

func (f *Feed) slot(seq uint64) int { return int((seq - 1) % uint64(len(f.ring))) }

// end wakes everybody for the last time.
func (f *Feed) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		close(f.news)
	}
}

// Close ends the feed, and with it all who follow. It returns when the feed's goroutine is gone, and may be called again.
func (f *Feed) Close() {
	f.sub.Close()
	<-f.done
}

// ID names an event beyond the life of the server.
func (f *Feed) ID(seq uint64) string { return f.boot + "-" + strconv.FormatUint(seq, 10) }

// Cursor is where somebody reads. It is for one goroutine.
type Cursor struct {
	feed *Feed
	next uint64 // 0: the first there will be
	keep func(event.Event) bool
}

// After makes a cursor for the events that keep accepts, all if it is nil: with "" for those that come from now on, else for those
// after the one with that ID. If that one was of an earlier life of the server, or never was, the cursor begins with the oldest event
// that is known, and whole is false: something may be missing.
func (f *Feed) After(id string, keep func(event.Event) bool) (c *Cursor, whole bool) {
	if keep == nil {
		keep = func(event.Event) bool { return true }
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c = &Cursor{feed: f, next: f.next, keep: keep}
	if id == "" {
		return c, true
	}
	boot, number, _ := strings.Cut(id, "-")
	seq, err := strconv.ParseUint(number, 10, 64)
	if boot != f.boot || err != nil || seq >= f.next {
		c.next = f.first
		return c, false
	}
	c.next = seq + 1
	return c, true
}

// Next waits for the next event. lost is how many came between the one before and this one and are not known any more; they
// might not have been wanted. After the end of the feed it is fault.Closed, and ctx's error if that ends first.
func (c *Cursor) Next(ctx context.Context) (e event.Event, lost uint64, err error) {
	for {
		e, skipped, news, err := c.step()
		lost += skipped
		switch {
		case err != nil:
			return event.Event{}, lost, err
		case news == nil:
			return e, lost, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return event.Event{}, lost, ctx.Err()
		}
	}
}

// step gives the next wanted event that is there, or what tells of another.
func (c *Cursor) step() (e event.Event, lost uint64, news <-chan struct{}, err error) {
	f := c.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.next == 0 { // nothing had happened when it was made
		c.next = f.first
	}
	if c.next < f.first {
		lost = f.first - c.next
		c.next = f.first
	}
	for c.next < f.next {
		e = f.ring[f.slot(c.next)]
		c.next++
		if c.keep(e) {
			return e, lost, nil, nil
		}
	}
	if f.closed {
		return e, lost, nil, fault.New(fault.Closed, "", "the server is stopping")
	}
	return e, lost, f.news, nil
}
