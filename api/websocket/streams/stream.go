package streams

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// stream is one media session. Its goroutine is run; mu guards what others look at.
type stream struct {
	owner  *Owner
	all    *Streams
	role   reason.Role
	req    wire.Stream
	id     string
	name   string
	begun  time.Time
	cancel context.CancelCauseFunc

	answered bool                  // of the stream's goroutine, as what follows
	unrecord func(context.Context) // ends its recording; nil if there is none

	mu     sync.Mutex
	status wire.Status // "" until media flows
	peer   Peer        // once there is one
	// pipeline is the one that serves it, "" before.
	pipeline string
	muted    map[media.Kind]bool
	size     wire.Size // that a player was told of
	file     string    // that was recorded, once it is whole
	rates    rates
	stats    measured
}

func newStream(o *Owner, role reason.Role, req wire.Stream) *stream {
	return &stream{
		owner: o, all: o.all, role: role, req: req, id: string(req.MediaSessionID), name: string(req.Name), begun: time.Now(),
		muted: map[media.Kind]bool{},
	}
}

func (s *stream) plays() bool { return s.role == reason.Play }

// ending is a last status and why.
type ending struct {
	status wire.Status
	why    reason.Reason
	err    error // for the log
}

// run is all of a stream's life.
func (s *stream) run(ctx context.Context) {
	var end ending
	defer func() { s.finish(end) }()
	defer func() {
		// What clients send goes through much code that is not ours; nobody else is to suffer if it fails.
		if what := recover(); what != nil {
			s.all.opt.Log.Error("a stream panicked", "stream", s.name, "err", what, "stack", string(debug.Stack()))
			end = ending{status: wire.Failed, why: reason.Error}
		}
	}()
	end = s.live(ctx)
}

// live begins the stream, stays with it, ends what was begun, and says how it ended.
func (s *stream) live(ctx context.Context) ending {
	if end, ok := s.ask(ctx); !ok {
		return end
	}
	user, err := s.authorise(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	peer, err := s.meet(ctx)
	if err != nil {
		return s.failed(ctx, err)
	}
	if err := s.expect(ctx, peer); err != nil {
		peer.Stop(err)
		return s.failed(ctx, err)
	}
	known := s.all.opt.Engine.Streams().Has(s.name)
	inst, err := s.all.opt.Engine.Raise(ctx, s.event(peer, user))
	if err != nil {
		peer.Stop(err)
		return s.failed(ctx, err)
	}
	s.mu.Lock()
	s.peer, s.pipeline = peer, inst.ID()
	s.mu.Unlock()
	leave := s.all.opt.Present.Enter(s.entry(user, inst), func() { s.cancel(stopped(reason.RESTTerminate)) })
	defer leave()
	err = s.serve(ctx, peer, inst, user)
	// First the peer: with it the name is free, whatever else the graph still has to finish.
	peer.Stop(nil)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.all.opt.Stop)
	defer cancel()
	if halt := inst.Stop(limit); halt != nil {
		s.all.opt.Log.Warn("a graph did not end properly", "stream", s.name, "err", halt)
	}
	if s.unrecord != nil {
		s.unrecord(limit)
	}
	if err != nil {
		return s.failed(ctx, err)
	}
	return s.over(known, peer.Err(), inst.Err())
}

// entry is what others may see of the stream.
func (s *stream) entry(user string, inst Instance) api.Session {
	one := api.Session{
		ID: inst.ID(), Pipeline: inst.ID(), Protocol: "websocket", Direction: api.Publishes, Stream: s.name, User: user, Since: s.begun,
	}
	if at := s.owner.id.Proof.Remote; at.IsValid() {
		one.Remote = at.String()
	}
	if s.plays() {
		one.Direction = api.Plays
	}
	return one
}

// expect answers a client whose media is only known when it comes, and waits for that.
func (s *stream) expect(ctx context.Context, peer Peer) error {
	a, ok := peer.(Arriving)
	if !ok || s.plays() {
		return nil
	}
	if err := s.answer(ctx, peer); err != nil {
		return err
	}
	return a.Arrive(ctx)
}

