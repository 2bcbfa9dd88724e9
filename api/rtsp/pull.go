package rtsp

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"sluice/api/rtsp/sdp"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// New implements element.Factory.
func (Pull) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	const place = "url"
	u, err := base.ParseURL(conf.Text("url"))
	// Both have to see the same host: what is allowed was decided by the one, and what is called by the other.
	if other, bad := url.Parse(conf.Text("url")); err != nil || bad != nil || other.Host != u.Host || u.Host == "" {
		return nil, fault.New(fault.InvalidParams, place, "it is no address of RTSP")
	}
	if login := conf.Text("login"); login != "" && u.User == nil {
		if u, err = withLogin(u, login); err != nil {
			return nil, err
		}
	}
	return &pull{
		call: call{url: u, transport: conf.Text("transport"), timeout: conf.Duration("timeout")},
		log:  env.Log.With("camera", u.Host), clock: env.Clock, over: env.Over, stop: make(chan struct{}),
	}, nil
}

// pull is the element rtsp.pull: a source that calls a camera, and calls again when the camera has gone. What it publishes
// goes on meanwhile, so that nobody who watches is thrown off.
type pull struct {
	call  call
	log   *slog.Logger
	clock element.Clock
	over  func(error)

	lines       []sdp.Line // of the first call
	first       *called
	publication atomic.Pointer[hub.Publication]

	ending sync.Once
	stop   chan struct{}
	work   sync.WaitGroup
}

var _ node.Source = (*pull)(nil)

// Start implements element.Element: it calls the camera, and learns what that sends.
func (p *pull) Start(ctx context.Context) error {
	s, err := p.call.dial(ctx)
	if err != nil {
		return err
	}
	p.first, p.lines = s, s.lines
	return nil
}

// Describe implements node.Source.
func (p *pull) Describe(context.Context) (media.Description, error) {
	var d media.Description
	for _, l := range p.lines {
		d.Tracks = append(d.Tracks, l.Track)
	}
	return d, nil
}

// Form implements node.Source.
func (p *pull) Form() hub.Form { return hub.Packets }

// Feed implements node.Source.
func (p *pull) Feed(pub *hub.Publication) {
	p.publication.Store(pub)
	p.work.Go(p.run)
}

// Stop implements element.Element.
func (p *pull) Stop(context.Context) error {
	p.ending.Do(func() { close(p.stop) })
	p.work.Wait()
	if p.first != nil {
		p.first.close()
	}
	return nil
}

// RequestKey implements hub.Source. Cameras send key frames when they like; those that can be asked know this message.
func (p *pull) RequestKey(int) {}

// Demand implements hub.Source.
func (p *pull) Demand(int) {}

// Idle implements hub.Source.
func (p *pull) Idle(int) {}

// Ended implements hub.Source.
func (p *pull) Ended(reason error) {
	p.ending.Do(func() { close(p.stop) })
	p.over(reason)
}

// run plays, and calls again, until the element is stopped or the camera sends something else than it did.
func (p *pull) run() {
	s := p.first
	var wait backoff
	for {
		begun := p.clock.Now()
		err := s.play(p.stop, p.publication.Load())
		s.close()
		if p.stopped() {
			return
		}
		if p.clock.Now().Sub(begun) > steady {
			wait = 0
		}
		p.log.Warn("the camera has gone", "err", err)
		if s, err = p.again(&wait); err != nil {
			p.log.Warn("the camera is given up", "err", err)
			p.over(err)
			return
		}
		if s == nil {
			return
		}
		p.log.Info("the camera is back")
	}
}

// again calls until the camera answers; nil if the element is stopped. An error is one that calling again does not mend.
func (p *pull) again(wait *backoff) (*called, error) {
	for {
		select {
		case <-p.stop:
			return nil, nil //nolint:nilnil // nothing is wrong, and there is nothing
		case <-p.clock.After(wait.next()):
		}
		ctx, cancel := p.bounded()
		s, err := p.call.dial(ctx)
		cancel()
		switch {
		case err != nil && p.stopped():
			return nil, nil //nolint:nilnil // as above
		case err != nil:
			p.log.Debug("the camera does not answer", "err", err)
			if c := fault.CodeOf(err); c == fault.Unauthorized || c == fault.Forbidden {
				return nil, err // some lock the door after a few wrong ones
			}
			continue
		case !same(p.lines, s.lines):
			s.close()
			return nil, fault.New(fault.CodecNotAvailable, "", "the camera sends something else than before")
		}
		return s, nil
	}
}

// bounded is a context for one call, which ends with the element.
func (p *pull) bounded() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*p.call.timeout)
	go func() {
		select {
		case <-p.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (p *pull) stopped() bool {
	select {
	case <-p.stop:
		return true
	default:
		return false
	}
}

// same tells whether a camera sends what it sent before.
func same(before, now []sdp.Line) bool {
	if len(before) != len(now) {
		return false
	}
	for i := range before {
		if !sdp.Same(before[i].Track, now[i].Track) {
			return false
		}
	}
	return true
}

// steady is how long a session must have lasted for the next call to be made soon.
const steady = time.Minute

// backoff is how long to wait before the next call: twice as long each time, up to half a minute.
type backoff time.Duration

func (b *backoff) next() time.Duration {
	const least, most = time.Second, 30 * time.Second
	*b = min(max(2**b, backoff(least)), backoff(most))
	return time.Duration(*b)/2 + rand.N(time.Duration(*b)/2) //nolint:gosec // so that cameras are not all called at once
}

// withLogin puts user and password into an address.
func withLogin(u *base.URL, login string) (*base.URL, error) {
	user, password, ok := strings.Cut(login, ":")
	if !ok || user == "" {
		return nil, fault.New(fault.InvalidParams, "login", "it is not of the form user:password")
	}
	c := u.Clone()
	c.User = userinfo(user, password)
	return c, nil
}
