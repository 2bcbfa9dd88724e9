package phone

import (
	"context"
	"strconv"
	"sync"
	"time"

	"sluice/api/vod"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Names in the graph phone/inject: sounds that go into its mixer.
const (
	voice, wave, film = "voice", "wave", "film"
)

// hears is what a phone hears that callers put in: a graph of its own beside that of the call, which begins with the first sound.
type hears struct {
	all   *Calls
	inst  *instance.Instance
	since time.Time // before it began

	mu     sync.Mutex // of what changes: one change at a time
	closed bool
	stream string // that is heard; "" if none is
	number int
	stop   context.CancelFunc // of the file that is heard; nil if none is
	file   sync.WaitGroup
}

// heard is the graph that what the phone hears goes into.
func (c *one) heard(ctx context.Context) (*hears, error) {
	c.putting.Lock()
	defer c.putting.Unlock()
	return c.hear(ctx)
}

// hear is heard for who has putting.
func (c *one) hear(ctx context.Context) (*hears, error) {
	c.mu.Lock()
	call, inst, already := c.call, c.inst, c.hears
	c.mu.Unlock()
	if already != nil && !already.ended() {
		return already, nil
	}
	if already != nil { // somebody stopped its graph, or that failed: another one begins
		c.mu.Lock()
		c.hears = nil
		c.mu.Unlock()
		already.close(ctx)
	}
	if call == nil || call.Media() == nil || inst == nil {
		return nil, fault.New(fault.ResourceNotFound, "", "the call %.80q has not been answered", c.task.ID)
	}
	h := &hears{all: c.all, since: c.all.opt.Clock.Now()}
	var err error
	if h.inst, err = c.all.opt.Engine.Raise(ctx, c.event("rest.inject", call.Media())); err != nil {
		return nil, err
	}
	if err := h.inst.Ready(ctx); err != nil {
		h.close(ctx)
		return nil, err
	}
	c.mu.Lock()
	over := c.left
	if !over {
		c.hears = h
	}
	c.mu.Unlock()
	if over {
		h.close(ctx)
		return nil, errOver()
	}
	return h, nil
}

// ended tells whether its graph has ended.
func (h *hears) ended() bool {
	select {
	case <-h.inst.Done():
		return true
	default:
		return false
	}
}

// close ends it, for which there is time when ctx is done, too.
func (h *hears) close(ctx context.Context) {
	h.mu.Lock()
	h.closed = true
	h.hush()
	h.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	_ = h.inst.Leave(ctx) // the instance tells itself what was wrong
}

// play has a stream heard, in the place of another one.
func (h *hears) play(ctx context.Context, stream string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errOver()
	}
	if h.stream != "" {
		_ = h.inst.Remove(ctx, voice, voice) // it may have ended by itself
	}
	h.stream = ""
	if err := h.inst.Add(ctx, voice, plan.Key{Name: voice, Params: map[string]any{"stream": stream}}); err != nil {
		return gone(err)
	}
	h.stream = stream
	return nil
}

// playing is the stream that is heard; "" if none is.
func (h *hears) playing() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stream
}

// unplay ends the stream that is heard.
func (h *hears) unplay(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stream == "" {
		return nil
	}
	h.stream = ""
	_ = h.inst.Remove(ctx, voice, voice) // it may have ended by itself
	return nil
}

// sound has a file heard, once.
func (h *hears) sound(ctx context.Context, s vod.Sound) error { //nolint:contextcheck // it outlasts the call of the API
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return errOver()
	}
	h.hush()
	node, key := film, plan.Key{Name: film, Params: map[string]any{"file": s.Name, "loop": false}}
	if s.Wave {
		node = wave
		h.number++
		at := h.all.opt.Clock.Now().Sub(h.since)
		key = plan.Key{Name: wave + strconv.Itoa(h.number%2), Params: map[string]any{"source": s.Path, "at": int64(at)}}
	}
	if err := h.inst.Add(ctx, node, key); err != nil {
		return gone(err)
	}
	life, cancel := context.WithCancel(h.all.life)
	h.stop = cancel
	h.file.Go(func() {
		const overlap = time.Second
		select {
		case <-life.Done():
		case <-h.all.opt.Clock.After(s.Lasts + overlap):
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(life), ending)
		defer cancel()
		_ = h.inst.Remove(ctx, node, key.Name) // it may have ended by itself
	})
	return nil
}

// hush ends the file that is heard. The caller holds mu.
func (h *hears) hush() {
	if h.stop != nil {
		h.stop()
		h.file.Wait()
		h.stop = nil
	}
}

// gone turns what a pipeline says that has ended meanwhile into its not being there.
func gone(err error) error {
	if fault.CodeOf(err) == fault.Closed {
		return errOver()
	}
	return err
}

func errOver() error { return fault.New(fault.ResourceNotFound, "", "the call has ended") }
