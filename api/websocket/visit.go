package websocket

import (
	"time"

	"sluice/api/auth"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/socket"
	"sluice/api/websocket/streams"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/wire"
)

// visit is one socket's time. It belongs to the goroutine that reads the socket; running, owner and line are changed with
// Door.mu held, as others look at them.
type visit struct {
	door    *Door
	sock    *socket.Socket
	proof   auth.Request    // what the request said of who it is
	session *session        // once the client said who it is
	line    *transport.Line // if the socket is one for media of a session, which has another one to talk by
	owner   *streams.Owner
	running bool
	parted  chan struct{} // closed when nothing of the visit is left
}

// stay is all of the visit.
func (v *visit) stay() {
	defer close(v.parted)
	begun := time.Now()
	v.run(true)
	why := v.sock.Run(v.hear)
	v.run(false)
	if v.line != nil {
		v.line.Left()
	}
	remote, seconds := v.sock.Remote().String(), int(time.Since(begun).Seconds())
	if v.session == nil {
		v.door.opt.Log.Debug("socket closed", "remote", remote, "seconds", seconds, "reason", why)
		return
	}
	v.door.part(v)
	v.door.opt.Log.Info("session ended", "session", v.session.id, "remote", remote, "seconds", seconds, "reason", why)
}

// run notes whether the socket is open. One that opens while the server stops is closed again.
func (v *visit) run(open bool) {
	v.door.mu.Lock()
	defer v.door.mu.Unlock()
	v.running = open
	if open && v.door.closing {
		v.sock.Close(goingAway)
	}
}

// hear takes a message. Whatever it is, nobody else is affected.
func (v *visit) hear(b []byte) {
	defer v.door.contain()
	m, err := wire.Parse(b)
	if err != nil {
		v.fail("", "", err.Error())
		return
	}
	if v.session != nil {
		v.session.note("in", b)
	}
	h, ok := v.door.handlers[m.Name]
	switch {
	case v.line != nil: // whatever it says, all that it does is to take media
	case !ok:
		v.fail(m.Name, "", "this server does not know the message \""+m.Name+"\"")
	case v.session == nil && !h.first:
		v.unready(m)
	default:
		if err := h.take(v, m); err != nil {
			v.fail(m.Name, "", err.Error())
		}
	}
}

// unready answers who wants something before it said who it is.
func (v *visit) unready(m wire.Message) {
	var req wire.Stream
	if m.Name != "publishStream" && m.Name != "playStream" || m.Into(&req) != nil {
		v.fail(m.Name, "", string(reason.SessionNotReady))
		return
	}
	v.send("notifyStreamStatusEvent", wire.StreamStatus{
		MediaSessionID: string(req.MediaSessionID), Name: string(req.Name), Published: m.Name == "publishStream",
		Status: wire.Failed, Info: string(reason.SessionNotReady),
	})
}

// send sends a message on this very socket.
func (v *visit) send(name string, args ...any) {
	b, err := wire.Encode(name, args...)
	if err != nil {
		v.door.opt.Log.Error("message not sent", "message", name, "err", err)
		return
	}
	if v.session != nil {
		v.session.note("out", b)
	}
	v.sock.Send(b)
}

// fail warns the page: of a message that could not be taken, say. It changes nothing in the SDK.
func (v *visit) fail(method, id, info string) {
	v.send("fail", wire.Fail{APIMethod: method, ID: id, Info: info})
}

// idle tells whether the client neither publishes nor plays. Sockets for media end with their session. The caller does not hold
// Door.mu.
func (v *visit) idle() bool {
	owner, carries := v.owned()
	p := v.phone()
	return !carries && (owner == nil || owner.Len() == 0) && (p == nil || p.Len() == 0)
}

// end ends what the client publishes and plays, and its calls. It does not wait for that.
func (v *visit) end() {
	if owner, _ := v.owned(); owner != nil {
		owner.Close(reason.SessionDisconnect)
	}
	if p := v.phone(); p != nil {
		p.Close()
	}
}

// cut ends the socket once what the client published and played has ended: nothing that is sent later would reach the client.
func (v *visit) cut() {
	v.end() // of a client that only just said who it is
	if owner, _ := v.owned(); owner != nil {
		owner.Wait()
	}
	if p := v.phone(); p != nil {
		p.Wait()
	}
	v.sock.Close(goingAway)
}

// owned is the owner of the client's streams, nil before the client said who it is, and whether the socket is one for media. The
// caller does not hold Door.mu.
func (v *visit) owned() (owner *streams.Owner, carries bool) {
	v.door.mu.Lock()
	defer v.door.mu.Unlock()
	return v.owner, v.line != nil
}

// refusal is the last message to a client that broke a rule of the socket.
func refusal(why error) []byte {
	b, err := wire.Encode("fail", wire.Fail{Info: why.Error()})
	if err != nil {
		return nil // it cannot be: a struct of strings
	}
	return b
}
