package mixer

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
)

// hall is a room whose guests join by the names of their streams.
type hall struct {
	name string
	kick chan struct{} // somebody has come or gone

	mu   sync.Mutex
	want map[string]bool // the streams that are to be in it
	anew map[string]bool // those of them that somebody has begun to publish since it was looked at
	over bool            // nobody looks at it any more
}

// follow has publishers of GUEST#ROOM join their rooms until ctx is done, and returns when nothing of that goes on.
func (x *Mixers) follow(ctx context.Context) {
	const several = 1024
	sub := x.opt.Engine.Bus().Subscribe(several, ofRooms)
	defer sub.Close()
	x.opt.Engine.Expect(x.Coming)
	var halls sync.WaitGroup
	defer halls.Wait()
	x.look(ctx, &halls)
	for {
		e, lost, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if lost > 0 {
			x.look(ctx, &halls)
		}
		if s, ok := e.Body.(event.Stream); ok {
			x.note(ctx, &halls, s.Name)
		}
	}
}

// ofRooms tells whether an event may be of a guest.
func ofRooms(e event.Event) bool {
	s, ok := e.Body.(event.Stream)
	return ok && (e.Name == event.StreamPublished || e.Name == event.StreamEnded) && strings.Contains(s.Name, mark)
}

// look looks at all streams there are, and at those that were there.
func (x *Mixers) look(ctx context.Context, halls *sync.WaitGroup) {
	for _, s := range x.opt.Engine.Streams().Streams() {
		x.note(ctx, halls, s.Name)
	}
	x.mu.Lock()
	var known []string
	for _, h := range x.halls {
		known = append(known, h.wanted()...)
	}
	x.mu.Unlock()
	for _, name := range known {
		x.note(ctx, halls, name)
	}
}

// note has a stream join its room, or leave it.
func (x *Mixers) note(ctx context.Context, halls *sync.WaitGroup, stream string) {
	s, ok := seated(stream)
	if !ok {
		return
	}
	here, name := x.opt.Engine.Streams().Has(stream), s.hall()
	x.mu.Lock()
	defer x.mu.Unlock()
	if h := x.halls[name]; h != nil && h.is(stream, here) || !here {
		return
	}
	h := &hall{name: name, kick: make(chan struct{}, 1), want: map[string]bool{stream: true}, anew: map[string]bool{}}
	x.halls[name] = h
	halls.Go(func() { x.hold(ctx, h) })
}

// is says whether a stream is to be in the hall. It is false if nobody looks at it any more.
func (h *hall) is(stream string, here bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return false
	}
	if here {
		h.want[stream], h.anew[stream] = true, true
	} else {
		delete(h.want, stream)
	}
	select {
	case h.kick <- struct{}{}:
	default:
	}
	return true
}

// wanted are the streams that are to be in it.
func (h *hall) wanted() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]string, 0, len(h.want))
	for stream := range h.want {
		out = append(out, stream)
	}
	return out
}

// renewed are the streams that somebody has begun to publish since the last call.
func (h *hall) renewed() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.anew
	h.anew = map[string]bool{}
	return out
}

// leave ends the hall if nobody is to be in it.
func (h *hall) leave() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = len(h.want) == 0
	return h.over
}

// hold has a room be as its guests want it until it has none.
func (x *Mixers) hold(ctx context.Context, h *hall) {
	defer func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		if x.halls[h.name] == h {
			delete(x.halls, h.name)
		}
	}()
	room := sitting{Mixers: x, hall: h}
	for {
		idle, again, gone := room.settle(ctx)
		select {
		case <-ctx.Done():
			return
		case <-h.kick:
		case <-again:
		case <-idle:
			if room.end(ctx) && h.leave() {
				return
			}
		case <-gone: // somebody ended it, or it failed for good: the next who comes or goes has it begin anew
			room.mixer = nil
			if room.late || len(h.wanted()) == 0 {
				continue
			}
			select {
			case <-ctx.Done():
				return
			case <-h.kick:
			}
		}
	}
}

// sitting is what goes on in a hall. It is its goroutine's.
type sitting struct {
	*Mixers
	hall  *hall
	mixer *Mixer               // nil: there is none
	in    map[string]bool      // the streams that were let in
	out   map[string]*refusal  // those that could not be
	late  bool                 // somebody came while it ended
	left  map[string]time.Time // when those who are in it went away
	shut  *refusal             // it could not begin; nil: it could, or was not tried
}

// lingers is for how long a place is kept for a guest whose stream has ended: he may have lost his network for a moment, and those who
// play what is for him alone would lose it with his place.
const lingers = 2 * time.Second

