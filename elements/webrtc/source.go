package webrtc

import (
	"context"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// source is the element webrtc.in.
type source struct {
	peer    *Peer
	allowed []media.Codec
	bitrate int
	tracks  []media.Track
}

var _ node.Source = (*source)(nil)

// Start implements element.Element. What the client sends is known from its offer; that it sends is waited for by its door.
func (s *source) Start(context.Context) error {
	var err error
	s.tracks, err = s.peer.in.agree(s.allowed, s.cap())
	return err
}

// cap is the lower one of what the client asked for itself and what the graph allows.
func (s *source) cap() int {
	asked := s.peer.asked.MaxBitrate
	if s.bitrate > 0 && (asked == 0 || s.bitrate < asked) {
		return s.bitrate
	}
	return asked
}

// Stop implements element.Element.
func (s *source) Stop(ctx context.Context) error { return s.peer.part(ctx, &s.peer.in.half) }

// stop ends the peer and waits until nothing of it runs.
func (p *Peer) stop(ctx context.Context) error {
	p.Stop(nil)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Set implements element.Setter.
func (s *source) Set(_ context.Context, field string, v any) error {
	if field != "bitrate" {
		return fault.New(fault.InvalidParams, "", "%q cannot be set while it runs", field)
	}
	s.bitrate = int(element.Conf{field: v}.Int(field))
	s.peer.in.receiver.Allow(s.cap())
	return nil
}

// Describe implements node.Source.
func (s *source) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: s.tracks}, nil
}

// Form implements node.Source.
func (s *source) Form() hub.Form { return hub.Packets }

// Feed implements node.Source.
func (s *source) Feed(p *hub.Publication) { s.peer.in.publication.Store(p) }

// RequestKey implements hub.Source.
func (s *source) RequestKey(track int) { s.peer.in.receiver.RequestKey(track) }

// Demand implements hub.Source.
func (s *source) Demand(int) {}

// Idle implements hub.Source.
func (s *source) Idle(int) {}

// Ended implements hub.Source.
func (s *source) Ended(reason error) {
	if !s.peer.swaps() {
		s.peer.Stop(reason)
	}
}
