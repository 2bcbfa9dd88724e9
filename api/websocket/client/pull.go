package client

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"sluice/elements/lasting"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// pull is the element wcs.pull: it plays from another server, and comes back when that loses it. What it publishes goes on meanwhile.
type pull struct {
	*lasting.Work
	target target
	tracks []media.Track // of the first answer

	first atomic.Pointer[playing] // until it is used
	now   atomic.Pointer[playing]
}

var _ node.Source = (*pull)(nil)

// playing is one connection that plays.
type playing struct {
	*session
	peers *webrtc.Peers
	peer  *webrtc.Receiver
}

// New implements element.Factory.
func (Pull) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := targetOf(env, conf)
	if err != nil {
		return nil, err
	}
	return &pull{Work: lasting.New(ctx), target: t}, nil
}

// Start implements element.Element. The server has to answer: who asked for the stream hears why it does not.
func (p *pull) Start(ctx context.Context) error {
	c, err := p.target.play(ctx)
	if err != nil {
		return err
	}
	p.tracks = c.peer.Tracks()
	p.first.Store(c)
	return nil
}

// play calls the server for its stream, and learns what that is.
func (t *target) play(ctx context.Context) (*playing, error) {
	s, err := t.call(ctx)
	if err != nil {
		return nil, err
	}
	c := &playing{session: s}
	if err := c.meet(ctx); err != nil {
		c.leave(ctx)
		return nil, err
	}
	return c, nil
}

// meet agrees with the server on what comes.
func (c *playing) meet(ctx context.Context) error {
	var err error
	if c.peers, err = c.t.peers(c.sock.Local()); err != nil { //nolint:contextcheck // it has no names to look up
		return err
	}
	if c.peer, err = c.peers.Receiver(ctx); err != nil {
		return err
	}
	sdp, err := c.peer.Offer(ctx)
	if err != nil {
		return err
	}
	answer, err := c.offer(ctx, "playStream", sdp)
	if err != nil {
		return err
	}
	return c.peer.Accept(answer, c.t.env.Reach)
}

// leave ends the connection, and returns when nothing of it runs.
func (c *playing) leave(ctx context.Context) {
	c.stop("stopStream")
	dismiss(ctx, c.peers)
}

// ending is how long a peer may take to end; it is a moment.
const ending = 10 * time.Second

// dismiss ends peers, also when ctx is done.
func dismiss(ctx context.Context, p *webrtc.Peers) {
	if p != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
		defer cancel()
		_ = p.Close(ctx) // nobody else uses their ports, and nobody could mend it
	}
}

// Describe implements node.Source.
func (p *pull) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: p.tracks}, nil
}

// Form implements node.Source.
func (p *pull) Form() hub.Form { return hub.Packets }

// Feed implements node.Source.
func (p *pull) Feed(pub *hub.Publication) {
	_ = p.Launch(func() (func(context.Context), error) {
		return func(ctx context.Context) {
			lasting.Retry(ctx, p.target.env.Clock, func(ctx context.Context) { p.attempt(ctx, pub) })
		}, nil
	})
}

// attempt plays until that ends.
func (p *pull) attempt(ctx context.Context, to *hub.Publication) {
	c, log := p.first.Swap(nil), p.target.env.Log
	if c == nil {
		var err error
		if c, err = p.target.play(ctx); err != nil {
			p.missed(ctx, err)
			return
		}
	}
	defer c.leave(ctx)
	if !slices.EqualFunc(p.tracks, c.peer.Tracks(), same) {
		p.over(fault.New(fault.CodecNotAvailable, "", "%s sends something else than before", p.target.host))
		return
	}
	err := c.peer.Connect(to)
	if err == nil {
		p.now.Store(c)
		select {
		case <-ctx.Done():
		case <-c.done:
			err = c.err()
		case <-c.peer.Done():
			err = c.peer.Err()
		}
		p.now.Store(nil)
	}
	if ctx.Err() == nil {
		log.Warn("does not play from there any more; it is tried again", "err", err)
	}
}

// missed is a call that was not answered. Where nobody lets us in, asking again and again would look like guessing.
func (p *pull) missed(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case fault.CodeOf(err) == fault.Forbidden:
		p.over(err)
	default:
		p.target.env.Log.Warn("cannot play from there; it is tried again", "err", err)
	}
}

// over ends the element by itself.
func (p *pull) over(reason error) {
	p.Halt()
	p.target.env.Over(reason)
}

// same tells whether what comes now can go where something came before.
func same(before, now media.Track) bool {
	return before.Kind == now.Kind && before.Codec == now.Codec && before.ClockRate == now.ClockRate && before.Channels == now.Channels
}

// Stop implements element.Element.
func (p *pull) Stop(ctx context.Context) error {
	err := p.Work.Stop(ctx)
	if c := p.first.Swap(nil); c != nil { // it was never used
		c.leave(ctx)
	}
	return err
}

// RequestKey implements hub.Source.
func (p *pull) RequestKey(track int) {
	if c := p.now.Load(); c != nil {
		c.peer.RequestKey(track)
	}
}

// Demand implements hub.Source.
func (p *pull) Demand(int) {}

// Idle implements hub.Source.
func (p *pull) Idle(int) {}

// Ended implements hub.Source.
func (p *pull) Ended(reason error) { p.over(reason) }
