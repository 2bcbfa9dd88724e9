package websocket

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"sluice/api/websocket/allowance"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/streams"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/wire"
)

// policyViolation is the status code (RFC 6455 7.4.1) of sockets that are closed because of what their client wants.
const policyViolation = 1008

// errTwice is said to who connects twice.
var errTwice = errors.New("this socket is connected already")

// connect takes the first message of a client: who it is.
func connect(v *visit, m wire.Message) error {
	if v.session != nil {
		return errTwice
	}
	c, err := wire.ParseConnection(m)
	if err != nil {
		v.fail(m.Name, "", err.Error())
		v.sock.Close(policyViolation)
		return nil
	}
	v.sock.Greeted()
	s := v.door.recognise(v, c)
	if c, err = s.introduce(c); err != nil {
		v.turnAway(s, err)
		return nil
	}
	v.door.attach(v, s, c)
	s.know(c)
	v.door.opt.Log.Info("session began", "session", s.id, "remote", v.sock.Remote().String(), "app", short(s.app),
		"client", short(string(c.ClientVersion)))
	echo := map[string]any{"authToken": s.token, "sessionId": s.id, "nodeId": v.door.node, "appKey": s.app, "status": "ESTABLISHED"}
	if metrics := v.door.opt.Metrics; len(metrics) > 0 && measures(c.MediaProviders) {
		echo["webRTCMetricsServerDescription"] = metrics
	}
	v.send("getUserData", s.enter(c.Echo(echo)))
	v.send("getVersion", v.door.opt.Version)
	v.owner.Remind()
	v.plug(s, c)
	return nil
}

// measures tells whether metrics may be asked of a client that plays by these providers, the first of them if a page does not
// say otherwise: the SDK breaks the players of the others with them.
func measures(providers wire.Words) bool {
	return len(providers) == 0 || providers[0] == "WebRTC"
}

// recognise gives a client its session: the one that it had, if it comes back to one that was kept for it, else a new one, which
// nobody else knows yet.
func (d *Door) recognise(v *visit, c wire.Connection) *session {
	if s := d.findKept(v, c); s != nil {
		return s
	}
	s := &session{
		door: d, id: uuid.NewString(), token: uuid.NewString(), app: string(c.AppKey),
		dated: c.Dated(), keep: bool(c.KeepAlive),
		letters: allowance.New(d.opt.Events, d.opt.EventBytes),
	}
	s.hook = hook.New(d.node, s.app, s.id)
	return s
}

// attach lets a client in.
func (d *Door) attach(v *visit, s *session, c wire.Connection) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.owner == nil {
		s.login = c.Login()
	}
	if s.owner == nil || !d.opt.KeepStreams {
		s.media = transport.NewPool(d.opt.mediaSockets())
		s.owner = d.streams.Owner(s, streams.Identity{
			Node: d.node, App: s.app, Session: s.id, Dated: s.dated, Proof: streams.Proof(v.proof, c.Custom), Viewers: viewers{s.media},
			Flash: d.flash(s.token), Hook: s.hook,
		})
	}
	v.session, v.owner, s.visit = s, s.owner, v
	d.sessions[digestOf(s.token)] = s
	s.use(v.sock)
}

// findKept finds the session that a client comes back to. It has to know the token, and to have asked that the session be kept;
// the application must be the same. A socket that the session still has is cut off: the network lost it, and the client noticed
// before we did.
func (d *Door) findKept(v *visit, c wire.Connection) *session {
	if !c.KeepAlive || c.AuthToken == "" {
		return nil
	}
	for {
		s, there := d.claim(v, c)
		if there == nil {
			return s
		}
		there.sock.Cut()
		<-there.parted
	}
}

// claim takes a session for a visit, or says which other one has it.
func (d *Door) claim(v *visit, c wire.Connection) (*session, *visit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[digestOf(string(c.AuthToken))]
	if s == nil || !s.keep || s.app != string(c.AppKey) {
		return nil, nil
	}
	if !slices.Contains(d.away, s) {
		return nil, s.visit
	}
	d.away = slices.DeleteFunc(d.away, func(x *session) bool { return x == s })
	s.visit = v
	return s, nil
}

// part ends a session whose socket is gone, or keeps it.
func (d *Door) part(v *visit) {
	s := v.session
	s.use(nil)
	if p := s.phone.Load(); p != nil && s.keep {
		p.Leave()
	}
	d.rooms.Gone(s)
	stays := s.keep && d.opt.KeepStreams
	if !stays {
		s.finish(reason.SessionDisconnect)
	}
	if s.keep && d.keep(s) {
		return
	}
	if stays { // they would have, but the server stops
		s.finish(reason.SessionDisconnect)
	}
	s.gone()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, digestOf(s.token))
}
