// Package calls runs the telephone calls of clients of the WebSocket door: a page has a line, on which it calls and is called, and each
// call has a goroutine that makes the page's peer, raises the event of the call once both sides have said what they speak, tells the page
// how it goes, and ends with exactly one last status.
//
// It knows clients by a small interface, and lines as api/calls has them. It moves no media, and knows neither sockets nor SIP.
package calls

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/media"
)

// Lines are telephone lines, as api/calls describes them.
type Lines = calls.Lines

// Options are what Calls are made with. All but Log and the bounds are needed.
type Options struct {
	Lines Lines
	Peers Peers
	// Raise starts the graph that answers an event.
	Raise func(ctx context.Context, ev engine.Event) (Instance, error)
	Log   *slog.Logger // nil: nothing is logged

	PerClient int           // calls that one client may have at a time; 0: 16
	Stop      time.Duration // for a call to end properly at the far end, and a graph; 0: 10 s
}

// Instance is a graph that runs for a call.
type Instance interface {
	// Stop ends it, its peers included, and returns when all of it is gone, or soon after ctx is done.
	Stop(ctx context.Context) error
	Done() <-chan struct{}
	Err() error
}

// Peers makes the peers of pages, as webrtc.Peers does.
type Peers interface {
	Callee(ctx context.Context, o webrtc.Offer) (Peer, error)
	Caller(ctx context.Context, o webrtc.Proposal) (Peer, error)
}

// Peer is what is needed of a webrtc.Peer, where the methods are described.
type Peer interface {
	Prefer(codecs []media.Codec)
	Codecs() []media.Codec
	Answer(ctx context.Context) (string, error)
	Offer(ctx context.Context) (string, error)
	Accept(answer string) error
	Connect(ctx context.Context) error
	Swap(change func() error) error
	Done() <-chan struct{}
	Err() error
	Stop(reason error)
}

// UsePeers is the Peers that p is. Elements find the webrtc.Peer in Event.Sessions.
func UsePeers(p *webrtc.Peers) Peers { return maker{p} }

type maker struct{ *webrtc.Peers }

// Callee implements Peers.
func (m maker) Callee(ctx context.Context, o webrtc.Offer) (Peer, error) {
	return peer(m.Peers.Callee(ctx, o))
}

// Caller implements Peers.
func (m maker) Caller(ctx context.Context, o webrtc.Proposal) (Peer, error) {
	return peer(m.Peers.Caller(ctx, o))
}

func peer(p *webrtc.Peer, err error) (Peer, error) {
	if err != nil {
		return nil, err // and no Peer that holds a nil pointer
	}
	return p, nil
}

// Calls are the calls of all clients. Safe for concurrent use.
type Calls struct {
	opt  Options
	work sync.WaitGroup // one for each call, and for each line that is being closed

	mu    sync.Mutex
	calls map[*call]struct{}
	lines int
	total Counts
}

// New makes calls, none at first.
func New(opt Options) *Calls {
	const perClient, stop = 16, 10 * time.Second
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.PerClient <= 0 {
		opt.PerClient = perClient
	}
	if opt.Stop <= 0 {
		opt.Stop = stop
	}
	return &Calls{opt: opt, calls: map[*call]struct{}{}}
}

// Wait returns when no call is left and all lines are closed, after all phones have been.
func (a *Calls) Wait() { a.work.Wait() }

// Counts are what there is, and what there has been.
type Counts struct {
	Lines int // that pages have
	Calls int // now, of both directions

	Out, In     uint64 // begun until now: by pages, and to them
	Established uint64 // of these
	Failed      uint64 // that ended with an error, or were never answered for one
}

// Counts counts.
func (a *Calls) Counts() Counts {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.total
	c.Lines, c.Calls = a.lines, len(a.calls)
	return c
}

// List tells of all calls of pages, in the order of their ids.
func (a *Calls) List() []wire.CallStatus {
	a.mu.Lock()
	all := slices.Collect(maps.Keys(a.calls))
	a.mu.Unlock()
	out := make([]wire.CallStatus, 0, len(all))
	for _, c := range all {
		out = append(out, c.object())
	}
	slices.SortFunc(out, func(x, y wire.CallStatus) int { return strings.Compare(x.CallID, y.CallID) })
	return out
}

// Terminate ends a call by its id, and does not wait for that; false if there is none.
func (a *Calls) Terminate(id string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for c := range a.calls {
		if c.id == id {
			c.cancel(hungUp{})
			return true
		}
	}
	return false
}

// count counts lines.
func (a *Calls) count(more int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines += more
}

// add counts a call.
func (a *Calls) add(c *call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls[c] = struct{}{}
	if c.incoming {
		a.total.In++
	} else {
		a.total.Out++
	}
}

// remove counts the end of a call.
func (a *Calls) remove(c *call, established, failed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.calls, c)
	if established {
		a.total.Established++
	}
	if failed {
		a.total.Failed++
	}
}
