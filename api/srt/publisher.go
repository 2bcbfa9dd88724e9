package srt

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/srt/flow"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// publisher is the element srt.in: it makes units of what a client sends.
type publisher struct {
	hub.Unasked // SRT has no word for key frames

	peer   *Peer
	idle   time.Duration
	intake *flow.Intake
	work   sync.WaitGroup

	renewal atomic.Pointer[error] // why it is over, if its client goes on with something else
	rest    []byte                // with which that begins; at first what another ended with
}

var _ node.Source = (*publisher)(nil)

// use makes the publisher that of a graph.
func (p *publisher) use(env element.Env) { p.intake = flow.NewIntake(env, p.renew) }

// renew ends what is published, as viewers were told of something else than what comes. The client may publish that anew.
func (p *publisher) renew(reason error) {
	p.renewal.Store(&reason)
	p.peer.Finish(reason)
}

// Start implements element.Element: from here on the client is let in.
func (p *publisher) Start(ctx context.Context) error {
	c, err := p.peer.accept()
	if err != nil {
		return err
	}
	reading, cancel := context.WithCancel(context.WithoutCancel(ctx))
	silent := time.AfterFunc(p.idle, func() {
		p.peer.Finish(fault.New(fault.Stalled, "", "the publisher has sent no media for %s", p.idle))
	})
	p.work.Go(func() {
		defer cancel()
		defer silent.Stop()
		first := p.rest
		p.rest = nil
		for {
			b, err := first, error(nil)
			if first = nil; b == nil {
				b, err = c.Read(reading)
			}
			if err != nil {
				p.peer.Finish(err)
				return
			}
			if p.intake.Take(b) { // neither padding nor what cannot be read is media
				silent.Reset(p.idle)
			}
			if p.renewal.Load() != nil {
				p.rest = b
				return
			}
		}
	})
	p.work.Go(func() {
		<-p.peer.Done()
		cancel()
	})
	return nil
}

// Stop implements element.Element.
func (p *publisher) Stop(context.Context) error {
	p.peer.Finish(nil)
	p.work.Wait()
	return nil
}

// Describe implements node.Source.
func (p *publisher) Describe(ctx context.Context) (media.Description, error) {
	return p.intake.Describe(ctx, p.peer.Done())
}

// Form implements node.Source.
func (p *publisher) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *publisher) Feed(pub *hub.Publication) { p.intake.Feed(pub) }

// Ended implements hub.Source.
func (p *publisher) Ended(reason error) { p.peer.Finish(reason) }
