package rtmp

import (
	"context"
	"time"

	"sluice/api/rtmp/session"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/node"
)

// push is the element rtmp.push: it publishes on another server, and comes back when that loses it.
type push struct {
	*lasting.Work
	lasting.Line[*session.Link]
	env      element.Env
	target   session.Target
	patience time.Duration
	feed     feed
}

var _ node.UnitSink = (*push)(nil)

// New implements element.Factory.
func (Push) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := session.ParseTarget(conf.Text("url"), conf.Text("key"))
	if err != nil {
		return nil, err
	}
	t.Reach = env.Reach
	p := &push{Work: lasting.New(ctx), env: env, target: t, patience: conf.Duration("timeout")}
	p.feed = feed{press: &press{}, write: p.media}
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
	l, err := session.Dial(ctx, p.target, true, p.patience)
	if err != nil {
		if ctx.Err() == nil {
			p.env.Log.Warn("cannot publish there; it is tried again", "host", p.target.Host, "err", err)
		}
		return
	}
	defer l.Close()
	p.env.Log.Info("publishes there", "host", p.target.Host)
	p.use(l)
	stop := context.AfterFunc(ctx, func() { l.End(); l.Close() })
	err = l.Run(nil)
	stop()
	p.use(nil)
	if ctx.Err() == nil {
		p.env.Log.Warn("does not publish there any more; it is tried again", "host", p.target.Host, "err", err)
	}
}

// use goes over to a link, to which all is to be told anew.
func (p *push) use(l *session.Link) {
	p.feed.again()
	p.Use(l)
}

// media writes to the link there is; what comes while there is none is left out.
func (p *push) media(frames []session.Frame) bool {
	l := p.Conn()
	return l == nil || l.Media(frames)
}

// Want implements node.Taker.
func (p *push) Want() media.Want {
	return media.Want{Audio: []media.Codec{media.AAC, media.MP3}, Video: []media.Codec{media.H264}}
}

// Begin implements hub.UnitSink.
func (p *push) Begin(tracks []media.Track) { p.feed.begin(tracks) }

// Push implements hub.UnitSink.
func (p *push) Push(track int, items []*media.Unit) int { return p.feed.push(track, items) }

// End implements hub.UnitSink.
func (p *push) End(reason error) {
	p.Halt()
	p.env.Over(reason)
}
