package client

import (
	"context"

	"sluice/api/srt/flow"
	"sluice/api/srt/link"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// pull is the element srt.pull: it plays from another server, and comes back when that loses it. What it publishes goes on
// meanwhile.
type pull struct {
	hub.Unasked // SRT has no word for key frames

	*lasting.Work
	env    element.Env
	target target
	intake *flow.Intake
}

var _ node.Source = (*pull)(nil)

// New implements element.Factory.
func (Pull) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := parse(env, conf)
	if err != nil {
		return nil, err
	}
	p := &pull{Work: lasting.New(ctx), env: env, target: t}
	p.intake = flow.NewIntake(env, p.Ended)
	return p, nil
}

// Start implements element.Element. The first call has to succeed: who asked for the stream hears why it does not.
func (p *pull) Start(ctx context.Context) error {
	return p.Launch(func() (func(context.Context), error) {
		c, err := p.target.dial(ctx)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) {
			p.play(ctx, c)
			lasting.Retry(ctx, p.env.Clock, p.attempt)
		}, nil
	})
}

// attempt plays until that ends.
func (p *pull) attempt(ctx context.Context) {
	c, err := p.target.dial(ctx)
	switch code := fault.CodeOf(err); {
	case err == nil:
		p.intake.Again()
		p.play(ctx, c)
	case ctx.Err() != nil:
	case code == fault.Unauthorized, code == fault.Forbidden: // some lock the door after a few wrong ones
		p.env.Log.Warn("nothing is played from there any more", "host", p.target.address, "err", err)
		p.Ended(err)
	default:
		p.env.Log.Warn("cannot play from there; it is tried again", "host", p.target.address, "err", err)
	}
}

// play takes what a connection gives until it ends.
func (p *pull) play(ctx context.Context, c *link.Conn) {
	defer c.Close()
	for {
		b, err := c.Read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				p.env.Log.Warn("does not play from there any more; it is tried again", "host", p.target.address, "err", err)
			}
			return
		}
		p.intake.Take(b)
	}
}

// Describe implements node.Source.
func (p *pull) Describe(ctx context.Context) (media.Description, error) {
	return p.intake.Describe(ctx, p.Halted())
}

// Form implements node.Source.
func (p *pull) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *pull) Feed(pub *hub.Publication) { p.intake.Feed(pub) }

// Ended implements hub.Source.
func (p *pull) Ended(reason error) {
	p.Halt()
	p.env.Over(reason)
}
