package metrics

import (
	"time"

	"sluice/api/auth"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/run/coders"
	"sluice/engine/run/supervisor"
	"sluice/engine/store"
	"sluice/engine/worker"
)

// Engine is what runs graphs, to look at.
type Engine interface {
	Census() hub.Census
	Outcomes() map[engine.Outcome]uint64
	Instances() *supervisor.Supervisor
	Bus() *event.Bus
}

// Sources are who is asked. Those that are nil have nothing to tell.
type Sources struct {
	Engine Engine
	Peers  func() webrtc.Totals
	// Workers counts the processes in which GStreamer codes; false if there are none in this build.
	Workers func() (worker.Counts, worker.Past, bool)
	Graphs  func() *store.Set
	// Elements finds what an element is; nil: what codes is not counted.
	Elements coders.Specs
	Sessions func() []Sessions
	Sockets  func() Sockets
	// Connections are those that are open, by the web server.
	Connections func() map[string]int
	Requests    *Requests
	Reloads     func() Reloads
	// Decisions are those about who may do what.
	Decisions func() map[auth.Tally]uint64
	// Hooks are the calls of applications' back ends.
	Hooks func() []Hooked
	// Films are those of the media folder that were asked for in vain.
	Films func() Films
	// Phones are telephone calls.
	Phones  func() Phones
	Version string // of the server
}

// Sessions are those of one protocol that move media in one direction, now.
type Sessions struct {
	Protocol  string // "whip"
	Direction string // Publish or Play
	Count     int
}

// The directions.
const (
	Publish = "publish"
	Play    = "play"
)

// Sockets are the WebSockets of the Web SDK, now.
type Sockets struct {
	Open int
	Away int // sessions that are kept for clients that went away
}

// Reloads are how often the configuration was read again.
type Reloads struct {
	Done, Failed uint64
	Last         time.Time // that was done; zero if none was
}
