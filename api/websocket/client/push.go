package client

import (
	"context"
	"slices"
	"sync"

	"sluice/elements/lasting"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// push is the element wcs.push: it publishes on another server, and comes back when that loses it.
type push struct {
	*lasting.Work
	target  target
	changed chan struct{} // has a token when other tracks come than were offered

	mu     sync.Mutex
	reader *hub.Reader
	tracks []media.Track  // that come
	sender *webrtc.Sender // nil while there is nobody to send to
}

var _ node.Sink = (*push)(nil)

// New implements element.Factory.
func (Push) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := targetOf(env, conf)
	if err != nil {
		return nil, err
	}
	return &push{Work: lasting.New(ctx), target: t, changed: make(chan struct{}, 1)}, nil
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
	lasting.Retry(ctx, p.target.env.Clock, func(ctx context.Context) {
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
	log := p.target.env.Log
	again, err := p.publish(ctx, tracks)
	switch {
	case ctx.Err() != nil:
	case again:
		log.Info("publishes something else from now on")
	default:
		log.Warn("does not publish there; it is tried again", "err", err)
	}
	return again
}

// publish publishes tracks until that ends; true if others are to be published.
func (p *push) publish(ctx context.Context, tracks []media.Track) (bool, error) {
	s, err := p.target.call(ctx)
	if err != nil {
		return false, err
	}
	defer s.stop("unPublishStream")
	peers, err := p.target.peers(s.sock.Local()) //nolint:contextcheck // it has no names to look up
	if err != nil {
		return false, err
	}
	defer dismiss(ctx, peers)
	sender, err := peers.Sender(ctx, tracks)
	if err != nil {
		return false, err
	}
	sdp, err := sender.Offer(ctx)
	if err != nil {
		return false, err
	}
	answer, err := s.offer(ctx, "publishStream", sdp)
	if err == nil {
		err = sender.Accept(answer, p.target.env.Reach)
	}
	if err != nil {
		return false, err
	}
	p.use(sender, tracks)
	defer p.use(nil, nil)
	return p.watch(ctx, s, sender)
}

// watch waits for the end.
func (p *push) watch(ctx context.Context, s *session, sender *webrtc.Sender) (again bool, err error) {
	flows := s.flows
	for {
		select {
		case <-flows:
			p.target.env.Log.Info("publishes there")
			flows = nil
		case <-p.changed:
			return true, nil
		case <-ctx.Done():
			return false, ctx.Err()
		case <-s.done:
			return false, s.err()
		case <-sender.Done():
			return false, sender.Err()
		}
	}
}

// use goes over to a sender of tracks, or to none.
func (p *push) use(s *webrtc.Sender, tracks []media.Track) {
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
		s.Attach(r)
	}
}

// compare has another attempt made if what comes is not what was offered. The caller holds p.mu.
func (p *push) compare(offered []media.Track) {
	if slices.EqualFunc(offered, p.tracks, same) {
		return
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// Want implements node.Taker.
func (p *push) Want() media.Want {
	return media.Want{Audio: sound(), Video: pictures(), NoBFrames: true}
}

// Attach implements node.Taker.
func (p *push) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	s := p.sender
	p.mu.Unlock()
	if s != nil {
		s.Attach(r)
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
	p.target.env.Over(reason)
}
