package webrtc

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/pion/rtp"

	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Proposal is what a client is offered that is called.
type Proposal struct {
	// Audio and Video are the codecs of the offer, best first; of a kind without any that browsers have, nothing is offered.
	Audio, Video []media.Codec
	// Client and Transport are as in Offer.
	Client    netip.Addr
	Transport string
}

// Callee makes the peer of a client that offers to send and to receive over one connection, for the elements webrtc.in and webrtc.out of
// one graph. Answer is to be called when that graph has been raised. Errors and the rest are as of Publisher.
func (p *Peers) Callee(ctx context.Context, o Offer) (*Peer, error) {
	return p.make(ctx, o, direction{receives: true, sends: true})
}

// Caller makes the peer of a client that is offered to send and to receive: Offer has what to tell it, Accept takes its answer, and
// Connect lets it in when the graph has been raised. A proposal of nothing is fault.CodecNotAvailable; the rest is as of Publisher.
func (p *Peers) Caller(ctx context.Context, o Proposal) (*Peer, error) {
	transport, err := transportOf(o.Transport)
	if err != nil {
		return nil, err
	}
	peer := newPeer(p, Offer{Client: o.Client, Transport: o.Transport}, &sdp.Offer{}, direction{receives: true, sends: true})
	peer.offers = true
	add := func(k media.Kind, list, known []media.Codec) {
		list = slices.DeleteFunc(slices.Clone(list), func(c media.Codec) bool { return !slices.Contains(known, c) })
		if len(list) > 0 {
			peer.proposal = append(peer.proposal, sdp.Asked{
				Kind: k, Tracks: tracks(list), Extensions: offered(extMid, extTransportCC, extAbsSendTime), Receiving: true,
				Sending: &sdp.Sending{CNAME: peer.id, Stream: peer.id, Track: string(k), SSRC: ssrc(), Repair: ssrc()},
			})
		}
	}
	add(media.Audio, o.Audio, audio())
	add(media.Video, o.Video, video())
	if len(peer.proposal) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "webrtc", "there is no codec to offer")
	}
	peer.out.offered = peer.proposal
	return p.begin(ctx, peer, transport)
}

// Offer gathers candidates and gives our offer, with all of them in it. Of a peer that Caller has not made it is fault.InvalidRequest.
func (p *Peer) Offer(ctx context.Context) (string, error) {
	if p.proposal == nil {
		return "", fault.New(fault.InvalidRequest, "webrtc", "the client offers, and not we")
	}
	return p.ask(ctx, p.proposal)
}

// Accept takes the client's answer to our offer, once. One that cannot be understood, or is of another offer, is fault.ProtocolViolation;
// one that takes nothing is fault.CodecNotAvailable.
func (p *Peer) Accept(answer string) error {
	if p.proposal == nil || len(p.described().Sections) > 0 {
		return fault.New(fault.InvalidRequest, "webrtc", "no answer of the client's is expected")
	}
	return p.answered(p.proposal, answer, nil)
}

// Connect waits until the peer's elements know what is agreed, and lets the client that has answered connect. A peer that ended first gives
// its Err, or fault.Closed if it has none.
func (p *Peer) Connect(ctx context.Context) error {
	said := p.described()
	if p.proposal == nil || len(said.Sections) == 0 {
		return fault.New(fault.InvalidRequest, "webrtc", "there is no answer of the client's")
	}
	choices, err := p.await(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.choices = choices
	p.mu.Unlock()
	return p.link.Start(said.Remote)
}

// Prefer has these codecs, best first, taken before others that the client has, so that whoever is on the other side of a call gets them as
// they come. A kind that has none of them is not agreed on at all: the client would wait for pictures that nobody sends. It is to be
// called before the graph is raised, and does nothing without a codec.
func (p *Peer) Prefer(codecs []media.Codec) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prefer = slices.Clone(codecs)
}

// wanted tells whether a kind is to be agreed on. The caller holds p.mu.
func (p *Peer) wanted(k media.Kind) bool {
	return len(p.prefer) == 0 || slices.ContainsFunc(p.prefer, func(c media.Codec) bool { return c.Kind() == k })
}

// preferred puts those first that are preferred.
func (p *Peer) preferred(codecs []media.Codec) []media.Codec {
	p.mu.Lock()
	defer p.mu.Unlock()
	rank := func(c media.Codec) int {
		if at := slices.Index(p.prefer, c); at >= 0 {
			return at
		}
		return len(p.prefer)
	}
	slices.SortStableFunc(codecs, func(a, b media.Codec) int { return rank(a) - rank(b) })
	return codecs
}

// usable are the sections that can be agreed on in either direction.
func (p *Peer) usable() []*sdp.Section {
	return p.sections(func(s *sdp.Section) bool { return p.in != nil && s.Sends || p.out != nil && s.Receives })
}

// Codecs are those that the client has, in its order, sound first; none before it has answered our offer.
func (p *Peer) Codecs() []media.Codec {
	var out []media.Codec
	for _, kind := range []media.Kind{media.Audio, media.Video} {
		for _, s := range p.usable() {
			if s.Kind == kind {
				out = append(out, s.Wanted(nil)...)
			}
		}
	}
	return out
}

// both are the two directions of one connection. It is its link's handler. A direction that no element has takes nothing.
type both struct {
	in  *publisher
	out *player
}

// Up implements link.Handler.
func (b both) Up() {
	if b.in.receiver != nil {
		b.in.Up()
	}
	b.out.Up()
}

// RTP implements link.Handler.
func (b both) RTP(h *rtp.Header, payload []byte, at time.Time) {
	if b.in.receiver != nil {
		b.in.RTP(h, payload, at)
	}
}

// RTCP implements link.Handler. A compound packet has reports on what comes and on what goes.
func (b both) RTCP(compound []byte, at time.Time) {
	if b.in.receiver != nil {
		b.in.RTCP(compound, at)
	}
	b.out.RTCP(compound, at)
}

// Read implements link.Handler.
func (b both) Read() {
	if b.in.receiver != nil {
		b.in.Read()
	}
}

// Ended implements link.Handler.
func (b both) Ended(reason error) { b.in.peer.finish(reason) }
