package client

import (
	"context"

	"sluice/api/srt/flow"
	"sluice/api/srt/link"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/node"
)

// push is the element srt.push: it publishes on another server, and comes back when that loses it.
type push struct {
	*lasting.Work
	lasting.Line[*link.Conn]
	env    element.Env
	target target
	feed   *flow.Feed
}

var _ node.UnitSink = (*push)(nil)

// New implements element.Factory.
func (Push) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := parse(env, conf)
	if err != nil {
		return nil, err
	}
	p := &push{Work: lasting.New(ctx), env: env, target: t}
	p.feed = flow.NewFeed(p.media, p.End)
	return p, nil
}

// Start implements element.Element. It does not wait for the server: what is pushed goes on without it.
func (p *push) Start(context.Context) error {
	return p.Launch(func() (func(context.Context), error) {
		return func(ctx context.Context) { lasting.Retry(ctx, p.env.Clock, p.attempt) }, nil
	})
}

// attempt publishes until that ends.
func (p *push) attempt(ctx context.Context) {
	c, err := p.target.dial(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.env.Log.Warn("cannot publish there; it is tried again", "host", p.target.address, "err", err)
		}
		return
	}
	defer c.Close()
	p.env.Log.Info("publishes there", "host", p.target.address)
	p.use(c)
	for err == nil { // nothing should come, but the end does
		_, err = c.Read(ctx)
	}
	p.use(nil)
	if ctx.Err() == nil {
		p.env.Log.Warn("does not publish there any more; it is tried again", "host", p.target.address, "err", err)
	}
}

// use goes over to a connection, to which all is to be told anew.
func (p *push) use(c *link.Conn) {
	p.feed.Again()
	p.Use(c)
}

// media writes to the connection there is; what comes while there is none is left out.
func (p *push) media(b []byte) bool {
	c := p.Conn()
	return c == nil || c.Write(b)
}

// Want implements node.Taker.
func (p *push) Want() media.Want {
	return media.Want{Audio: flow.Audio(), Video: []media.Codec{media.H264, media.H265}, Settled: true}
}

// Begin implements hub.UnitSink.
func (p *push) Begin(tracks []media.Track) { p.feed.Begin(tracks) }

// Push implements hub.UnitSink.
func (p *push) Push(track int, items []*media.Unit) int { return p.feed.Push(track, items) }

// End implements hub.UnitSink.
func (p *push) End(reason error) {
	p.Halt()
	p.env.Over(reason)
}
