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

// push is the element rtmp.push: it publishes on another server, and comes back when that loses it.
type push struct {
	env      element.Env
	target   session.Target
	patience time.Duration
	feed     feed

	ctx    context.Context //nolint:containedctx // until Stop
	cancel context.CancelFunc
	once   sync.Once
	work   sync.WaitGroup

	mu     sync.Mutex
	reader *hub.Reader
	link   *session.Link // nil while there is none
}

var _ node.UnitSink = (*push)(nil)

// New implements element.Factory.
func (Push) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	t, err := session.ParseTarget(conf.Text("url"), conf.Text("key"))
	if err != nil {
		return nil, err
	}
	p := &push{env: env, target: t, patience: conf.Duration("timeout")}
	p.ctx, p.cancel = context.WithCancel(context.WithoutCancel(ctx))
	p.feed = feed{press: &press{}, write: p.media}
	return p, nil
}

// Start implements element.Element. It does not wait for the server: what is pushed goes on without it.
func (p *push) Start(context.Context) error {
	p.once.Do(func() {
		p.work.Go(func() { retry(p.ctx, p.env.Clock, p.attempt) })
	})
	return nil
}

// Stop implements element.Element.
func (p *push) Stop(ctx context.Context) error {
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
	p.mu.Lock()
	p.link = l
	r := p.reader
	p.mu.Unlock()
	if r == nil {
		return
	}
	if l == nil {
		r.Pause()
		return
	}
	l.OnRoom(r.Wake)
	r.Resume()
}

// media writes to the link there is; what comes while there is none is left out.
func (p *push) media(frames []session.Frame) bool {
	p.mu.Lock()
	l := p.link
	p.mu.Unlock()
	return l == nil || l.Media(frames)
}

// Want implements node.Taker.
func (p *push) Want() media.Want {
	return media.Want{Audio: []media.Codec{media.AAC, media.MP3}, Video: []media.Codec{media.H264}}
}

// Attach implements node.Taker.
func (p *push) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	l := p.link
	p.mu.Unlock()
	if l != nil {
		l.OnRoom(r.Wake)
		r.Resume()
	}
}

// Begin implements hub.UnitSink.
func (p *push) Begin(tracks []media.Track) { p.feed.begin(tracks) }

// Push implements hub.UnitSink.
func (p *push) Push(track int, items []*media.Unit) int { return p.feed.push(track, items) }

// End implements hub.UnitSink.
func (p *push) End(reason error) {
	p.cancel()
	p.env.Over(reason)
}
