// Package node runs the Go part of an instance: it makes the Go elements of a plan and joins them to the hub, and the hub to
// the ports of the Runtime. Every link that has a Go element at one end is a publication in the hub: a source publishes, a
// sink reads. What stream.out names is published under that name, everything else under a private one. So packets become
// access units, and units packets, in one place and once, however many want them, and key frames, slow readers and
// takeovers are the hub's business everywhere.
//
// What each key of a keyed node has is a part of its own, a guest of the other.
//
// The package knows no element by name and no GStreamer.
package node

import (
	"context"
	"time"

	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Source is a Go element that gives media.
type Source interface {
	element.Element
	hub.Source
	// Describe waits until the tracks are known. It is called once, after Start.
	Describe(ctx context.Context) (media.Description, error)
	// Form is how the source writes.
	Form() hub.Form
	// Feed hands over the publication that the source writes to from now on; its tracks are those that were described, in
	// their order. It is called once and must not wait.
	Feed(p *hub.Publication)
}

// Waiter is a Source that says how long a packet of its own that is missing is waited for: one whose sender cannot repeat it.
type Waiter interface {
	// Wait is asked once, before Feed.
	Wait() time.Duration
}

// Taker is what all Go elements that take media have.
type Taker interface {
	element.Element
	// Want says what the element takes. It is called after New.
	Want() media.Want
	// Begin is that of hub.SinkOf. It is called a first time before Attach, and again when the reader is resumed.
	Begin(tracks []media.Track)
	// Attach hands over the reader that serves the element, paused: the element resumes it when it is ready to take media. It
	// is called once.
	Attach(r *hub.Reader)
}

// Sink is a Go element that takes packets.
type Sink interface {
	Taker
	hub.Sink
}

// UnitSink is a Go element that takes access units.
type UnitSink interface {
	Taker
	hub.UnitSink
}

// Tap is an element that stands for a stream of the hub that somebody else publishes.
type Tap interface {
	element.Element
	Reads() Reading
}

// Reading says what a Tap reads, and how.
type Reading struct {
	Stream string
	Wait   time.Duration // for it, or for what has to be made of it
	Kind   media.Kind    // the only one to read; "" is both
	Shape  media.Shape   // what the pictures are to be like
	// Still has one picture read and nothing else, into GStreamer: the newest key picture, and one that is no older than this if its
	// publisher can be asked for one. 0 reads all.
	Still time.Duration
}

// want is what is wanted of the stream by who wants w.
func (r Reading) want(w media.Want) media.Want {
	w.Shape = r.Shape
	return kept(w, r.Kind)
}

// Outfall is an element that stands for a stream of the hub that this graph publishes.
type Outfall interface {
	element.Element
	// Publishes names the stream, and says what becomes of one who comes second. An alternative adds to a stream of that
	// name instead.
	Publishes() (name string, policy hub.Policy, alternative bool)
}
