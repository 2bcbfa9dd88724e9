package doortest

import (
	"context"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Camera is the element camera.in, which publishes what a test writes. Make it with NewCamera; one instance at a time has it.
type Camera struct {
	hub.Unasked
	tracks []media.Track
	Fed    chan *hub.Publication // what it publishes, each time it begins
}

// NewCamera makes a camera that has some tracks.
func NewCamera(tracks ...media.Track) *Camera {
	return &Camera{tracks: tracks, Fed: make(chan *hub.Publication, 1)}
}

// PublishGraph has a Camera publish any stream at the event test.publish, of which PublishTrigger tells.
const PublishGraph = `graph: v1
route:
  - {event: test.publish, path: "/{stream...}"}
nodes:
  in: camera.in
  out: stream.out name=$stream
links:
  - in -> out
`

// PublishTrigger tells of the event of PublishGraph.
func PublishTrigger() element.Trigger {
	return element.Trigger{Event: "test.publish", Path: true, About: "A test publishes."}
}

// Spec implements element.Declared, with what follows.
func (*Camera) Spec() element.Spec {
	return element.Spec{
		Name: "camera.in", About: "Publishes what a test writes.", Domain: element.Go, Klass: "Source/Test",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
	}
}

// New implements element.Factory.
func (c *Camera) New(context.Context, element.Env, element.Conf) (element.Element, error) {
	return c, nil
}

// Start implements element.Element.
func (*Camera) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (*Camera) Stop(context.Context) error { return nil }

// Ended implements hub.Source, with what follows.
func (*Camera) Ended(error) {}

// Form says that it gives units.
func (*Camera) Form() hub.Form { return hub.Units }

// Describe implements node.Source.
func (c *Camera) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: c.tracks}, nil
}

// Feed implements node.Source.
func (c *Camera) Feed(p *hub.Publication) { c.Fed <- p }
