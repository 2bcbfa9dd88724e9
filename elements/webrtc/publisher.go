package webrtc

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/elements/webrtc/receive"
	"sluice/elements/webrtc/sdp"
	"sluice/elements/webrtc/send"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Header extensions.
const (
	extMid          = "urn:ietf:params:rtp-hdrext:sdes:mid"
	extRid          = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
	extRepairedRid  = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	extTransportCC  = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
	extAbsSendTime  = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
	extPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	extOrientation  = "urn:3gpp:video-orientation"
	extDependency   = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
)

// publisher is the side of a peer that sends to us. It is its link's handler.
type publisher struct {
	half
	peer        *Peer
	receiver    *receive.Receiver // from agree on
	publication atomic.Pointer[hub.Publication]
	seen        atomic.Int64 // when media came last, by the settings' clock, in nanoseconds since 1970
}

func newPublisher(p *Peer) *publisher { return &publisher{half: newHalf(), peer: p} }

// agree takes of the offer what the element allows; nil if that is nothing. What was agreed with the client for a graph before stays.
func (u *publisher) agree(allowed []media.Codec, bitrate int) ([]media.Track, error) {
	if tracks := u.peer.kept(&u.half); tracks != nil {
		return tracks, nil
	}
	var choices []sdp.Choice
	var tracks []media.Track
	var expected []receive.Track
	opt := receive.Options{SSRC: ssrc(), Max: bitrate, Min: u.peer.asked.MinBitrate, RTT: u.peer.link.RTT}
	for _, s := range u.sections() {
		codec, ok := s.Receive(u.wanted(s, allowed))
		if !ok {
			continue
		}
		c := sdp.Choice{Section: s.Index, Codecs: []sdp.Codec{codec}, Extensions: u.extensions(s, &codec), Layers: layers(s)}
		if s.Kind == media.Video {
			c.Bandwidth = u.peer.asked.MaxBitrate
			opt.REMB = opt.REMB || codec.Has("goog-remb")
		}
		opt.TransportCC = opt.TransportCC || codec.Has("transport-cc")
		choices = append(choices, c)
		rids := c.Layers
		if len(rids) == 0 {
			rids = []string{""}
		}
		for _, rid := range rids {
			t := codec.Track()
			if rid != "" {
				t.ID, t.Layer = t.ID+"-"+rid, rid
			}
			tracks, expected = append(tracks, t), append(expected, expect(s, &c, rid))
		}
	}
	if len(tracks) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "webrtc.in", "none of the codecs that are allowed is in the offer: %s",
			summary(u.peer.described()))
	}
	u.receiver = receive.New(expected, opt, u)
	u.peer.agree(&u.half, choices, tracks)
	return tracks, nil
}

// sections are those that the client sends in.
func (u *publisher) sections() []*sdp.Section {
	return u.peer.sections(func(s *sdp.Section) bool { return s.Sends })
}

// wanted are the codecs of a section to choose from. A client that answers sends with the first one of its answer, which follows the order
// of our offer (RFC 8829 5.3.1), so there is nothing to choose.
func (u *publisher) wanted(s *sdp.Section, allowed []media.Codec) []media.Codec {
	if !u.peer.offers {
		return u.peer.preferred(s.Wanted(allowed))
	}
	sent := s.Wanted(nil)[:1]
	if len(allowed) > 0 && !slices.Contains(allowed, sent[0]) {
		return nil
	}
	return sent
}

// extensions are those of the offer that we read.
func (u *publisher) extensions(s *sdp.Section, c *sdp.Codec) []sdp.Extension {
	wanted := []string{extMid}
	if c.Has("transport-cc") {
		wanted = append(wanted, extTransportCC)
	}
	if layers(s) != nil {
		wanted = append(wanted, extRid, extRepairedRid)
	}
	if s.Kind == media.Video && u.peer.asked.Orientation {
		wanted = append(wanted, extOrientation)
	}
	if c.Codec == media.AV1 {
		wanted = append(wanted, extDependency)
	}
	return common(s, wanted...)
}

// layers are the rids of a simulcast, if they can be told from each other.
func layers(s *sdp.Section) []string {
	if s.Kind != media.Video || len(s.Layers) < 2 || s.Extension(extMid) == 0 || s.Extension(extRid) == 0 {
		return nil
	}
	return s.Layers
}

