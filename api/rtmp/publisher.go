package rtmp

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// publisher is the element rtmp.in: it makes units of what a client sends.
type publisher struct {
	*intake
	peer *Peer
}

var _ node.Source = (*publisher)(nil)

func newPublisher(p *Peer) *publisher { return &publisher{intake: newIntake(), peer: p} }

// Start implements element.Element: from here on the client may send.
func (p *publisher) Start(context.Context) error {
	p.peer.stream.Input(p.take)
	p.peer.stream.Accept()
	return nil
}

// Stop implements element.Element.
func (p *publisher) Stop(context.Context) error {
	p.peer.finish(nil)
	return nil
}

// Describe implements node.Source.
func (p *publisher) Describe(ctx context.Context) (media.Description, error) {
	return p.describe(ctx, p.peer.done)
}

// Form implements node.Source.
func (p *publisher) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *publisher) Feed(pub *hub.Publication) { p.feed(pub) }

// RequestKey implements hub.Source: RTMP has no word for it.
func (p *publisher) RequestKey(int) {}

// Demand implements hub.Source.
func (p *publisher) Demand(int) {}

// Idle implements hub.Source.
func (p *publisher) Idle(int) {}

// Ended implements hub.Source.
func (p *publisher) Ended(reason error) { p.peer.finish(reason) }
