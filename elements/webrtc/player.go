package webrtc

import (
	"crypto/rand"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"sluice/elements/webrtc/link"
	"sluice/elements/webrtc/sdp"
	"sluice/elements/webrtc/send"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// player is the side of a peer that we send to. It is its link's handler and its reader's sink.
type player struct {
	half
	peer    *Peer
	chooser chooser     // of the link's reader
	offered []sdp.Asked // sections, if the offer is ours

	mu     sync.Mutex
	want   media.Want
	sender *send.Sender // once tracks are known
	reader *hub.Reader
	up     bool
}

func newPlayer(p *Peer) *player { return &player{half: newHalf(), peer: p} }

// sections are those that the client receives in.
func (l *player) sections() []*sdp.Section {
	return l.peer.sections(func(s *sdp.Section) bool { return s.Receives })
}

// wants says what the client takes of what the element allows.
func (l *player) wants(allowed []media.Codec) media.Want {
	w := media.Want{NoBFrames: true}
	for _, s := range l.sections() {
		switch s.Kind {
		case media.Audio:
			w.Audio = l.peer.preferred(s.Wanted(allowed))
		case media.Video:
			w.Video, w.Profiles = l.peer.preferred(s.Wanted(allowed)), s.Profiles()
		}
	}
	l.restrict(&w)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.want = w
	return w
}

// restrict leaves of what is wanted what was agreed with the client for a graph before; everything if there was none.
func (l *player) restrict(w *media.Want) {
	if l.peer.kept(&l.half) == nil {
		return
	}
	keep := func(c media.Codec) bool {
		return slices.ContainsFunc(l.choices, func(choice sdp.Choice) bool {
			return slices.ContainsFunc(choice.Codecs, func(o sdp.Codec) bool { return o.Codec == c })
		})
	}
	drop := func(c media.Codec) bool { return !keep(c) }
	w.Audio, w.Video = slices.DeleteFunc(w.Audio, drop), slices.DeleteFunc(w.Video, drop)
}

// Begin implements hub.Sink. What is agreed with the client follows from the first tracks; later ones have to make do.
func (l *player) Begin(tracks []media.Track) {
	l.mu.Lock()
	sender := l.sender
	if sender == nil {
		var err error
		if sender, err = l.agree(tracks); err != nil {
			l.mu.Unlock()
			l.peer.Stop(err)
			return
		}
		l.sender = sender
	}
	l.mu.Unlock()
	sender.Begin(tracks)
}

// agree chooses payload types for tracks and makes the sender. A track that cannot be sent is left out if another can.
func (l *player) agree(tracks []media.Track) (*send.Sender, error) {
	var choices []sdp.Choice
	var agreed []media.Track
	var out []send.Track
	var refused error
	for _, s := range l.sections() {
		i := media.Description{Tracks: tracks}.Index(s.Kind)
		if i < 0 {
			continue
		}
		codecs, err := s.Send(tracks[i], l.want.Codecs(s.Kind))
		if err != nil {
			refused = err
			continue
		}
		c := l.choice(s, codecs)
		choices, agreed, out = append(choices, c), append(agreed, tracks[i]), append(out, l.track(s, &c))
	}
	if len(choices) == 0 {
		if refused == nil {
			refused = fault.New(fault.CodecNotAvailable, "webrtc.out", "the client wants nothing that there is: %s", summary(l.peer.described()))
		}
		return nil, refused
	}
	l.peer.agree(&l.half, choices, agreed)
	return send.New(send.Options{
		Tracks: out, Control: control{l.peer.link}, Line: l.peer.link.Line(), CNAME: l.peer.id,
		RequestKey: l.requestKey, Started: l.peer.lives, Ended: l.peer.Stop,
	}), nil
}

func (l *player) choice(s *sdp.Section, codecs []sdp.Codec) sdp.Choice {
	// One of the two is enough to tell what the way carries. The client's own estimate (goog-remb, by abs-send-time) comes in
	// one packet a second; transport-cc in ten to twenty, a tenth of all that a player costs.
	wanted := []string{extMid, extAbsSendTime}
	if codecs[0].Has("transport-cc") && !codecs[0].Has("goog-remb") {
		wanted[1] = extTransportCC
	}
	if s.Kind == media.Video {
		wanted = append(wanted, extPlayoutDelay, extOrientation, extDependency)
	}
	sending := *l.names(s)
	if codecs[0].Repair == 0 {
		sending.Repair = 0
	}
	return sdp.Choice{Section: s.Index, Codecs: codecs, Extensions: common(s, wanted...), Sending: &sending}
}

// names are those of what is sent in a section: the ones that we offered, or new ones.
func (l *player) names(s *sdp.Section) *sdp.Sending {
	if s.Index < len(l.offered) {
		return l.offered[s.Index].Sending
	}
	return &sdp.Sending{CNAME: l.peer.id, Stream: l.peer.id, Track: string(s.Kind), SSRC: ssrc(), Repair: ssrc()}
}

// ssrc makes one by chance (RFC 3550 8.1).
func ssrc() uint32 { return uint32(number()) }

// number is any.
func number() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.NativeEndian.Uint64(b[:])
}

