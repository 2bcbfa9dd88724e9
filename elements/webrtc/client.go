package webrtc

import (
	"context"
	"net/netip"
	"slices"

	"github.com/pion/ice/v4"

	"sluice/elements/webrtc/sdp"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// client is what a peer has that is the client of another server: it offers, and takes the answer.
type client struct {
	peer  *Peer
	asked []sdp.Asked
}

var _ hub.Sink = (*Sender)(nil)

// Receiver is a peer that offers to take what another server sends. Safe for concurrent use.
type Receiver struct{ client }

// Sender is a peer that offers to send to another server. Safe for concurrent use, but for what hub.Sink says of its methods.
type Sender struct{ client }

// Receiver makes a peer that offers to receive one track of each kind, of any codec that webrtc.in knows. ctx bounds the making only;
// Stop ends it.
func (p *Peers) Receiver(ctx context.Context) (*Receiver, error) {
	list := []sdp.Asked{
		{Kind: media.Audio, Tracks: tracks(audio()), Extensions: offered(extMid, extTransportCC, extAbsSendTime)},
		{
			Kind: media.Video, Tracks: tracks(video()),
			Extensions: offered(extMid, extTransportCC, extAbsSendTime, extOrientation, extDependency),
		},
	}
	peer, err := p.call(ctx, direction{receives: true})
	if err != nil {
		return nil, err
	}
	return &Receiver{client{peer, list}}, nil
}

// Sender makes a peer that offers to send tracks, at most one of each kind; the first of a kind counts.
func (p *Peers) Sender(ctx context.Context, tracks []media.Track) (*Sender, error) {
	var list []sdp.Asked
	for _, t := range tracks {
		if slices.ContainsFunc(list, func(a sdp.Asked) bool { return a.Kind == t.Kind }) {
			continue
		}
		list = append(list, sdp.Asked{
			Kind: t.Kind, Tracks: []media.Track{t}, Extensions: offered(extMid, extTransportCC, extAbsSendTime, extOrientation),
		})
	}
	if len(list) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "webrtc", "there is nothing to send")
	}
	peer, err := p.call(ctx, direction{sends: true})
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Sending = &sdp.Sending{CNAME: peer.id, Stream: peer.id, Track: string(list[i].Kind), SSRC: ssrc(), Repair: ssrc()}
	}
	peer.out.offered = list
	return &Sender{client{peer, list}}, nil
}

// call makes a peer that offers. Only UDP is possible: other servers that take TCP wait for connections as we do.
func (p *Peers) call(ctx context.Context, what direction) (*Peer, error) {
	peer := newPeer(p, Offer{Orientation: true}, &sdp.Offer{}, what)
	peer.offers = true
	return p.begin(ctx, peer, "udp")
}

// tracks are what is offered of codecs: of H.264 the profiles that most encoders have.
func tracks(list []media.Codec) []media.Track {
	var out []media.Track
	for _, c := range list {
		t := media.NewTrack(c)
		if c != media.H264 {
			out = append(out, t)
			continue
		}
		for _, profile := range []string{"42e01f", "42001f", "4d001f", "640c1f", "64001f"} {
			t.Profile = profile
			out = append(out, t)
		}
	}
	return out
}

// offered numbers header extensions.
func offered(uris ...string) []sdp.Extension {
	all := []string{extMid, extTransportCC, extAbsSendTime, extOrientation, extDependency} // the same numbers in all sections (RFC 9143 10)
	out := make([]sdp.Extension, 0, len(uris))
	for _, uri := range uris {
		out = append(out, sdp.Extension{ID: uint8(slices.Index(all, uri) + 1), URI: uri})
	}
	return out
}

// Offer gathers candidates and gives the offer, with all of them in it. Later calls give the same with another session number.
func (c *client) Offer(ctx context.Context) (string, error) { return c.peer.ask(ctx, c.asked) }

// ask gives our offer of sections.
func (p *Peer) ask(ctx context.Context, list []sdp.Asked) (string, error) {
	local, err := p.local(ctx)
	if err != nil {
		return "", err
	}
	local.Setup = "actpass"
	return sdp.Ask(list, local), nil
}

// answered reads an answer. Addresses that may not be connected to are left out of it.
func (c *client) answered(text string, reach element.Reach) error {
	return c.peer.answered(c.asked, text, reach)
}

