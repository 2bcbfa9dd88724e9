package websocket

import (
	"crypto/sha256"

	"sluice/api/websocket/streams"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/viewer"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// digest stands for a token where one is looked for: how long that takes tells nothing of any other token.
type digest [sha256.Size]byte

func digestOf(token string) digest { return sha256.Sum256([]byte(token)) }

// connectMedia makes the socket one for media: from its first message on it only takes that, and answers to probes.
func connectMedia(v *visit, m wire.Message) error {
	if v.session != nil {
		return errTwice
	}
	var asked struct {
		AuthToken wire.Text `json:"authToken"`
	}
	if err := m.Into(&asked); err != nil {
		return v.noMedia(m.Name, err)
	}
	session, err := v.carry(string(asked.AuthToken))
	if err != nil {
		return v.noMedia(m.Name, err)
	}
	v.sock.Greeted()
	v.sock.OnRoom(v.line.Room)
	v.door.opt.Log.Debug("socket for media", "session", session, "remote", v.sock.Remote().String())
	return nil
}

// carry gives the socket to the session with a token, and says which that is.
func (v *visit) carry(token string) (string, error) {
	v.door.mu.Lock()
	s := v.door.sessions[digestOf(token)]
	var pool *transport.Pool
	if s != nil {
		pool = s.media
	}
	v.door.mu.Unlock()
	if s == nil {
		return "", fault.New(fault.Unauthorized, "", "no session has this authToken")
	}
	line, err := pool.Arrive(v.sock)
	if err != nil {
		return "", err
	}
	v.door.mu.Lock()
	defer v.door.mu.Unlock()
	v.line = line
	return s.id, nil
}

// noMedia ends a socket that was to carry media. A page knows no other way to hear that it will not.
func (v *visit) noMedia(message string, why error) error {
	v.fail(message, "", why.Error())
	v.sock.Close(policyViolation)
	return nil
}

// viewers makes players of media that goes through the sockets of one session.
type viewers struct{ pool *transport.Pool }

var _ streams.Viewers = viewers{}

// Viewer implements streams.Viewers.
func (f viewers) Viewer(provider, offer string) (streams.Peer, error) {
	v, err := viewer.New(viewer.Options{Provider: viewer.Provider(provider), Offer: offer, Pool: f.pool})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// flash makes what makes the peers of a page's Flash client; nil if there are none.
func (d *Door) flash(token string) func(id, name, offer string, publish bool) (streams.Peer, error) {
	if d.opt.Flash == nil {
		return nil
	}
	return func(id, name, offer string, publish bool) (streams.Peer, error) {
		return d.opt.Flash(token, id, name, offer, publish)
	}
}

// Knows tells whether a token is the authToken of a page.
func (d *Door) Knows(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sessions[digestOf(token)] != nil
}

// mediaSockets is how many sockets for media one session may have: one for each of its streams.
func (o Options) mediaSockets() int {
	const usual = 256 // as streams.Options.PerClient
	if o.Streams > 0 {
		return o.Streams
	}
	return usual
}
