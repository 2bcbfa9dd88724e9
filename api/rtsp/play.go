package rtsp

import (
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/rtsp/gate"
	"sluice/api/rtsp/send"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// firstPacket is how long the answer to PLAY waits for the first packet, whose time it tells.
const firstPacket = 100 * time.Millisecond

// OnPlay begins to play. What comes is held until the answer is written.
func (h *handler) OnPlay(ctx *gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	v := of(ctx.Session.UserData())
	if v == nil || v.peer.publishes {
		return refusal(fault.New(fault.InvalidRequest, "", "there is nothing to play")), nil
	}
	if v.group != nil {
		return h.server.groups.play(v), nil
	}
	if ctx.Session.State() == gortsplib.ServerSessionStatePlay {
		return answer(nil), nil // once more, as some do to keep it alive
	}
	r := v.reader()
	if r == nil || !v.alive() {
		return refusal(fault.New(fault.Closed, "", "the stream has ended")), nil
	}
	v.peer.sender.Expect(v.expected(ctx.Session))
	r.Resume()
	select {
	case <-v.peer.sender.First():
	case <-v.peer.Done():
	case <-time.After(firstPacket): // a stream that begins later has no time to tell
	}
	v.starting = true
	return answer(nil), nil
}

func (v *visit) reader() *hub.Reader {
	v.peer.mu.Lock()
	defer v.peer.mu.Unlock()
	return v.peer.reader
}

// expected are the tracks that the player has asked for, in that order.
func (v *visit) expected(s *gortsplib.ServerSession) []send.Track {
	stats := s.Stats()
	var out []send.Track
	for _, m := range s.Medias() {
		t := send.Track{Payload: m.Formats[0].PayloadType(), SSRC: stats.Medias[m].Formats[m.Formats[0]].LocalSSRC}
		for i, told := range v.out.Desc.Medias {
			if told == m {
				t.Track = v.told(i)
			}
		}
		out = append(out, t)
	}
	return out
}

// told is a track as the player was told of it.
func (v *visit) told(i int) media.Track {
	v.peer.mu.Lock()
	defer v.peer.mu.Unlock()
	return v.peer.tracks[i]
}

// channel notes on which channels a track is interleaved.
func (v *visit) channel(r *base.Response) {
	value, ok := r.Header["Transport"]
	if !ok {
		return
	}
	var t headers.Transport
	if t.Unmarshal(value) == nil && t.InterleavedIDs != nil {
		v.channels = append(v.channels, t.InterleavedIDs[0])
	}
}

// started completes the answer to PLAY, and has packets sent after it.
func (v *visit) started(c *gortsplib.ServerConn, r *base.Response) {
	s := v.session
	v.info(r)
	l, plain := c.NetConn().(*gate.Line)
	t := s.Transport()
	plain = plain && t.Protocol == gortsplib.ProtocolTCP && t.Profile == headers.TransportProfileAVP
	if plain && c.Transport().Tunnel == gortsplib.TunnelNone {
		w := &interleaved{line: l, channels: v.channels, pool: &v.door.frames}
		reader := v.reader()
		l.OnRoom(reader.Wake)
		l.After(func() { v.begin(w, true) })
		return
	}
	v.begin(&datagrams{session: s, medias: s.Medias(), end: v.peer.Finish}, t.Protocol == gortsplib.ProtocolTCP)
}

func (v *visit) begin(w send.Writer, sorted bool) {
	v.peer.sender.Start(w, sorted)
	v.reader().Wake()
	v.log.Info("plays", "after", time.Since(v.began))
}

// info says with which packets the player's time begins.
func (v *visit) info(r *base.Response) {
	r.Header["Range"] = base.HeaderValue{"npt=0.000-"}
	var list headers.RTPInfo
	if list.Unmarshal(r.Header["RTP-Info"]) != nil {
		return
	}
	for i, entry := range list {
		number, at := v.peer.sender.Info(i)
		entry.SequenceNumber, entry.Timestamp = &number, nil
		select {
		case <-v.peer.sender.First():
			entry.Timestamp = &at
		default:
		}
	}
	r.Header["RTP-Info"] = list.Marshal()
}

// OnPause holds what comes.
func (h *handler) OnPause(ctx *gortsplib.ServerHandlerOnPauseCtx) (*base.Response, error) {
	v := of(ctx.Session.UserData())
	if v == nil || v.peer.publishes || v.group != nil {
		return answer(nil), nil
	}
	if r := v.reader(); r != nil {
		r.Pause()
	}
	v.peer.sender.Hold()
	return answer(nil), nil
}
