package metrics

import (
	"time"

	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/hub"
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
	Workers  func() (worker.Counts, worker.Past, bool)
	Graphs   func() *store.Set
	Sessions func() []Sessions
	Sockets  func() Sockets
	// Connections are those that are open, by the web server.
	Connections func() map[string]int
	Requests    *Requests
	Reloads     func() Reloads
	Version     string // of the server
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