// answered does so for a peer that offered sections.
func (p *Peer) answered(list []sdp.Asked, text string, reach element.Reach) error {
	o, err := sdp.Parse(text)
	if err != nil {
		return fault.New(fault.ProtocolViolation, "webrtc", "the answer cannot be understood").Because(err)
	}
	if len(o.Sections) != len(list) {
		return fault.New(fault.ProtocolViolation, "webrtc", "the answer has %d sections, and the offer %d", len(o.Sections), len(list))
	}
	for i := range o.Sections {
		if s := &o.Sections[i]; s.Kind != list[i].Kind {
			return fault.New(fault.ProtocolViolation, "webrtc", "section %d of the answer is another one than that of the offer", i)
		}
	}
	if o.Remote.Setup == "actpass" { // it was left out, or is not for answers: the default of answers counts (RFC 4145 4)
		o.Remote.Setup = "passive"
	}
	o.Remote.Candidates = slices.DeleteFunc(o.Remote.Candidates, func(value string) bool { return !reachable(value, reach) })
	p.mu.Lock()
	p.offer = o
	p.mu.Unlock()
	if len(p.usable()) == 0 {
		return fault.New(fault.CodecNotAvailable, "webrtc", "nothing of what was offered is %s there: %s", p.verb(), summary(o))
	}
	return nil
}

// reachable tells whether a candidate may be checked: one that is no address leads nowhere.
func reachable(value string, reach element.Reach) bool {
	c, err := ice.UnmarshalCandidate(value)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(c.Address())
	return err == nil && reach.Check(netip.AddrPortFrom(ip, uint16(c.Port())).String()) == nil // the parser bounds it
}

// Candidates are the server's, of its answer, that may be connected to.
func (c *client) Candidates() []string { return slices.Clone(c.peer.offer.Remote.Candidates) }

// Live is closed when media flows.
func (c *client) Live() <-chan struct{} { return c.peer.Live() }

// Done is closed when the peer has ended.
func (c *client) Done() <-chan struct{} { return c.peer.Done() }

// Err says why the peer ended, as Peer.Err does.
func (c *client) Err() error { return c.peer.Err() }

// Stop ends the peer and waits until nothing of it runs.
func (c *client) Stop(ctx context.Context) error { return c.peer.stop(ctx) }

// Accept takes the answer, of which the first codec of each section is taken to be the one that comes. Nothing is connected yet.
// An answer that cannot be understood is fault.ProtocolViolation, one without anything that was asked for fault.CodecNotAvailable.
func (r *Receiver) Accept(answer string, reach element.Reach) error {
	if err := r.answered(answer, reach); err != nil {
		return err
	}
	for i := range r.peer.offer.Sections {
		if s := &r.peer.offer.Sections[i]; len(s.Codecs) > 1 {
			s.Codecs = s.Codecs[:1]
		}
	}
	_, err := r.peer.in.agree(nil, 0)
	return err
}

// Tracks are what was agreed; nil before Accept.
func (r *Receiver) Tracks() []media.Track { return r.peer.Tracks() }

// Connect begins to connect. What comes goes to a publication whose tracks are those of Tracks, in their order.
func (r *Receiver) Connect(to *hub.Publication) error {
	r.peer.in.publication.Store(to)
	return r.peer.link.Start(r.peer.offer.Remote)
}

// RequestKey asks for a key frame of a track.
func (r *Receiver) RequestKey(track int) { r.peer.in.receiver.RequestKey(track) }

// Accept takes the answer and begins to connect; the errors are those of Receiver.Accept. Begin must have been told the tracks next.
func (s *Sender) Accept(answer string, reach element.Reach) error {
	if err := s.answered(answer, reach); err != nil {
		return err
	}
	s.peer.out.wants(nil)
	return s.peer.link.Start(s.peer.offer.Remote)
}

// Begin is that of hub.Sink.
func (s *Sender) Begin(tracks []media.Track) { s.peer.out.Begin(tracks) }

// Push is that of hub.Sink.
func (s *Sender) Push(track int, items []*media.Packet) int { return s.peer.out.Push(track, items) }

// End is that of hub.Sink.
func (s *Sender) End(reason error) { s.peer.out.End(reason) }

// Attach takes the reader, which is resumed when the connection is up.
func (s *Sender) Attach(r *hub.Reader) { s.peer.out.attach(r) }
