package hls

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// stream is what everybody watches.
const stream = "cam"

// audience is viewers of one kind.
type audience struct {
	lists           lists
	playlists, rest atomic.Int64 // answers
	bytes           atomic.Int64 // of bodies
	wrong           atomic.Int64 // answers that were none
	over            atomic.Bool
	stop            chan struct{}
	work            sync.WaitGroup
	mu              sync.Mutex
	err             error
	all             []*client
}

// gather has viewers come, and waits until each is in the midst of it.
func gather(b *testing.B, s *server, n, buffer int, view func(a *audience, c *client, number int, begun func()) error) *audience {
	b.Helper()
	a := &audience{stop: make(chan struct{})}
	var begun sync.WaitGroup
	for number := range n {
		c, err := dial(s.address, buffer)
		if err != nil {
			b.Fatal(err)
		}
		a.all = append(a.all, c)
		begun.Add(1)
		a.work.Go(func() {
			once := sync.OnceFunc(begun.Done)
			defer once()
			if err := view(a, c, number, once); err != nil && !a.over.Load() {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.err = err
			}
		})
	}
	b.Cleanup(func() { a.leave(b) })
	begun.Wait()
	return a
}

// leave has them go.
func (a *audience) leave(b *testing.B) {
	b.Helper()
	if a.over.Swap(true) {
		return
	}
	close(a.stop)
	for _, c := range a.all {
		_ = c.Close()
	}
	a.work.Wait()
	if a.err != nil {
		b.Errorf("a viewer: %v", a.err)
	}
}

// pause waits, and tells whether to go on.
func (a *audience) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-a.stop:
		return false
	}
}

// playlist fetches one.
func (a *audience) playlist(c *client, path string, buf *[]byte) (*list, error) {
	head, err := c.get(path, "")
	if err != nil {
		return nil, err
	}
	if cap(*buf) < head.length {
		*buf = make([]byte, head.length)
	}
	body := (*buf)[:head.length]
	if _, err := io.ReadFull(c.in, body); err != nil {
		return nil, err
	}
	if head.status != 200 {
		return nil, fmt.Errorf("%s is answered %d: %s", path, head.status, body)
	}
	a.playlists.Add(1)
	a.bytes.Add(int64(len(body)))
	return a.lists.read(head, body)
}

// media fetches what a playlist names.
func (a *audience) media(c *client, name string) error {
	n, err := c.pass("/" + stream + "/" + name)
	a.rest.Add(1)
	a.bytes.Add(int64(n))
	return err
}

// low is a viewer of low latency: he asks for the playlist that has the next part, and then for the part.
func low(a *audience, c *client, _ int, begun func()) error {
	var buf []byte
	media, err := c.open(stream)
	if err != nil {
		return err
	}
	l, err := a.playlist(c, media, &buf)
	if err != nil {
		return err
	}
	seen := -1
	for _, p := range l.parts {
		seen = p.number
	}
	begun()
	for {
		msn, next := l.next()
		if l, err = a.playlist(c, fmt.Sprintf("%s&_HLS_msn=%d&_HLS_part=%d", media, msn, next), &buf); err != nil {
			return err
		}
		for _, p := range l.parts {
			if p.number > seen {
				seen = p.number
				if err := a.media(c, p.name); err != nil {
					return err
				}
			}
		}
	}
}

// ordinary is a viewer who knows nothing of parts: he begins three segments from the end, and asks for the playlist once in a target
// duration, at a time of his own in it, or twice where nothing new was there (draft-pantos-hls-rfc8216bis 6.3.4).
func ordinary(of int) func(*audience, *client, int, func()) error {
	return func(a *audience, c *client, number int, begun func()) error {
		var buf []byte
		media, err := c.open(stream)
		if err != nil {
			return err
		}
		next := int64(-1)
		for {
			l, err := a.playlist(c, media, &buf)
			if err != nil {
				return err
			}
			if next < 0 {
				next = l.first + int64(max(0, len(l.segments)-3))
				begun()
				if !a.pause(l.target * time.Duration(number) / time.Duration(of)) {
					return nil
				}
			}
			wait := l.target / 2
			for ; next < l.first+int64(len(l.segments)); next++ {
				wait = l.target
				if err := a.media(c, l.segments[max(0, next-l.first)]); err != nil {
					return err
				}
			}
			if !a.pause(wait) {
				return nil
			}
		}
	}
}

// cost is what an audience took of a server, from begin to end.
type cost struct {
	of              *audience
	server          *server
	began           time.Time
	wall, cpu       time.Duration
	playlists, rest int64
	bytes           int64
}

func (a *audience) begin(b *testing.B, s *server) cost {
	b.Helper()
	return cost{
		of: a, server: s, began: time.Now(), cpu: s.ran(b), playlists: a.playlists.Load(), rest: a.rest.Load(), bytes: a.bytes.Load(),
	}
}

func (c cost) end(b *testing.B) cost {
	b.Helper()
	now := c.of.begin(b, c.server)
	now.wall, now.cpu = time.Since(c.began), now.cpu-c.cpu
	now.playlists, now.rest, now.bytes = now.playlists-c.playlists, now.rest-c.rest, now.bytes-c.bytes
	return now
}

func (c cost) cores() float64 { return c.cpu.Seconds() / c.wall.Seconds() }

// each is the processor time of a request.
func (c cost) each() float64 { return float64(c.cpu) / float64(c.playlists+c.rest) }