// common are the header extensions of a section that are wanted.
func common(s *sdp.Section, wanted ...string) []sdp.Extension {
	var out []sdp.Extension
	for _, uri := range wanted {
		if id := s.Extension(uri); id != 0 {
			out = append(out, sdp.Extension{ID: id, URI: uri})
		}
	}
	return out
}

// expect says by what the packets of a section are known, or those of one of its layers.
func expect(s *sdp.Section, c *sdp.Choice, rid string) receive.Track {
	codec := &c.Codecs[0]
	t := receive.Track{
		Kind: s.Kind, Mid: s.Mid, Layer: rid, Payload: codec.Payload, Repair: codec.Repair, Rate: codec.Track().ClockRate,
		Sources: s.Sources, Repairs: s.Repairs,
		// Browsers answer NACK and PLI whatever was said of them. The Web SDK deletes the lines that say it for some codecs.
		NACK: s.Kind == media.Video || codec.Has("nack"),
		FIR:  codec.Has("ccm fir") && !codec.Has("nack pli"),
	}
	for _, e := range c.Extensions {
		switch e.URI {
		case extMid:
			t.Extensions.Mid = e.ID
		case extRid:
			t.Extensions.Rid = e.ID
		case extRepairedRid:
			t.Extensions.RepairedRid = e.ID
		case extTransportCC:
			t.Extensions.TransportCC = e.ID
		case extOrientation:
			t.Extensions.Kept = append(t.Extensions.Kept, receive.Kept{ID: e.ID, As: send.OrientationID})
		case extDependency:
			t.Extensions.Kept = append(t.Extensions.Kept, receive.Kept{ID: e.ID, As: send.DependencyID})
		}
	}
	return t
}

// Up implements link.Handler.
func (u *publisher) Up() {
	u.peer.peers.arrived(u.peer)
	u.touch()
	u.peer.link.Go(u.tick)
}

// tick reports to the publisher, and ends it if nothing comes.
func (u *publisher) tick(stop <-chan struct{}) {
	ticker := time.NewTicker(receive.TickInterval)
	defer ticker.Stop()
	limit := u.peer.peers.set.MediaTimeout
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			u.receiver.Tick(now)
			if silent := u.peer.peers.set.Clock.Now().Sub(time.Unix(0, u.seen.Load())); silent >= limit {
				u.peer.Stop(fault.New(fault.Stalled, "webrtc.in", "no media came for %s", limit))
				return
			}
		}
	}
}

func (u *publisher) touch() { u.seen.Store(u.peer.peers.set.Clock.Now().UnixNano()) }

// RTP implements link.Handler.
func (u *publisher) RTP(h *rtp.Header, payload []byte, at time.Time) { u.receiver.RTP(h, payload, at) }

// RTCP implements link.Handler.
func (u *publisher) RTCP(compound []byte, at time.Time) { u.receiver.RTCP(compound, at) }

// Read implements link.Handler.
func (u *publisher) Read() { u.receiver.Read() }

// Ended implements link.Handler.
func (u *publisher) Ended(reason error) { u.peer.finish(reason) }

// Write implements receive.Output. A publication that has ended refuses it; the element hears of that otherwise.
func (u *publisher) Write(track int, batch []media.Packet) {
	u.touch()
	if p := u.publication.Load(); p != nil {
		_ = p.Write(track, batch)
		u.peer.lives()
	}
}

// Report implements receive.Output.
func (u *publisher) Report(track int, ticks uint32, ntp, at time.Time) {
	if p := u.publication.Load(); p != nil {
		_ = p.Report(track, ticks, ntp, at)
	}
}

// Send implements receive.Output. What cannot be sent is due again soon.
func (u *publisher) Send(list ...rtcp.Packet) {
	if compound, err := rtcp.Marshal(list); err == nil {
		_, _ = u.peer.link.WriteRTCP(compound)
	}
}

func (u *publisher) counts() Counts {
	select {
	case <-u.agreed:
	default:
		return Counts{}
	}
	c := u.receiver.Counts()
	return Counts{
		Packets: c.Packets, Bytes: c.Bytes, VideoBits: c.VideoBits, Lost: c.Lost, Resent: c.Resent, NACKs: c.NACKs, PLIs: c.PLIs,
		RTT: u.peer.link.RTT(),
	}
}
