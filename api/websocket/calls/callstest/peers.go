package callstest

import (
	"context"
	"strings"
	"sync"

	wscalls "sluice/api/websocket/calls"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Peers makes peers that only pretend. Safe for concurrent use.
type Peers struct{}

// Callee implements calls.Peers. An offer of "nothing" has no codec.
func (Peers) Callee(_ context.Context, o webrtc.Offer) (wscalls.Peer, error) {
	if o.SDP == "nothing" {
		return nil, fault.New(fault.CodecNotAvailable, "", "nothing in the offer")
	}
	return &Peer{text: o.SDP, has: []media.Codec{media.Opus, media.PCMU}, done: make(chan struct{})}, nil
}

// Caller implements calls.Peers.
func (Peers) Caller(_ context.Context, o webrtc.Proposal) (wscalls.Peer, error) {
	return &Peer{has: append(o.Audio, o.Video...), done: make(chan struct{})}, nil
}

// Peer is a page's connection. An answer of "broken" ends it as soon as it is connected, as ICE that fails does.
type Peer struct {
	text string
	has  []media.Codec
	done chan struct{}
	once sync.Once
	err  error
}

// Prefer implements calls.Peer.
func (p *Peer) Prefer(list []media.Codec) { p.has = list }

// Codecs implements calls.Peer.
func (p *Peer) Codecs() []media.Codec { return p.has }

// Answer implements calls.Peer.
func (p *Peer) Answer(context.Context) (string, error) { return "answer to " + p.text, nil }

// Offer implements calls.Peer: it names the codecs.
func (p *Peer) Offer(context.Context) (string, error) {
	var names []string
	for _, c := range p.has {
		names = append(names, string(c))
	}
	return "offer of " + strings.Join(names, " "), nil
}

// Accept implements calls.Peer.
func (p *Peer) Accept(answer string) error {
	if answer == "nothing" {
		return fault.New(fault.CodecNotAvailable, "", "nothing in the answer")
	}
	p.text = answer
	return nil
}

// Connect implements calls.Peer.
func (p *Peer) Connect(context.Context) error {
	if p.text == "broken" {
		p.Stop(fault.New(fault.ICEFailed, "", "it just does"))
	}
	return nil
}

// Swap implements calls.Peer.
func (*Peer) Swap(change func() error) error { return change() }

// Done implements calls.Peer.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Err implements calls.Peer.
func (p *Peer) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Stop implements calls.Peer.
func (p *Peer) Stop(reason error) { p.once.Do(func() { p.err = reason; close(p.done) }) }
