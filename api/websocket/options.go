package websocket

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"sluice/api"
	"sluice/api/websocket/calls"
	"sluice/api/websocket/socket"
	"sluice/api/websocket/streams"
	"sluice/elements/webrtc"
	"sluice/engine"
)

// What the door needs of others.
type (
	// Engine starts graphs, and shows what is published.
	Engine = streams.Engine
	// Peers makes the peers of clients.
	Peers = streams.Peers
	// Authoriser says who may publish and play.
	Authoriser = streams.Authoriser
)

// Peer moves the media of one stream of a client.
type Peer = streams.Peer

// CallPeers makes the peers of pages that call and are called.
type CallPeers = calls.Peers

// UseCallPeers is the CallPeers that p is. It goes with UseEngine.
func UseCallPeers(p *webrtc.Peers) CallPeers { return calls.UsePeers(p) }

// Recorded is a publication that is to be recorded.
type Recorded = streams.Recorded

// UseEngine is the Engine that r is. It goes with UsePeers.
func UseEngine(r streams.Raiser) Engine { return streams.UseEngine(r) }

// UsePeers is the Peers that p is.
func UsePeers(p *webrtc.Peers) Peers { return streams.UsePeers(p) }

// Algorithms of Options.KeepAlive.
const (
	HighLevel = socket.HighLevel
	Internal  = socket.Internal
	None      = socket.None
)

// DefaultVersion is the version of the original server whose messages the door speaks.
const DefaultVersion = "5.2.2000"

// Options are what a door is made with. Engine and Peers are needed; the zero value of everything else will do.
type Options struct {
	Engine Engine
	Peers  Peers
	Auth   Authoriser   // nil: everybody may publish and play everything
	Log    *slog.Logger // nil: nothing is logged
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions
	// Hooks ask and tell the applications of clients; nil: nobody is.
	Hooks Hooks

	Node    string // what the server is called, "nodeId" of all that clients are told; "" is one made up
	Version string // what clients are told; "" is DefaultVersion

	// KeepAlive is how it is found out that a client is gone: asked every Interval, it is after Probes without an answer.
	KeepAlive socket.Algorithm // "" is HighLevel
	Interval  time.Duration    // 0: 5 s
	Probes    int              // 0: 10

	Sessions     int           // sockets at a time; 0: 20,000
	Streams      int           // media sessions of one socket; 0: 256
	MaxMessage   int           // bytes of a message of a client; 0: 1 MiB
	MaxQueue     int           // bytes that wait for a client before it is cut off; 0: 8 MiB
	Rate         int           // messages a second that are read of one client over a longer time; 0: 500
	Events       int           // of its streams, and messages in rooms, that one client may have passed on a second; 0: 100 of each
	EventBytes   int           // that these may hold, over a longer time; 0: 256 KiB
	GreetTimeout time.Duration // until a client says who it is, whatever else it says before; 0: 10 s
	WriteTimeout time.Duration // that a client may take to read a message; 0: 10 s
	StartTimeout time.Duration // until the media of a stream flows; 0: 60 s
	StopTimeout  time.Duration // for a graph to end properly; 0: 10 s

	// Lines are the telephone lines of pages; nil: there is no SIP, and a page that cannot do without is sent away. CallPeers is needed with
	// them. PerClient is how many calls one page may have at a time; 0: 16.
	Lines     calls.Lines
	CallPeers CallPeers
	PerClient int

	// Push says of an address of RTMP that a page wants what it publishes pushed to as well, whether it may; nil: none may.
	Push func(address string) error
	// Reach says where such an address may lead to when it is connected to; nil: everywhere.
	Reach engine.Reach

	// Snapshot takes a picture of a stream that a page may play, as PNG; its context ends the waiting. Nil: there are none.
	Snapshot func(ctx context.Context, stream string) ([]byte, error)

	// Record begins to record what a page publishes, if it wants that. End ends it, and gives the name of the file, below
	// /client/records/, when it is whole; its context ends the waiting. Nil: nothing is recorded, and who wants it is warned.
	Record func(ctx context.Context, p Recorded) (end func(context.Context) (string, error), err error)

	// Flash makes the peers of clients in Flash, whose media goes over RTMP: of a page's token, the id and the name of one of its streams,
	// and its offer; nil: there are none.
	Flash func(token, id, name, offer string, publish bool) (Peer, error)

	// RoomApps are the application keys whose pages use rooms; nil is "roomApp".
	RoomApps []string

	// InboundRate and OutboundRate are how often publishers and players are told how many bits of video came or were sent, from
	// which the SDK makes its CONNECTION_QUALITY; 0: never.
	InboundRate  time.Duration
	OutboundRate time.Duration
	// Bandwidth is how often, at most, a player is told that its way is too narrow; 0: 5 s; negative: never.
	Bandwidth time.Duration

	// Metrics is the object by which pages are asked to measure what they send and receive (WebRTC metrics); nil: they are not.
	// Only those are asked that would play by WebRTC first: the SDK breaks players of the others with it.
	Metrics json.RawMessage

	// KeepFor is how long a session that asked for it is kept for its client to come back, and Kept how many such sessions;
	// 0: 5 minutes, 1,000.
	KeepFor time.Duration
	Kept    int
	// KeepStreams has the streams of such sessions go on meanwhile.
	KeepStreams bool
}

// withDefaults fills in what was left open, except what the packages below fill in themselves.
func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = DefaultVersion
	}
	if o.Sessions <= 0 {
		o.Sessions = 20_000
	}
	if o.RoomApps == nil {
		o.RoomApps = []string{"roomApp"}
	}
	if o.Bandwidth == 0 {
		o.Bandwidth = 5 * time.Second
	}
	if o.KeepFor <= 0 {
		o.KeepFor = 5 * time.Minute
	}
	if o.Kept <= 0 {
		o.Kept = 1000
	}
	return o
}
