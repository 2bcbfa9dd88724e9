package rtsp

import (
	"context"
	"slices"

	"sluice/api/rtsp/sdp"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// sink is the element rtsp.out.
type sink struct{ peer *Peer }

var _ node.Sink = (*sink)(nil)

// Start implements element.Element. What the player is told follows from the tracks that Begin tells.
func (s *sink) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *sink) Stop(context.Context) error { s.peer.Finish(nil); return nil }

// Want implements node.Taker.
func (s *sink) Want() media.Want {
	return media.Want{Audio: sdp.Codecs(media.Audio), Video: sdp.Codecs(media.Video), Settled: true}
}

// Begin implements hub.SinkOf.
func (s *sink) Begin(tracks []media.Track) {
	s.peer.mu.Lock()
	if s.peer.tracks == nil {
		s.peer.tracks = slices.Clone(tracks)
	}
	s.peer.mu.Unlock()
	s.peer.sender.Begin(slices.Clone(tracks))
}

// Attach implements node.Taker.
func (s *sink) Attach(r *hub.Reader) {
	s.peer.mu.Lock()
	defer s.peer.mu.Unlock()
	s.peer.reader = r
}

// Push implements hub.SinkOf.
func (s *sink) Push(track int, items []*media.Packet) int { return s.peer.sender.Push(track, items) }

// End implements hub.SinkOf.
func (s *sink) End(reason error) { s.peer.Finish(reason) }
