package client

import (
	"context"
	"slices"
	"sync"

	"sluice/api/rtsp/sdp"
	"sluice/api/rtsp/send"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// push is the element rtsp.push: it publishes on another server, and comes back when that loses it.
type push struct {
	*lasting.Work
	env     element.Env
	call    call
	changed chan struct{} // has a token when other tracks come than were announced

	mu     sync.Mutex
	reader *hub.Reader
	tracks []media.Track // that come
	sender *send.Sender  // nil while there is nobody to send to
}

var _ node.Sink = (*push)(nil)

// New implements element.Factory.
func (Push) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	c, err := callOf(env, conf)
	if err != nil {
		return nil, err
	}
	p := &push{Work: lasting.New(ctx), env: env, call: c, changed: make(chan struct{}, 1)}
	p.env.Log = env.Log.With("server", c.url.Host)
	return p, nil
}

// Start implements element.Element. It does not wait for the server: what is pushed goes on without it.
func (p *push) Start(context.Context) error {
	return p.Launch(func() (func(context.Context), error) { return p.run, nil })
}

// run publishes, from the first tracks on, and calls again until the element is stopped.
func (p *push) run(ctx context.Context) {
	select {
	case <-p.changed:
	case <-ctx.Done():
		return
	}
	lasting.Retry(ctx, p.env.Clock, func(ctx context.Context) {
		for again := true; again && ctx.Err() == nil; {
			again = p.attempt(ctx)
		}
	})
}

// attempt publishes until that ends; true if it is to be done again at once, with other tracks.
func (p *push) attempt(ctx context.Context) bool {
	p.mu.Lock()
	tracks := p.tracks
	select {
	case <-p.changed: // it is these
	default:
	}
	p.mu.Unlock()
	soon, cancel := context.WithTimeout(ctx, 2*p.call.timeout)
	r, err := p.call.record(soon, tracks, p.key)
	cancel()
	if err != nil {
		if ctx.Err() == nil {
			p.env.Log.Warn("cannot publish there; it is tried again", "err", err)
		}
		return false
	}
	p.env.Log.Info("publishes there")
	s := send.New(sdp.Same)
	s.Expect(r.expected(tracks))
	s.Start(r, r.sorted())
	p.use(s, tracks)
	over := make(chan error, 1)
	go func() { over <- r.client.Wait() }()
	select {
	case <-p.changed:
		p.env.Log.Info("publishes something else from now on")
	case <-ctx.Done():
	case err = <-over:
		p.env.Log.Warn("does not publish there any more; it is tried again", "err", err)
	}
	p.use(nil, nil)
	r.client.Close()
	return err == nil
}

// use goes over to a sender of tracks, or to none.
func (p *push) use(s *send.Sender, tracks []media.Track) {
	p.mu.Lock()
	p.sender = s
	r := p.reader
	if s != nil {
		s.Begin(p.tracks)
		p.compare(tracks)
	}
	p.mu.Unlock()
	switch {
	case r == nil:
	case s == nil:
		r.Pause()
	default:
		r.Resume()
	}
}

// compare has another attempt made if what comes is not what was announced. The caller holds p.mu.
func (p *push) compare(announced []media.Track) {
	if slices.EqualFunc(announced, p.tracks, sdp.Same) {
		return
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// key asks for a key frame that the server wants.
func (p *push) key(track int) {
	p.mu.Lock()
	r := p.reader
	p.mu.Unlock()
	if r != nil {
		_ = r.RequestKey(track) // it may just have gone
	}
}

// Want implements node.Taker.
func (p *push) Want() media.Want {
	return media.Want{Audio: sdp.Codecs(media.Audio), Video: sdp.Codecs(media.Video)}
}

// Attach implements node.Taker.
func (p *push) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	s := p.sender
	p.mu.Unlock()
	if s != nil {
		r.Resume()
	}
}

// Begin implements hub.Sink.
func (p *push) Begin(tracks []media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.tracks
	p.tracks = slices.Clone(tracks)
	p.compare(before)
	if p.sender != nil {
		p.sender.Begin(p.tracks)
	}
}

// Push implements hub.Sink. What comes while there is nobody to send to is left out.
func (p *push) Push(track int, items []*media.Packet) int {
	p.mu.Lock()
	s := p.sender
	p.mu.Unlock()
	if s == nil {
		return len(items)
	}
	return s.Push(track, items)
}

// End implements hub.Sink.
func (p *push) End(reason error) {
	p.Halt()
	p.env.Over(reason)
}