// settle lets in who wants to be there and takes out who does not, and says what to wait for then beside somebody's coming: for how long
// nobody may be there, for when to look again, and for the mixer's end. Who cannot be let in is tried again when somebody has left, when
// he publishes anew, and from time to time; a room that cannot begin, when somebody comes, and from time to time.
func (r *sitting) settle(ctx context.Context) (idle, again <-chan time.Time, gone <-chan struct{}) {
	anew, want := r.hall.renewed(), map[string]bool{}
	for _, stream := range r.hall.wanted() {
		want[stream] = true
	}
	if r.mixer != nil && !r.mixer.plays() {
		r.mixer = nil
	}
	if len(want) > 0 && !r.open(ctx, len(anew) > 0) {
		return nil, r.opt.Clock.After(max(r.shut.until.Sub(r.opt.Clock.Now()), time.Millisecond)), nil
	}
	if r.mixer == nil {
		return r.opt.Clock.After(0), nil, nil
	}
	r.late = false
	for stream := range anew {
		if delete(r.out, stream); !r.mixer.has(stream) { // he was thrown out: what he sends may be better now
			delete(r.in, stream)
		}
	}
	soon := r.takeOut(ctx, want)
	if wait := r.letIn(ctx, want); wait > 0 && (soon == 0 || wait < soon) {
		soon = wait
	}
	if soon > 0 {
		again = r.opt.Clock.After(soon)
	}
	if len(want) == 0 && again == nil {
		idle = r.opt.Clock.After(r.opt.Idle)
	}
	return idle, again, r.mixer.gone
}

// takeOut takes out who has been away for long enough, and tells when to look again at others who are away; 0 if there are none.
func (r *sitting) takeOut(ctx context.Context, want map[string]bool) (soon time.Duration) {
	now := r.opt.Clock.Now()
	for stream := range r.in {
		since, away := r.left[stream]
		switch {
		case want[stream]:
			delete(r.left, stream)
			continue
		case !away:
			r.left[stream] = now
		case now.Sub(since) >= lingers:
			err := r.within(ctx, func(ctx context.Context) error { return r.mixer.Remove(ctx, stream) })
			r.told("leave", stream, err)
			if !r.mixer.has(stream) {
				delete(r.left, stream)
				delete(r.in, stream)
				r.again()
				continue
			}
			r.left[stream] = r.opt.Clock.Now() // once more
		}
		soon = lingers
	}
	return soon
}

// open sees to it that there is a mixer: the one of this name that somebody has started, or a new one. One that could not begin is not
// tried again before its time, unless somebody has come. What is in the way is logged once.
func (r *sitting) open(ctx context.Context, come bool) bool {
	if r.mixer != nil {
		return true
	}
	r.in, r.out, r.left = map[string]bool{}, map[string]*refusal{}, map[string]time.Time{}
	if r.mixer = r.get(r.hall.name); r.mixer != nil {
		r.shut = nil
		return true
	}
	if r.shut != nil && !come && r.opt.Clock.Now().Before(r.shut.until) {
		return false
	}
	err := r.within(ctx, func(ctx context.Context) (err error) {
		r.mixer, err = r.start(ctx, r.hall.name, r.hall.name, r.opt.Usual, true)
		return err
	})
	if err == nil {
		r.shut = nil
		return true
	}
	if r.shut == nil {
		r.shut = &refusal{}
	}
	if r.shut.refused(r.opt.Clock.Now(), err) && ctx.Err() == nil {
		r.opt.Log.Error("a mixer could not begin; its guests' streams go on", "mixer", r.hall.name, "err", err)
	}
	return false
}

// end ends the mixer if nobody has come meanwhile. One that somebody started by hand is left to him.
func (r *sitting) end(ctx context.Context) bool {
	if len(r.hall.wanted()) > 0 {
		return false
	}
	if r.mixer != nil && r.mixer.Auto {
		r.told("end", "", r.within(ctx, r.mixer.Stop))
	}
	r.mixer = nil
	return true
}

// within gives work as long as it may take.
func (r *sitting) within(ctx context.Context, work func(context.Context) error) error {
	const limit = 30 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return work(ctx)
}

// told logs what could not be done, if it could not. That a stream or the mixer has gone already is nothing wrong.
func (r *sitting) told(what, stream string, err error) {
	switch code := fault.CodeOf(err); {
	case err == nil, errors.Is(err, context.Canceled), code == fault.StreamNotFound, code == fault.ResourceNotFound:
	default:
		r.opt.Log.Warn("a mixer could not do what a guest wants", "mixer", r.hall.name, "stream", stream, "what", what, "err", err)
	}
}

// Coming tells whether a name is one under which a mixer is about to publish: that of a room that has guests, or of what one of them is
// to hear.
func (x *Mixers) Coming(name string) bool {
	if !x.opt.AutoStart {
		return false
	}
	x.mu.Lock()
	_, room := x.halls[name]
	x.mu.Unlock()
	if room {
		return true
	}
	if !x.opt.Usual.MCUAudio {
		return false
	}
	for _, stream := range owners(name) {
		if x.opt.Engine.Streams().Has(stream) {
			return true
		}
	}
	return false
}
