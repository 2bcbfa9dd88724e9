package rtsp

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5"

	"sluice/api"
	"sluice/api/auth"
	"sluice/api/rtsp/login"
	"sluice/api/rtsp/sdp"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/fault"
)

// stopping is how long the end of one visit may take before it is cut off.
const stopping = 10 * time.Second

// errDismissed is why a client ends whose session was ended from outside.
var errDismissed = fault.New(fault.Closed, "", "the session was ended by whoever runs the server")

// visit is one client that publishes or plays, from the request on by which a graph began to serve it.
type visit struct {
	door     *Door
	server   *server
	address  address
	stream   string // that it publishes or plays
	user     string
	remote   string // address and port; of a group those of who came first
	peer     *Peer
	instance visitor.Instance
	began    time.Time
	log      *slog.Logger

	out      *gortsplib.ServerStream // of a player: what it is told
	channels []int                   // that its tracks are interleaved on, in the order of SETUP
	starting bool                    // PLAY is being answered

	group *group // of one who listens to what is sent to a network; such a visit has no graph of its own

	mu      sync.Mutex
	session *gortsplib.ServerSession // from SETUP or ANNOUNCE on
	shared  bool                     // it serves a group and no session
}

// raise has a graph serve the visit, which watch has to see through then. After an error nothing is left of it.
func (v *visit) raise(ctx context.Context, event string, transport any) error {
	if err := v.door.visits.add(v); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, v.door.opt.Timeout)
	defer cancel()
	var err error
	v.began = time.Now()
	v.instance, err = v.door.opt.Engine.Raise(ctx, engine.Event{
		Name: event, Path: "/" + v.stream,
		Vars:     map[string]any{"app": v.address.app, "query": v.address.query, "user": v.user, "transport": transport},
		Sessions: map[string]any{"peer": v.peer},
	})
	if err != nil {
		v.peer.Finish(err)
		v.door.visits.remove(v)
		if ctx.Err() != nil && fault.CodeOf(err) == fault.Internal {
			return fault.New(fault.StartTimeout, "", "the stream was not there in time").Because(err)
		}
		return err
	}
	return nil
}

// watch sees a visit through to its end: because the client left, because the graph ended, or because the door is shut.
func (v *visit) watch() {
	defer v.door.visits.remove(v)
	defer v.door.opt.Present.Enter(v.entry(), func() { v.peer.Finish(errDismissed) })()
	cut := v.door.cut()
	select {
	case <-v.peer.Done():
	case <-cut.Done():
	}
	reason := v.peer.Err()
	v.mu.Lock()
	s := v.session
	v.mu.Unlock()
	if s != nil {
		s.Close()
	}
	v.finish(context.WithoutCancel(cut))
	v.peer.Finish(nil)
	if v.out != nil {
		v.out.Close()
	}
	v.log.Info("session ended", "reason", reason, "duration", time.Since(v.began))
}

// entry is what others may see of the visit.
func (v *visit) entry() api.Session {
	one := api.Session{
		ID: v.instance.ID(), Pipeline: v.instance.ID(), Protocol: v.door.Name(), Direction: api.Plays, Stream: v.stream,
		Remote: v.remote, User: v.user, Since: v.began,
	}
	if v.peer.publishes {
		one.Direction = api.Publishes
	}
	return one
}

// finish ends the visit's graph.
func (v *visit) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, stopping)
	defer cancel()
	if err := v.instance.Stop(ctx); err != nil {
		v.log.Warn("session not ended properly", "err", err)
	}
}

// bind ties the visit to its session, with which it ends. One that is over already ends that.
func (v *visit) bind(s *gortsplib.ServerSession) {
	v.mu.Lock()
	v.session = s
	v.mu.Unlock()
	s.SetUserData(v)
	select {
	case <-v.peer.Done():
		s.Close()
	default:
	}
}

// bound tells whether there is a session, or a group.
func (v *visit) bound() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.session != nil || v.shared
}

// player begins to serve somebody who wants to play.
func (s *server) player(ctx context.Context, a address, who login.Request, transport any) (*visit, error) {
	var failed error
	for _, stream := range s.names(a, transport) {
		v := &visit{door: s.door, server: s, address: a, stream: stream, remote: who.Conn, peer: newPlayer()}
		var err error
		if v.user, err = s.door.desk.Authorise(ctx, auth.Play, stream, a.shown, who); err == nil {
			v.log = s.door.opt.Log.With("stream", stream, "remote", who.Remote.String(), "user", v.user)
			err = v.raise(ctx, "rtsp.play", transport)
		}
		if err == nil {
			err = v.describe()
			go v.watch() //nolint:contextcheck // it outlives the request
			return v, err
		}
		if failed == nil {
			failed = err
		}
		if fault.CodeOf(err) != fault.StreamNotFound {
			break
		}
	}
	return nil, failed
}

// names are the streams that an address may stand for, best first: what a graph's route or somebody's publication has the whole path
// for, or what is published under its last part (the application of RTMP is no part of the name), or else what a graph brings.
func (s *server) names(a address, transport any) []string {
	vars := map[string]any{"app": a.app, "query": a.query, "transport": transport}
	switch {
	case a.app == "", s.door.opt.Engine.Has(a.full), s.door.opt.Claims != nil && s.door.opt.Claims("rtsp.play", "/"+a.full, vars):
		return []string{a.full}
	case s.door.opt.Engine.Has(a.name):
		return []string{a.name}
	}
	return []string{a.full, a.name}
}

// describe makes what the player is told of the tracks.
func (v *visit) describe() error {
	v.peer.mu.Lock()
	tracks := v.peer.tracks
	v.peer.mu.Unlock()
	d, err := sdp.Write(tracks)
	if err == nil {
		v.out = &gortsplib.ServerStream{Server: &v.server.rtsp, Desc: d}
		err = v.out.Initialize()
	}
	if err != nil {
		v.peer.Finish(err)
	}
	return err
}
