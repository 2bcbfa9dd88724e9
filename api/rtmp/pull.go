package rtmp

import (
	"context"
	"sync"
	"time"

	"sluice/api/rtmp/session"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// pull is the element rtmp.pull: it plays from another server, and comes back when that loses it.
type pull struct {
	*intake
	target   session.Target
	patience time.Duration

	ctx    context.Context //nolint:containedctx // until Stop
	cancel context.CancelFunc
	once   sync.Once
	work   sync.WaitGroup
}

var _ node.Source = (*pull)(nil)

// New implements element.Factory.
func (Pull) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := session.ParseTarget(conf.Text("url"), "")
	if err != nil {
		return nil, err
	}
	p := &pull{intake: newIntake(), target: t, patience: conf.Duration("timeout")}
	p.env = env
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return p, nil
}

// Start implements element.Element. The first attempt has to succeed: who asked for the stream hears why it does not.
func (p *pull) Start(ctx context.Context) error {
	var err error
	p.once.Do(func() {
		var l *session.Link
		if l, err = session.Dial(ctx, p.target, false, p.patience); err != nil {
			return
		}
		p.work.Go(func() {
			p.play(p.ctx, l)
			retry(p.ctx, p.env.Clock, p.attempt)
		})
	})
	return err
}

// Stop implements element.Element.
func (p *pull) Stop(ctx context.Context) error {
	p.once.Do(func() {}) // it starts no more
	p.cancel()
	gone := make(chan struct{})
	go func() { defer close(gone); p.work.Wait() }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
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
	return p.describe(ctx, p.ctx.Done())
}

// Form implements node.Source.
func (p *pull) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *pull) Feed(pub *hub.Publication) { p.feed(pub) }

// RequestKey implements hub.Source: RTMP has no word for it.
func (p *pull) RequestKey(int) {}

// Demand implements hub.Source.
func (p *pull) Demand(int) {}

// Idle implements hub.Source.
func (p *pull) Idle(int) {}

// Ended implements hub.Source.
func (p *pull) Ended(reason error) {
	p.cancel()
	p.env.Over(reason)
}