// answer answers the client, once.
func (s *stream) answer(ctx context.Context, peer Peer) error {
	if s.answered {
		return nil
	}
	text, err := peer.Answer(ctx)
	if err != nil {
		return err
	}
	s.answered = true
	// The third argument says that it is an answer; the Web SDK does not look at it, mobile ones do.
	s.owner.client.Send("setRemoteSDP", s.id, text, true)
	return nil
}

// serve answers the client and waits until something ends the stream. The error is why it ended before its peer or its graph
// did; nil if one of these did.
func (s *stream) serve(ctx context.Context, peer Peer, inst Instance, user string) error {
	if err := s.answer(ctx, peer); err != nil {
		return err
	}
	patience := time.NewTimer(s.all.opt.Start)
	defer patience.Stop()
	live, unpush := peer.Live(), func() {}
	defer func() { unpush() }()
	for {
		select {
		case <-live:
			live = nil
			patience.Stop()
			s.begin(peer)
			unpush = s.pushes(ctx, user)
			if s.req.Record {
				s.unrecord = s.record(context.WithoutCancel(ctx), user)
			}
		case <-patience.C:
			if s.plays() { // publishers have a limit of their own: Stalled
				return fault.New(fault.StartTimeout, "", "nothing of %q came in %s", s.name, s.all.opt.Start)
			}
		case <-peer.Done():
			return nil
		case <-inst.Done():
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// failed is the end of a stream that could not begin, or was ended from outside.
func (s *stream) failed(ctx context.Context, err error) ending {
	var why stopped
	if errors.As(context.Cause(ctx), &why) {
		end := ending{status: wire.Stopped, why: reason.Reason(why)}
		if !s.plays() {
			end.status = wire.Unpublished
		}
		return end
	}
	return ending{status: wire.Failed, why: s.why(err), err: err}
}

// why words an error for the client. Errors of graphs mean another thing for a stream that is there than for one that they were
// to bring.
func (s *stream) why(err error) reason.Reason {
	if s.plays() && !s.all.opt.Engine.Streams().Has(s.name) {
		if why := reason.Unbrought(err, s.name); why != "" {
			return why
		}
	}
	return reason.Of(err, s.role, s.name)
}

// over is the end of a stream whose peer or graph ended. known tells whether somebody published under the player's very name;
// a graph may play something else for it.
func (s *stream) over(known bool, peer, graph error) ending {
	err := peer
	if err == nil {
		err = graph
	}
	if !s.plays() {
		if err == nil {
			return ending{status: wire.Unpublished, why: reason.Shutdown}
		}
		return ending{status: wire.Failed, why: s.why(err), err: err}
	}
	// What ends a publication ends its players: a publisher's lost ICE is not theirs. FAILED and not STOPPED, which the SDK's
	// examples take for what they wanted. A film that was played to its end is that.
	if err == nil && film(s.name) {
		return ending{status: wire.Stopped}
	}
	if err == nil || known && !s.all.opt.Engine.Streams().Has(s.name) {
		return ending{status: wire.Failed, why: reason.PublisherStop, err: err}
	}
	return ending{status: wire.Failed, why: s.why(err), err: err}
}

// film tells whether a stream is a file that is played, by its name.
func film(name string) bool {
	return strings.HasPrefix(name, "vod://") || strings.HasPrefix(name, "vod-live://")
}

// finish sends the last status. The name and the id are free before.
func (s *stream) finish(end ending) {
	s.owner.remove(s)
	s.mu.Lock()
	began := s.status != ""
	s.status = end.status
	last := s.object(end.status, end.why)
	transport := s.transport()
	s.mu.Unlock()
	s.owner.client.Send("notifyStreamStatusEvent", last)
	if began && !s.plays() {
		s.owner.client.Changed(Publication{Name: s.name, Room: s.req.RoomName(), Status: end.status})
	}
	s.all.opt.Log.Info("stream ended", "stream", s.name, "role", s.role, "session", s.owner.id.Session, "transport", transport,
		"seconds", int(time.Since(s.begun).Seconds()), "status", end.status, "reason", end.why, "err", end.err)
}

// refuse answers a request that is not even tried.
func (s *stream) refuse(why reason.Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owner.client.Send("notifyStreamStatusEvent", s.object(wire.Failed, why))
	s.all.opt.Log.Debug("stream refused", "role", s.role, "session", s.owner.id.Session, "reason", why)
}
