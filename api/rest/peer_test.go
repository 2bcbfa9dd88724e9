package rest_test

import (
	"context"

	"sluice/elements/ports"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// calling speaks for a peer.
const calling = `graph: v1
about: Plays to a peer.
route:
  - test.call /{stream...}
nodes:
  in: stream.in name=$stream
  out: test.peer
links:
  - in -> out
`

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

func (peer) Start(context.Context) error { return nil }
func (peer) Stop(context.Context) error  { return nil }
func (peer) Want() media.Want {
	return media.Want{Video: []media.Codec{media.H264}, Audio: []media.Codec{media.Opus}}
}
func (peer) Attach(r *hub.Reader)                  { r.Resume() }
func (peer) Begin([]media.Track)                   {}
func (peer) Push(_ int, items []*media.Packet) int { return len(items) }
func (peer) End(error)                             {}

// session has a peer play "cam", as a door would.
func (k *kit) session() (id string) {
	k.t.Helper()
	i, err := k.engine.Raise(k.t.Context(), engine.Event{Name: "test.call", Path: "/cam", Sessions: map[string]any{"peer": peer{}}})
	if err != nil {
		k.t.Fatal(err)
	}
	return i.ID()
}
