package rtsp

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// source is the element rtsp.in.
type source struct{ peer *Peer }

var _ node.Source = (*source)(nil)

// Start implements element.Element.
func (s *source) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *source) Stop(context.Context) error { s.peer.Finish(nil); return nil }

// Describe implements node.Source. What comes was announced.
func (s *source) Describe(context.Context) (media.Description, error) {
	var d media.Description
	for _, l := range s.peer.lines {
		d.Tracks = append(d.Tracks, l.Track)
	}
	return d, nil
}

// Form implements node.Source.
func (s *source) Form() hub.Form { return hub.Packets }

// Feed implements node.Source.
func (s *source) Feed(p *hub.Publication) { s.peer.publication.Store(p) }

// RequestKey implements hub.Source.
func (s *source) RequestKey(track int) { s.peer.key(track) }

// Demand implements hub.Source.
func (s *source) Demand(int) {}

// Idle implements hub.Source.
func (s *source) Idle(int) {}

// Ended implements hub.Source.
func (s *source) Ended(reason error) { s.peer.Finish(reason) }