func (l *player) track(s *sdp.Section, c *sdp.Choice) send.Track {
	t := send.Track{
		Kind: s.Kind, SSRC: c.Sending.SSRC, MID: s.Mid, Write: l.peer.link,
		Payload: func(m media.Track) (send.Payload, bool) {
			payload, repair, ok := c.Payload(m)
			return send.Payload{Type: payload, RTX: repair}, ok
		},
	}
	if c.Codecs[0].Repair != 0 {
		t.RTX = c.Sending.Repair
	}
	t.Extensions.Mixed = l.peer.described().Mixed
	for _, e := range c.Extensions {
		switch e.URI {
		case extMid:
			t.Extensions.MID = e.ID
		case extTransportCC:
			t.Extensions.TransportCC = e.ID
		case extAbsSendTime:
			t.Extensions.AbsSendTime = e.ID
		case extPlayoutDelay:
			t.Extensions.PlayoutDelay = e.ID
		case extOrientation:
			t.Extensions.Orientation = e.ID
		case extDependency:
			t.Extensions.Dependency = e.ID
		}
	}
	return t
}

// control writes RTCP to a link.
type control struct{ link *link.Link }

// Write implements io.Writer.
func (c control) Write(compound []byte) (int, error) { return c.link.WriteRTCP(compound) }

// Push implements hub.Sink.
func (l *player) Push(track int, items []*media.Packet) int {
	if s := l.sending(); s != nil {
		return s.Push(track, items)
	}
	return len(items)
}

// End implements hub.Sink.
func (l *player) End(reason error) {
	if l.peer.swaps() {
		return
	}
	if s := l.sending(); s != nil {
		s.End(reason)
		return
	}
	l.peer.Stop(reason)
}

func (l *player) sending() *send.Sender {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sender
}

// attach takes the reader, which waits until the connection is up.
func (l *player) attach(r *hub.Reader) {
	l.mu.Lock()
	l.reader = r
	up := l.up
	l.mu.Unlock()
	if up {
		r.Resume()
	}
}

// refresh puts what is read now in the place of tracks of the same kind.
func (l *player) refresh(tracks []media.Track) {
	l.mu.Lock()
	r := l.reader
	l.mu.Unlock()
	if r == nil {
		return
	}
	now := media.Description{Tracks: r.Tracks()}
	for i, t := range tracks {
		if at := now.Index(t.Kind); at >= 0 {
			tracks[i] = now.Tracks[at]
		}
	}
}

func (l *player) requestKey(track int) {
	l.mu.Lock()
	r := l.reader
	l.mu.Unlock()
	if r != nil {
		_ = r.RequestKey(track) // the track may just have gone
	}
}

// Up implements link.Handler.
func (l *player) Up() {
	l.peer.peers.arrived(l.peer)
	l.mu.Lock()
	l.up = true
	r := l.reader
	l.mu.Unlock()
	if r != nil {
		r.Resume()
	}
}

// RTP implements link.Handler. Nothing of the kind was agreed on.
func (l *player) RTP(*rtp.Header, []byte, time.Time) {}

// RTCP implements link.Handler.
func (l *player) RTCP(compound []byte, at time.Time) {
	s := l.sending()
	if s == nil {
		return
	}
	_ = s.Feedback(compound) // what cannot be understood is not for us
	if l.chooser.due(at) {
		l.choose(s.Counts(), at)
	}
}

// choose has the reader go over to the layer that suits the way, of a stream that has several.
func (l *player) choose(c send.Counts, now time.Time) {
	l.mu.Lock()
	r := l.reader
	l.mu.Unlock()
	if r == nil {
		return
	}
	if layer, ok := l.chooser.choose(r.Layers(), c.FractionLost, now); ok {
		_ = r.Prefer(layer) // it may just have gone
	}
}

// Read implements link.Handler.
func (l *player) Read() {}

// Ended implements link.Handler.
func (l *player) Ended(reason error) { l.peer.finish(reason) }

func (l *player) counts() Counts {
	s := l.sending()
	if s == nil {
		return Counts{}
	}
	c := s.Counts()
	return Counts{
		Packets: c.Packets, Bytes: c.Bytes, VideoBits: 8 * c.VideoBytes, Lost: c.Lost, Resent: c.Resent, NACKs: c.NACKs, PLIs: c.PLIs,
		RTT: c.RTT, Estimate: c.Estimate,
	}
}
