package webrtc

import (
	"context"
	"slices"

	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// direction says which ways a peer's media goes, as we see it.
type direction struct{ receives, sends bool }

// half is one direction of a peer's media: who has it, and what is agreed for it. The lock of the peer guards all but agreed.
type half struct {
	claimed bool
	over    func(error)   // of the element
	agreed  chan struct{} // closed when it is known what is agreed
	choices []sdp.Choice
	tracks  []media.Track
}

func newHalf() half { return half{agreed: make(chan struct{}), over: func(error) {}} }

// halves are the directions that the peer has.
func (p *Peer) halves() []*half {
	var out []*half
	if p.in != nil {
		out = append(out, &p.in.half)
	}
	if p.out != nil {
		out = append(out, &p.out.half)
	}
	return out
}

// claim ties a direction to an element, which hears of the peer's end. A direction has one element.
func (p *Peer) claim(h *half, over func(error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case h.claimed:
		return fault.New(fault.InvalidRequest, "webrtc", "another element has this session").Advise("give each its own session")
	case p.closed && (!p.swap || len(h.choices) == 0):
		return fault.New(fault.InvalidRequest, "webrtc", "the session has been answered without this element")
	case len(p.offer.Sections) == 0:
		return fault.New(fault.InvalidRequest, "webrtc", "the client of this session has not answered yet")
	}
	h.claimed, h.over = true, over
	return nil
}

// agree says what is taken in one direction, once.
func (p *Peer) agree(h *half, choices []sdp.Choice, tracks []media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-h.agreed:
		return
	default:
	}
	h.choices, h.tracks = choices, tracks
	close(h.agreed)
}

// await waits until it is known what is agreed in each direction that an element has, and gives all of it. A direction that none has
// is left out; a peer with one direction waits for that, whoever may come.
func (p *Peer) await(ctx context.Context) ([]sdp.Choice, error) {
	p.mu.Lock()
	waited := p.halves()
	if len(waited) > 1 {
		p.closed = true
		waited = slices.DeleteFunc(waited, func(h *half) bool { return !h.claimed })
	}
	p.mu.Unlock()
	if len(waited) == 0 {
		return nil, fault.New(fault.InvalidRequest, "webrtc", "no element of the graph has this session").
			Advise("name it: webrtc.in and webrtc.out session=$browser")
	}
	for _, h := range waited {
		select {
		case <-h.agreed:
		case <-p.done:
			return nil, p.ended()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out := slices.Clone(waited[0].choices)
	for _, h := range waited[1:] {
		out = joined(out, h.choices)
	}
	return out, nil
}

// joined has one choice for what is received and sent in the same section. The codec that is received is the first: it is the one that
// the client sends with.
func joined(received, sent []sdp.Choice) []sdp.Choice {
	for _, c := range sent {
		at := slices.IndexFunc(received, func(r sdp.Choice) bool { return r.Section == c.Section })
		if at < 0 {
			received = append(received, c)
			continue
		}
		r := &received[at]
		r.Sending, r.Receiving = c.Sending, true
		r.Codecs, r.Extensions = slices.Clone(r.Codecs), slices.Clone(r.Extensions)
		for _, codec := range c.Codecs {
			if !slices.ContainsFunc(r.Codecs, func(o sdp.Codec) bool { return o.Payload == codec.Payload }) {
				r.Codecs = append(r.Codecs, codec)
			}
		}
		for _, e := range c.Extensions {
			if !slices.Contains(r.Extensions, e) {
				r.Extensions = append(r.Extensions, e)
			}
		}
	}
	return received
}
