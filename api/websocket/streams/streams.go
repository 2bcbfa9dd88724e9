// Package streams runs what clients of the WebSocket door publish and play: each is one media session, with a goroutine that
// makes its peer, raises its event, answers, and ends with exactly one last status. It also tells players what happens to what
// they play: mute states, data, sizes of pictures.
//
// It knows clients by a small interface, moves no media, and knows neither sockets nor rooms.
package streams

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sluice/api"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
)

// Options are what Streams are made with. Engine and Peers are needed.
type Options struct {
	Engine Engine
	Peers  Peers
	Auth   Authoriser // nil: everybody may publish and play everything
	Log    *slog.Logger
	// Present is told who publishes and plays; nil: nobody is.
	Present *api.Sessions

	PerClient int           // media sessions that one client may have; 0: 256
	Events    int           // of its streams that one client may tell a second, over a longer time; 0: 100
	Bytes     int           // of data that these may hold; 0: 256 KiB
	Start     time.Duration // until media flows, after which a player hears that it does not; 0: 60 s
	Stop      time.Duration // for a graph to end properly; 0: 10 s

	InboundRate  time.Duration // how often publishers hear how many bits of video came; 0: never
	OutboundRate time.Duration // how often players hear how many were sent; 0: never
	Bandwidth    time.Duration // how often a player is told that its way is too narrow, at most; 0: never
	Metrics      bool          // keep what clients measure

	// Reach says where what clients have pushed elsewhere may go, as engine.Event has it.
	Reach engine.Reach

	// Snapshot takes a picture of a stream, as PNG. Nil: there are none.
	Snapshot func(ctx context.Context, stream string) ([]byte, error)
	// Record begins to record a publication whose client wants that. End ends it, and gives the name of the file when it is whole; its
	// context ends the waiting. Nil: nothing is recorded.
	Record func(ctx context.Context, p Recorded) (end func(context.Context) (string, error), err error)
}

// Streams are the media sessions of all clients. Safe for concurrent use.
type Streams struct {
	opt  Options
	news *event.Subscription

	mu      sync.Mutex
	byID    map[string]*stream
	players map[string]map[*stream]struct{} // by the name that they play
}

// New makes streams, none at first.
func New(opt Options) (*Streams, error) {
	if opt.Engine == nil || opt.Peers == nil {
		return nil, fault.New(fault.Internal, "websocket", "the door needs an engine and peers")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	const perClient, start, stop = 256, time.Minute, 10 * time.Second
	if opt.PerClient <= 0 {
		opt.PerClient = perClient
	}
	if opt.Start <= 0 {
		opt.Start = start
	}
	if opt.Stop <= 0 {
		opt.Stop = stop
	}
	news := opt.Engine.Bus().Subscribe(heard, func(e event.Event) bool {
		return e.Name == event.StreamMuted || e.Name == event.StreamData || e.Name == event.StreamChanged
	})
	return &Streams{opt: opt, news: news, byID: map[string]*stream{}, players: map[string]map[*stream]struct{}{}}, nil
}

// heard is how many events may wait to be passed on to players.
const heard = 4096

// Run passes on what happens to streams until ctx is done. It is called once.
func (a *Streams) Run(ctx context.Context) {
	defer a.news.Close()
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { a.tick(ctx) })
	waiting := newTurns()
	others.Go(func() { a.tell(ctx, waiting) })
	for {
		e, lost, err := a.news.Next(ctx)
		if err != nil {
			return
		}
		if lost > 0 {
			a.opt.Log.Warn("events lost: data of streams did not reach their players", "lost", lost)
			for _, name := range a.names() {
				waiting.lose(name)
			}
		}
		if name := streamOf(e); a.played(name) {
			waiting.push(name, e)
		}
	}
}

// tell tells players what waits to be told, until ctx is done.
func (a *Streams) tell(ctx context.Context, waiting *turns) {
	for {
		name, e, lost, ok := waiting.next(ctx)
		switch {
		case !ok:
			return
		case lost:
			a.sync(name)
		default:
			a.hear(e)
		}
	}
}

// add makes a stream known, unless its id is. Two streams with one id could not be told apart by whoever looks at the server
// from outside.
func (a *Streams) add(s *stream) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, taken := a.byID[s.id]; taken {
		return false
	}
	a.byID[s.id] = s
	a.list(s)
	return true
}

// list notes who plays a name. The caller holds a.mu.
func (a *Streams) list(s *stream) {
	if !s.plays() {
		return
	}
	if a.players[s.name] == nil {
		a.players[s.name] = map[*stream]struct{}{}
	}
	a.players[s.name][s] = struct{}{}
}

// unlist forgets it. The caller holds a.mu.
func (a *Streams) unlist(s *stream) {
	if !s.plays() {
		return
	}
	delete(a.players[s.name], s)
	if len(a.players[s.name]) == 0 {
		delete(a.players, s.name)
	}
}

func (a *Streams) remove(s *stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byID, s.id)
	a.unlist(s)
}

// find finds a stream by its id; nil if there is none.
func (a *Streams) find(id string) *stream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byID[id]
}

// playersOf lists who plays a name.
func (a *Streams) playersOf(name string) []*stream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.players[name]))
}

// played tells whether anybody plays a name.
func (a *Streams) played(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.players[name]) > 0
}

// all lists all streams.
func (a *Streams) all() []*stream {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Values(a.byID))
}

// names lists what is played.
func (a *Streams) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.players))
}

// Len is how many media sessions there are.
func (a *Streams) Len() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.byID)
}
