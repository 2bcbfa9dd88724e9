package rtmp

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// publisher is the element rtmp.in: it makes units of what a client sends.
type publisher struct {
	hub.Unasked // RTMP has no word for key frames

	*intake
	peer *Peer
	page *Page // whose client it is; nil if none's
}

var _ node.Source = (*publisher)(nil)

func newPublisher(p *Peer) *publisher { return &publisher{intake: newIntake(), peer: p} }

// Start implements element.Element.
func (p *publisher) Start(context.Context) error {
	p.peer.begin()
	return nil
}

// Stop implements element.Element.
func (p *publisher) Stop(context.Context) error {
	p.peer.Finish(nil)
	return nil
}

// Describe implements node.Source.
func (p *publisher) Describe(ctx context.Context) (media.Description, error) {
	return p.describe(ctx, p.peer.Done())
}

// Form implements node.Source.
func (p *publisher) Form() hub.Form { return hub.Units }

// Feed implements node.Source.
func (p *publisher) Feed(pub *hub.Publication) {
	p.feed(pub)
	if p.page != nil {
		p.page.flows(pub)
	}
}

// Ended implements hub.Source.
func (p *publisher) Ended(reason error) { p.peer.Finish(reason) }
