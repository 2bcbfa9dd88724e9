package rtsp

import (
	"sync"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/description"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/rtsp/send"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// groups are the streams that are given to a whole network at a time: to the hub each is one reader, however many listen. Safe
// for concurrent use.
type groups struct {
	mu sync.Mutex
	by map[string]*group
}

// group is one of them. It lives as long as somebody listens.
type group struct {
	visit   *visit // of the first who asked
	members int
	playing bool
}

// join has a session listen to the group of its stream, which its visit begins if there is none. It gives the visit that the
// session has from now on.
func (g *groups) join(v *visit, s *gortsplib.ServerSession) *visit {
	g.mu.Lock()
	defer g.mu.Unlock()
	one := g.by[v.stream]
	if one == nil || !one.visit.alive() {
		one = &group{visit: v}
		if g.by == nil {
			g.by = map[string]*group{}
		}
		g.by[v.stream] = one
		v.mu.Lock()
		v.shared = true // it belongs to no session
		v.mu.Unlock()
	} else if one.visit != v {
		v.peer.Finish(nil) // its own graph has nobody to serve
	}
	one.members++
	m := &visit{door: v.door, server: v.server, address: v.address, stream: v.stream, user: v.user, log: v.log, group: one}
	m.peer, m.out = one.visit.peer, one.visit.out
	m.session = s
	s.SetUserData(m)
	return m
}

// leave is the end of a member. The last one ends the group.
func (g *groups) leave(m *visit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m.group.members--
	if m.group.members > 0 {
		return
	}
	if g.by[m.stream] == m.group {
		delete(g.by, m.stream)
	}
	m.group.visit.peer.Finish(nil)
}

// play begins to send, unless it is done already.
func (g *groups) play(m *visit) *base.Response {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := m.reader()
	switch {
	case r == nil || !m.alive():
		return refusal(fault.New(fault.Closed, "", "the stream has ended"))
	case m.group.playing:
		m.refresh(r)
		return answer(nil)
	}
	m.group.playing = true
	stats := m.out.Stats()
	var tracks []send.Track
	for i, d := range m.out.Desc.Medias {
		f := d.Formats[0]
		tracks = append(tracks, send.Track{Track: m.told(i), Payload: f.PayloadType(), SSRC: stats.Medias[d].Formats[f].LocalSSRC})
	}
	m.peer.sender.Expect(tracks)
	m.peer.sender.Start(&broadcast{stream: m.out, medias: m.out.Desc.Medias}, false)
	r.Resume()
	m.log.Info("plays", "transport", "multicast")
	return answer(nil)
}

// refresh asks for key frames: what is sent to a network begins anew for nobody.
func (v *visit) refresh(r *hub.Reader) {
	for i, t := range r.Tracks() {
		if t.Kind == media.Video {
			_ = r.RequestKey(i) // it may just have gone
		}
	}
}

// broadcast writes packets to a group.
type broadcast struct {
	stream *gortsplib.ServerStream
	medias []*description.Media
	packet rtp.Packet
}

var _ send.Writer = (*broadcast)(nil)

// Room implements send.Writer.
func (w *broadcast) Room() bool { return true }

// RTP implements send.Writer. What the network does not take is lost, as it is there anyway.
func (w *broadcast) RTP(track int, h *rtp.Header, payload []byte) {
	w.packet = rtp.Packet{Header: *h, Payload: payload}
	_ = w.stream.WritePacketRTP(w.medias[track], &w.packet)
}

// RTCP implements send.Writer.
func (w *broadcast) RTCP(track int, packet []byte) {
	raw := rtcp.RawPacket(packet)
	_ = w.stream.WritePacketRTCP(w.medias[track], &raw) // as above
}

// Flush implements send.Writer.
func (w *broadcast) Flush() {}
