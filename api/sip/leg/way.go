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
	codec    sdp.Codec     // with the number that the far end wants to get
	in       uint8         // and the one that it sends with
	eventOut *sdp.Event    // keys; nil if there are none
	eventIn  *sdp.Event    //
	noise    []uint8       // payload types of comfort noise
	flow     sdp.Direction // ours
	heard    bool          // the far end wants to hear us
	told     netip.AddrPort
	control  netip.AddrPort // where RTCP goes
	mux      bool
	ptime    time.Duration // of a packet that the far end wants; 0 if it does not say
	maxPTime time.Duration
	security sdp.Security
	keys     *keys // nil without encryption, and before DTLS is done
	dtls     *peer // nil if there is none
}

// offer is our m-line in an offer.
func (a *lane) offer(flow sdp.Direction) (sdp.Media, error) {
	l := a.leg
	m := sdp.Media{Kind: a.kind, Port: uint16(a.pair.Port()), Direction: flow, Security: l.opt.Security}
	if w := a.way.Load(); w != nil {
		in := w.codec
		in.Payload = w.in
		m.Codecs, m.PTime = []sdp.Codec{in}, a.ptime
		m.Security = w.security
		if w.eventIn != nil {
			m.Events = []sdp.Event{*w.eventIn}
		}
	} else {
		m.Codecs, m.Events = sdp.Offered(a.kind, l.opt.ordered(a.kind))
	}
	if a.kind == media.Audio && m.PTime == 0 {
		m.PTime = standardPTime
	}
	m.Feedback = a.kind == media.Video && m.Security == sdp.DTLS
	m.Mux = m.Security == sdp.DTLS // or RTCP would have an association of its own (RFC 5764 4.1), which we do not make
	return m, a.secure(&m, nil)
}

// answered makes a way of the answer to our m-line.
func (a *lane) answered(ours *sdp.Media, theirs *sdp.Line) (*way, error) {
	t := a.leg.terms(a, a.leg.opt.Prefer)
	// Of an answer with several codecs the far end likes the first best (RFC 3264 6.1), and sends that.
	t.Prefer = nil
	if !theirs.Usable(t) {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "the far end answers with a protection that was not offered or is not wanted")
	}
	codec, ok := theirs.Choose(t)
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
	return w, a.unlock(w, theirs, ours)
}

// answer makes a way of an offered m-line, and ours that answers it.
func (a *lane) answer(theirs *sdp.Line, t sdp.Terms, flow sdp.Direction) (sdp.Media, *way, error) {
	codec, _ := theirs.Choose(t) // there is one, or the line had not been chosen
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
	if err := a.secure(&m, theirs); err != nil {
		return sdp.Media{}, nil, err
	}
	return m, w, a.unlock(w, theirs, &m)
}

// agree is what follows from the far end's line alone.
func (a *lane) agree(theirs *sdp.Line, codec sdp.Codec) (*way, error) {
	told, err := a.leg.aim(theirs.RTP)
	if err != nil {
		return nil, err
	}
	control := netip.AddrPort{}
	if told.IsValid() {
		control = netip.AddrPortFrom(told.Addr(), theirs.RTCP.Port())
	}
	w := &way{
		codec: codec, eventOut: theirs.EventOf(codec), noise: append([]uint8{staticNoise}, theirs.Noise...), told: told, control: control,
		mux: theirs.Mux, ptime: theirs.PTime, maxPTime: theirs.MaxPTime, security: theirs.Secured(),
	}
	w.heard = theirs.Direction.Receives() && !theirs.RTP.Addr().IsUnspecified() // c=0.0.0.0 is how old phones hold (RFC 3264 8.4)
	return w, nil
}

const (
	standardPTime = 20 * time.Millisecond // RFC 3551 4.2
	staticNoise   = 13                    // RFC 3389 4
)

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
