package clienttest

import (
	"context"
	"time"

	"sluice/api"
	"sluice/elements/ports"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// callEvent is raised by Call.
const callEvent = "test.call"

// Call has a peer play a stream, as a door would, and gives the name of its pipeline, which is live.
func (s *Server) Call(stream string) (id string) {
	s.t.Helper()
	i, err := s.Engine.Raise(s.t.Context(), engine.Event{Name: callEvent, Path: "/" + stream, Sessions: map[string]any{"peer": peer{}}})
	s.good(err)
	s.good(i.Ready(s.t.Context()))
	one := api.Session{
		ID: i.ID(), Pipeline: i.ID(), Protocol: "test", Direction: api.Plays, Stream: stream, Remote: "192.0.2.7:5000", User: "ann",
		Since: time.Now(),
	}
	leave := s.Present.Enter(one, func() { i.Drain(-1) })
	go func() { <-i.Done(); leave() }() // the engine ends with the server
	return i.ID()
}

// peer is an element that speaks for somebody who is connected, and takes what comes.
type peer struct{}

// Spec implements element.Declared.
func (peer) Spec() element.Spec {
	return element.Spec{
		Name: "test.peer", About: "A peer.", Domain: element.Go, Klass: "Sink", Sessions: []string{"peer"},
		Ports:  ports.Takes(ports.All(media.Audio), ports.All(media.Video)),
		Fields: []element.Field{ports.Session()},
	}
}

// New implements element.Factory.
func (peer) New(context.Context, element.Env, element.Conf) (element.Element, error) {
	return peer{}, nil
}

// Start implements element.Element.
func (peer) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (peer) Stop(context.Context) error { return nil }

// Want says what the peer can take.
func (peer) Want() media.Want {
	return media.Want{Video: []media.Codec{media.H264}, Audio: []media.Codec{media.Opus}}
}

// Attach begins to read.
func (peer) Attach(r *hub.Reader) { r.Resume() }

// Begin takes the tracks.
func (peer) Begin([]media.Track) {}

// Push takes packets.
func (peer) Push(_ int, items []*media.Packet) int { return len(items) }

// End ends the reading.
func (peer) End(error) {}
