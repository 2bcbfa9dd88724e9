package streams

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"time"

	"sluice/api/auth"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/hub"
	"sluice/engine/value"
)

// check looks at a request before anything is made for it.
func (s *stream) check() (reason.Reason, bool) {
	switch {
	case hub.CheckName(s.name) != nil:
		return reason.BadURI, false
	case !s.carried():
		return reason.NoCommonCodecs, false
	case s.req.SDP == "" || len(s.req.SDP) > wire.MaxSDP || len(s.req.Custom) > wire.MaxCustom:
		return reason.Proxy, false
	}
	return "", true
}

// decision is how long it may take to decide about who asks for no stream of its own. A client that is held up for guessing
// waits as long (see auth.Static), and says nothing else meanwhile.
const decision = 5 * time.Second

// May says that the client is not allowed to do something, by what it said last of who it is. custom may say more.
func (o *Owner) May(action auth.Action, name string, custom json.RawMessage) error {
	if o.all.opt.Auth == nil {
		return nil
	}
	q := Proof(o.id.Proof, custom)
	q.Action, q.Stream, q.Protocol = action, name, "websocket"
	ctx, cancel := context.WithTimeout(context.Background(), decision)
	defer cancel()
	_, err := o.all.opt.Auth.Authorise(ctx, q)
	return err
}

// authorise says who the client is, if it may do what it wants.
func (s *stream) authorise(ctx context.Context) (string, error) {
	if s.all.opt.Auth == nil {
		return "", nil
	}
	q := Proof(s.owner.id.Proof, s.req.Custom)
	q.Action, q.Stream, q.Protocol = auth.Publish, s.name, "websocket"
	if s.plays() {
		q.Action = auth.Play
	}
	return s.all.opt.Auth.Authorise(ctx, q)
}

// Proof is what a client says to prove who it is: in the custom object of its connection or of one stream, else as before.
func Proof(before auth.Request, custom json.RawMessage) auth.Request {
	var said struct {
		Token    wire.Text `json:"token"`
		User     wire.Text `json:"user"`
		Password wire.Text `json:"password"`
		Key      wire.Text `json:"key"`
	}
	if len(custom) == 0 || json.Unmarshal(custom, &said) != nil {
		return before
	}
	if said.Key != "" {
		before.Key = string(said.Key)
	}
	if said.Token == "" && said.User == "" {
		return before
	}
	before.Token, before.User, before.Password = string(said.Token), string(said.User), string(said.Password)
	return before
}

// provider is how the client's media travels, in the SDK's words.
func (s *stream) provider() string { return cmp.Or(string(s.req.MediaProvider), webRTC) }

// webRTC is the usual provider, flash that of a client in Flash, over RTMP.
const (
	webRTC = "WebRTC"
	flash  = "Flash"
)

// carried tells whether there is a way for the client's media.
func (s *stream) carried() bool {
	switch s.provider() {
	case webRTC:
		return true
	case flash:
		return s.owner.id.Flash != nil
	default:
		return s.plays() && s.owner.id.Viewers != nil
	}
}

// peers tells whether the media goes between peers of WebRTC, and not through the client's sockets.
func (s *stream) peers() bool { return s.provider() == webRTC }

// meet makes the client's peer.
func (s *stream) meet(ctx context.Context) (Peer, error) {
	if s.provider() == flash {
		return s.owner.id.Flash(s.id, s.name, string(s.req.SDP), !s.plays())
	}
	if !s.peers() {
		return s.owner.id.Viewers.Viewer(s.provider(), string(s.req.SDP))
	}
	offer := webrtc.Offer{
		SDP:         string(s.req.SDP),
		Client:      s.owner.id.Proof.Remote,
		Transport:   string(s.req.Transport),
		Orientation: bool(s.req.CVOExtension),
	}
	if s.plays() {
		return s.all.opt.Peers.Player(ctx, offer)
	}
	offer.MaxBitrate, offer.MinBitrate = bits(s.req.MaxBitrate), bits(s.req.MinBitrate)
	return s.all.opt.Peers.Publisher(ctx, offer)
}

// event is what graphs are told.
func (s *stream) event(peer Peer, user string) engine.Event {
	vars := map[string]any{
		"app":    s.owner.id.App,
		"user":   user,
		"custom": s.req.CustomMap(),
		"room":   s.req.Mixer(),

		"provider": s.provider(),
	}
	want := func(name string, n wire.Number) {
		if n != 0 {
			vars["want."+name] = int64(n)
		}
	}
	want("width", s.req.Width)
	want("height", s.req.Height)
	want("quality", s.req.Quality)
	if s.req.Bitrate != 0 {
		vars["want.bitrate"] = value.Bits(bits(s.req.Bitrate))
	}
	name := "ws.publish"
	if s.plays() {
		name = "ws.play"
		if height := s.bearable(); height > 0 {
			vars["want.height"] = int64(height)
		}
	}
	return engine.Event{Name: name, Path: "/" + s.name, Vars: vars, Sessions: map[string]any{"browser": peer}}
}

// software is how many pixels a picture has at most that is made for a decoder in JavaScript, unless the page asks for more: larger
// ones keep a whole processor busy at 30 a second, here as well as there.
const software = 640 * 360

// bearable is the height of pictures for a decoder in JavaScript that would be too large as they are published; 0 if they would not
// be, or the page asked for a size.
func (s *stream) bearable() int {
	if s.provider() != "WSPlayer" || s.req.Width != 0 || s.req.Height != 0 {
		return 0
	}
	info, _ := s.all.opt.Engine.Streams().Stream(s.name)
	for _, t := range info.Tracks {
		if w, h := t.Track.Width, t.Track.Height; !t.Alternative && w*h > software {
			return int(math.Sqrt(software*float64(h)/float64(w))) &^ 1
		}
	}
	return 0
}

// bits makes bits a second of the kilobits that pages speak of.
func bits(kilobits wire.Number) int { return int(kilobits) * 1000 }

// transport is the one that is used, or was asked for; UDP is what it will most likely be. The caller holds s.mu.
func (s *stream) transport() string {
	used := ""
	if s.peer != nil {
		used = s.peer.Transport()
	}
	return cmp.Or(used, string(s.req.Transport), "UDP")
}
