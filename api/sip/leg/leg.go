package leg

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/hub/herald"
	"sluice/engine/media"
)

// Leg is the media of one call. Safe for concurrent use.
type Leg struct {
	opt    Options
	log    *slog.Logger
	id     uint64 // of the session, in descriptions
	herald *herald.Herald
	ctx    context.Context //nolint:containedctx // of the leg's own goroutines, which Close ends
	cancel context.CancelFunc
	work   sync.WaitGroup
	done   chan struct{}
	agreed chan struct{}
	asks   atomic.Pointer[Control]
	finger chan struct{} // holds one while keys are being pressed

	mu      sync.Mutex
	closed  bool
	version uint64
	lanes   map[media.Kind]*lane
	talk    *talk // with the far end
	begun   bool  // the call was answered
	holding bool  // we hold the far end,
	held    bool  // and it holds us
	claims  claims
}

// New makes a leg. Ports are taken when they are first told to the far end.
func New(opt Options) (*Leg, error) {
	if opt.Ports == nil || opt.Watch == nil || !opt.Audio && !opt.Video {
		return nil, fault.New(fault.InvalidRequest, "sip", "a leg needs ports, a watcher, and sound or pictures")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if !opt.Public.IsValid() {
		opt.Public = opt.Ports.Address()
	}
	opt.Peer = opt.Peer.Unmap()
	l := &Leg{
		opt: opt, log: opt.Log.With("call", opt.ID), id: uint64(random())<<16 | uint64(random()>>16), herald: herald.New(),
		done: make(chan struct{}), agreed: make(chan struct{}), finger: make(chan struct{}, 1), lanes: map[media.Kind]*lane{},
		talk: newTalk(opt.Prefer),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, nil
}

// Control gives the leg what its elements ask of the call.
func (l *Leg) Control(c Control) { l.asks.Store(&c) }

// Controller is what asks for things of the call; fault.InvalidRequest if nobody has given it.
func (l *Leg) Controller() (Control, error) {
	if c := l.asks.Load(); c != nil {
		return *c, nil
	}
	return nil, fault.New(fault.InvalidRequest, "sip", "nobody signals for this call")
}

// lane finds the m-line of a kind, or makes it. The caller holds l.mu.
func (l *Leg) lane(kind media.Kind) (*lane, error) {
	if l.closed {
		return nil, fault.New(fault.Closed, "sip", "the call has ended")
	}
	if a := l.lanes[kind]; a != nil {
		return a, nil
	}
	pair, err := l.opt.Ports.Take()
	if err != nil {
		return nil, err
	}
	a := newLane(l, kind, pair)
	l.lanes[kind] = a
	l.work.Go(func() { a.read(pair.RTP) })
	l.work.Go(func() { a.read(pair.RTCP) })
	l.work.Go(a.tick)
	return a, nil
}

// lines are the lanes there are, sound first.
func (l *Leg) lines() []*lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*lane
	for _, k := range kinds() {
		if a := l.lanes[k]; a != nil {
			out = append(out, a)
		}
	}
	return out
}

func kinds() []media.Kind { return []media.Kind{media.Audio, media.Video} }

// sound is the lane of sound, once it is agreed on; nil before.
func (l *Leg) sound() *lane {
	for _, a := range l.lines() {
		if a.kind == media.Audio && a.way.Load() != nil {
			return a
		}
	}
	return nil
}

// Answered tells that the call has been answered: from now on, and not from what is heard before, nothing may come for Options.Silence.
func (l *Leg) Answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.begun {
		return
	}
	l.begun = true
	for _, a := range l.lanes {
		a.came.Store(time.Now().UnixNano())
	}
}

// answered tells whether it has been.
func (l *Leg) answered() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.begun
}

// Agreed is closed when something is agreed on with the far end.
func (l *Leg) Agreed() <-chan struct{} { return l.agreed }

// Tracks are what was agreed on, sound first; none before.
func (l *Leg) Tracks() []media.Track {
	var out []media.Track
	for _, a := range l.lines() {
		if w := a.way.Load(); w != nil {
			out = append(out, w.codec.Track())
		}
	}
	return out
}

// Codecs are those that were agreed on, sound first.
func (l *Leg) Codecs() []media.Codec {
	var out []media.Codec
	for _, t := range l.Tracks() {
		out = append(out, t.Codec)
	}
	return out
}

// Held tells whether the far end holds us: it does not want to hear us.
func (l *Leg) Held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held
}

// Holding tells whether we hold the far end.
func (l *Leg) Holding() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.holding
}

// Secure tells whether all that was agreed on is encrypted.
func (l *Leg) Secure() bool {
	secure := false
	for _, a := range l.lines() {
		w := a.way.Load()
		if w != nil && w.security == sdp.Plain {
			return false
		}
		secure = secure || w != nil
	}
	return secure
}

// Done is closed when the leg has been closed and nothing of it runs any more.
func (l *Leg) Done() <-chan struct{} { return l.done }

// Close ends the leg, and the elements that have it, which hear why; nil if the call ended as calls do. It returns when nothing of it runs,
// and may be called again.
func (l *Leg) Close(reason error) {
	l.mu.Lock()
	first := !l.closed
	l.closed = true
	over := l.claims.end()
	l.talk.end()
	l.mu.Unlock()
	if !first {
		<-l.done
		return
	}
	l.cancel()
	for _, a := range l.lines() {
		a.close()
	}
	l.work.Wait()
	l.herald.Close()
	close(l.done)
	for _, f := range over {
		f(reason)
	}
}

// random is for first numbers (RFC 3550 5.1).
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.NativeEndian.Uint32(b[:])
}
