package rtmp

import (
	"context"
	"time"

	"sluice/api/rtmp/session"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// pull is the element rtmp.pull: it plays from another server, and comes back when that loses it.
type pull struct {
	hub.Unasked // RTMP has no word for key frames

	*intake
	*lasting.Work
	target   session.Target
	patience time.Duration
}

var _ node.Source = (*pull)(nil)

// New implements element.Factory.
func (Pull) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := session.ParseTarget(conf.Text("url"), "")
	if err != nil {
		return nil, err
	}
	t.Reach = env.Reach
	p := &pull{intake: newIntake(), Work: lasting.New(ctx), target: t, patience: conf.Duration("timeout")}
	p.env = env
	return p, nil
}

// Start implements element.Element. The first attempt has to succeed: who asked for the stream hears why it does not.
func (p *pull) Start(ctx context.Context) error {
	return p.Launch(func() (func(context.Context), error) {
		l, err := session.Dial(ctx, p.target, false, p.patience)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) {
			p.play(ctx, l)
			lasting.Retry(ctx, p.env.Clock, p.attempt)
		}, nil
	})
}

// attempt plays until that ends.
func (p *pull) attempt(ctx context.Context) {
	l, err := session.Dial(ctx, p.target, false, p.patience)
	if err != nil {
		if ctx.Err() == nil {
			p.env.Log.Warn("cannot play from there; it is tried again", "host", p.target.Host, "err", err)
		}
		return
	}
	p.again()
	p.play(ctx, l)
}

// play takes what a link gives until it ends.
func (p *pull) play(ctx context.Context, l *session.Link) {
	defer l.Close()
	stop := context.AfterFunc(ctx, func() { l.End(); l.Close() })
	defer stop()
	err := l.Run(p.take)
	if ctx.Err() == nil {
		p.env.Log.Warn("does not play from there any more; it is tried again", "host", p.target.Host, "err", err)
	}
}

// Describe implements node.Source.
func (p *pull) Describe(ctx context.Context) (media.Description, error) {
	return p.describe(ctx, p.Halted())
}

// Form implements node.Source.
func (p *pull) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *pull) Feed(pub *hub.Publication) { p.feed(pub) }

// Ended implements hub.Source.
func (p *pull) Ended(reason error) {
	p.Halt()
	p.env.Over(reason)
}
