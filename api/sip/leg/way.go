package leg

import (
	"net/netip"
	"slices"
	"time"

	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// way is what was agreed on for one m-line. It is replaced, never changed.
type way struct {
	codec    sdp.Codec      // with the number that the far end wants to get
	in       uint8          // and the one that it sends with
	eventOut *sdp.Event     // keys; nil if there are none
	eventIn  *sdp.Event     //
	noise    []uint8        // payload types of comfort noise
	flow     sdp.Direction  // ours
	heard    bool           // the far end wants to hear us
	said     netip.AddrPort // where its description has RTP go,
	told     netip.AddrPort // and where it may go; not valid if nowhere before something comes
	control  netip.AddrPort // the same of RTCP
	mux      bool
	ptime    time.Duration // of a packet that the far end wants; 0 if it does not say
	maxPTime time.Duration
	security sdp.Security
	keys     *keys // nil without encryption, and before DTLS is done
	dtls     *peer // nil if there is none
}

// offer is our m-line in an offer: all that may be agreed on at first, and what has been agreed on later.
func (a *lane) offer(t *talk, flow sdp.Direction) (sdp.Media, error) {
	l := a.leg
	m := sdp.Media{Kind: a.kind, Port: uint16(a.pair.Port()), Direction: flow, Security: l.opt.Security}
	if w := t.ways[a.kind]; w != nil {
		in := w.codec
		in.Payload = w.in
		m.Codecs, m.PTime = []sdp.Codec{in}, a.ptime
		m.Security = w.security
		if w.eventIn != nil {
			m.Events = []sdp.Event{*w.eventIn}
		}
	} else {
		m.Codecs, m.Events = sdp.Offered(a.kind, l.opt.ordered(a.kind))
		if had := a.way.Load(); had != nil && had.secured() && m.Security == sdp.Plain {
			m.Security = sdp.SDESMaybe // who is called on behalf of one with encryption may have it, too
		}
	}
	if a.kind == media.Audio && m.PTime == 0 {
		m.PTime = standardPTime
	}
	m.Feedback = a.kind == media.Video && m.Security == sdp.DTLS
	m.Mux = m.Security == sdp.DTLS // or RTCP would have an association of its own (RFC 5764 4.1), which we do not make
	return m, a.secure(t, &m, nil)
}

// answered makes a way of the answer to our m-line.
func (a *lane) answered(t *talk, ours *sdp.Media, theirs *sdp.Line) (*way, error) {
	// Of an answer with several codecs the far end likes the first best (RFC 3264 6.1), and sends that.
	terms := a.leg.terms(t.ways[a.kind], nil)
	if !theirs.Usable(terms) {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "the far end answers with a protection that was not offered or is not wanted")
	}
	codec, ok := theirs.Choose(terms)
	if !ok {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "the far end answers with no %s codec that was offered", a.kind)
	}
	i := slices.IndexFunc(ours.Codecs, func(c sdp.Codec) bool { return c.Same(&codec) })
	if i < 0 {
		i = slices.IndexFunc(ours.Codecs, func(c sdp.Codec) bool { return c.Codec == codec.Codec && c.Rate == codec.Rate })
	}
	if i < 0 {
		return nil, fault.New(fault.ProtocolViolation, "sip", "the far end answers with %s, which was not offered", codec.Codec)
	}
	w, err := a.agree(theirs, codec)
	if err != nil {
		return nil, err
	}
	w.mux = w.mux && ours.Mux
	w.in, w.flow = ours.Codecs[i].Payload, theirs.Direction.Reverse().And(ours.Direction)
	if w.eventOut != nil {
		for _, e := range ours.Events {
			if e.Rate == w.eventOut.Rate {
				w.eventIn = &e
			}
		}
	}
	return w, a.unlock(t, w, theirs, ours)
}

// answer makes a way of an offered m-line, and ours that answers it.
func (a *lane) answer(
	t *talk, theirs *sdp.Line, prefer []media.Codec, flow sdp.Direction,
) (sdp.Media, *way, error) {
	codec, _ := theirs.Choose(a.leg.terms(t.ways[a.kind], prefer)) // there is one, or the line had not been chosen
	w, err := a.agree(theirs, codec)
	if err != nil {
		return sdp.Media{}, nil, err
	}
	w.in, w.eventIn = codec.Payload, w.eventOut
	w.flow = theirs.Direction.Reverse().And(flow)
	m := theirs.Answering()
	m.Port, m.Direction, m.Codecs, m.Mux = uint16(a.pair.Port()), w.flow, []sdp.Codec{codec.Reply()}, theirs.Mux
	if w.eventOut != nil {
		m.Events = []sdp.Event{*w.eventOut}
	}
	if a.kind == media.Audio {
		m.PTime = w.packet()
	}
	if err := a.secure(t, &m, theirs); err != nil {
		return sdp.Media{}, nil, err
	}
	return m, w, a.unlock(t, w, theirs, &m)
}

// agree is what follows from the far end's line alone.
func (a *lane) agree(theirs *sdp.Line, codec sdp.Codec) (*way, error) {
	told, err := a.leg.aim(theirs.RTP)
	if err != nil {
		return nil, err
	}
	control := netip.AddrPortFrom(told.Addr(), theirs.RTCP.Port())
	w := &way{
		codec: codec, eventOut: theirs.EventOf(codec), noise: append([]uint8{staticNoise}, theirs.Noise...),
		said: theirs.RTP, told: told, control: control,
		mux: theirs.Mux, ptime: theirs.PTime, maxPTime: theirs.MaxPTime, security: theirs.Secured(),
	}
	w.heard = theirs.Direction.Receives() && !theirs.RTP.Addr().IsUnspecified() // c=0.0.0.0 is how old phones hold (RFC 3264 8.4)
	return w, nil
}

const (
	standardPTime = 20 * time.Millisecond // RFC 3551 4.2
	staticNoise   = 13                    // RFC 3389 4
)

// saidControl is where the description has RTCP go.
func (w *way) saidControl() netip.AddrPort {
	return netip.AddrPortFrom(w.said.Addr(), w.control.Port())
}

// packet is how long the sound in a packet to the far end is to be.
func (w *way) packet() time.Duration {
	d := w.ptime
	if d == 0 {
		d = standardPTime
	}
	if w.maxPTime > 0 {
		d = min(d, w.maxPTime)
	}
	return max(d, 10*time.Millisecond)
}

// aim tells where media may be sent that a description wants at an address: there, or nowhere until the far end has shown where it is.
func (l *Leg) aim(told netip.AddrPort) (netip.AddrPort, error) {
	at := told.Addr()
	switch {
	case !at.IsValid() || at.IsUnspecified():
		return netip.AddrPort{}, nil
	case at == l.opt.Peer || l.opt.Allowed != nil && l.opt.Allowed(at):
		return told, nil
	case at.IsMulticast():
	case inside(at) && !inside(l.opt.Peer):
		return netip.AddrPort{}, nil // of its own network, which it does not know to be behind another, or of ours, where it has no business
	case l.opt.Elsewhere:
		return told, nil
	}
	return netip.AddrPort{}, fault.New(fault.Forbidden, "sip", "the description sends media to %s, and the far end is at %s", at, l.opt.Peer).
		Advise("allow media elsewhere for this trunk")
}

// inside tells whether an address means something only within a network.
func inside(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified()
}
