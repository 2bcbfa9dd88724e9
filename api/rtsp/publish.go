package rtsp

import (
	"time"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/auth"
	"sluice/api/rtsp/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// OnAnnounce takes note of what somebody wants to publish. A graph serves him from RECORD on, when it is known how packets
// travel.
func (h *handler) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	a, err := parseAddress(ctx.Path, ctx.Query)
	if err != nil {
		return answer(err), nil
	}
	d := h.server.door
	user, err := d.authorise(d.cut(), auth.Publish, a.name, a, whoIs(ctx.Request, ctx.Conn.NetConn()))
	if err != nil {
		return answer(err), nil
	}
	lines, err := sdp.Read(ctx.Description)
	if err != nil {
		return answer(err), nil
	}
	v := &visit{
		door: d, server: h.server, address: a, stream: a.name, user: user,
		log: d.opt.Log.With("stream", a.name, "remote", ctx.Conn.NetConn().RemoteAddr().String(), "user", user),
	}
	s := ctx.Session
	v.peer = newPublisher(lines, func(track int) {
		m := lines[track].Media
		_ = s.WritePacketRTCP(m, &rtcp.PictureLossIndication{}) // who has gone sends none
	})
	v.bind(s)
	return answer(nil), nil
}

// OnRecord has a graph serve a publisher.
func (h *handler) OnRecord(ctx *gortsplib.ServerHandlerOnRecordCtx) (*base.Response, error) {
	v := of(ctx.Session.UserData())
	if v == nil || !v.peer.publishes {
		return refusal(fault.New(fault.InvalidRequest, "", "nothing was announced")), nil
	}
	if v.instance != nil {
		return answer(nil), nil // it goes on after PAUSE
	}
	if err := v.raise(h.server.door.cut(), "rtsp.announce", transport(ctx.Session.Transport())); err != nil {
		return answer(err), nil
	}
	v.peer.align.wait = ctx.Session.Transport().Protocol == gortsplib.ProtocolUDP // nothing has come yet
	for i, l := range v.peer.lines {
		ctx.Session.OnPacketRTP(l.Media, l.Format, func(p *rtp.Packet) { v.peer.packet(i, p) })
		ctx.Session.OnPacketRTCP(l.Media, func(p rtcp.Packet) { v.peer.control(i, p) })
	}
	go v.watch()
	v.log.Info("publishes", "transport", ctx.Session.Transport().Protocol.String())
	return answer(nil), nil
}

// packet passes on what came. A publication that has ended refuses it; the element hears of that otherwise.
func (p *Peer) packet(track int, r *rtp.Packet) {
	if pub := p.publication.Load(); pub != nil {
		batch := p.align.admit(track, []media.Packet{{Header: r.Header, Payload: r.Payload, Arrival: time.Now()}})
		if len(batch) > 0 {
			_ = pub.Write(track, p.sets[track].complete(batch))
		}
	}
}

// control takes reports of the sender's clock.
func (p *Peer) control(track int, r rtcp.Packet) {
	sr, ok := r.(*rtcp.SenderReport)
	pub := p.publication.Load()
	if !ok || pub == nil {
		return
	}
	p.align.tell(track, sr.RTPTime, wall(sr.NTPTime))
	_ = pub.Report(track, sr.RTPTime, wall(sr.NTPTime), p.align.moment(track, time.Now())) // as above
}

// wall is a time of NTP, which counts seconds since 1900; zero for who has no clock.
func wall(ntp uint64) time.Time {
	const since1900 = 2208988800
	if ntp == 0 {
		return time.Time{}
	}
	return time.Unix(int64(ntp>>32)-since1900, int64((ntp&0xffffffff)*uint64(time.Second)>>32))
}
