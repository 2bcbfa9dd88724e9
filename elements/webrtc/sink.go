package webrtc

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// sink is the element webrtc.out.
type sink struct {
	*player
	allowed []media.Codec
}

var _ node.Sink = (*sink)(nil)

// Start implements element.Element. The answer follows from the tracks that Begin tells.
func (s *sink) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *sink) Stop(ctx context.Context) error { return s.peer.part(ctx, &s.half) }

// Want implements node.Taker.
func (s *sink) Want() media.Want { return s.wants(s.allowed) }

// Attach implements node.Taker.
func (s *sink) Attach(r *hub.Reader) { s.attach(r) }
