package client

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/rtsp/sdp"
	"sluice/elements/lasting"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// New implements element.Factory.
func (Pull) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	c, err := callOf(env, conf)
	if err != nil {
		return nil, err
	}
	return &pull{
		call: c, wait: conf.Duration("wait"),
		log: env.Log.With("camera", c.url.Host), clock: env.Clock, over: env.Over, stop: make(chan struct{}),
	}, nil
}

// pull is the element rtsp.pull: a source that calls a camera, and calls again when the camera has gone. What it publishes
// goes on meanwhile, so that nobody who watches is thrown off.
type pull struct {
	hub.Unasked // cameras send key frames when they like

	call  call
	wait  time.Duration // that the first call may be made again and again for
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

// Start implements element.Element: it calls the camera, until it answers if there is time, and learns what that sends.
func (p *pull) Start(ctx context.Context) error {
	if p.wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.wait)
		defer cancel()
	}
	var pause lasting.Backoff
	for {
		s, err := p.call.dial(ctx)
		switch {
		case err == nil:
			p.first, p.lines = s, s.lines
			return nil
		case p.wait == 0, locked(err):
			return err
		}
		p.log.Debug("the camera does not answer", "err", err)
		select {
		case <-p.stop:
			return err
		case <-ctx.Done():
			return fault.New(fault.StartTimeout, "", "%s does not answer in time", p.call.url.Host).Because(err)
		case <-p.clock.After(pause.Next()):
		}
	}
}

// locked tells whether calling again would do harm: some cameras lock the door after a few wrong logins.
func locked(err error) bool {
	c := fault.CodeOf(err)
	return c == fault.Unauthorized || c == fault.Forbidden
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

// Ended implements hub.Source.
func (p *pull) Ended(reason error) {
	p.ending.Do(func() { close(p.stop) })
	p.over(reason)
}

// run plays, and calls again, until the element is stopped or the camera sends something else than it did.
func (p *pull) run() {
	s := p.first
	var wait lasting.Backoff
	for {
		begun := p.clock.Now()
		err := s.play(p.stop, p.publication.Load())
		s.close()
		if p.stopped() {
			return
		}
		wait.Lasted(p.clock.Now().Sub(begun))
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
func (p *pull) again(wait *lasting.Backoff) (*called, error) {
	for {
		select {
		case <-p.stop:
			return nil, nil //nolint:nilnil // nothing is wrong, and there is nothing
		case <-p.clock.After(wait.Next()):
		}
		ctx, cancel := p.bounded()
		s, err := p.call.dial(ctx)
		cancel()
		switch {
		case err != nil && p.stopped():
			return nil, nil //nolint:nilnil // as above
		case err != nil:
			p.log.Debug("the camera does not answer", "err", err)
			if locked(err) {
				return nil, err
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
