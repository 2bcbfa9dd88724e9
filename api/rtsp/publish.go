package rtsp

import (
	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/api/auth"
	"sluice/api/rtsp/intake"
	"sluice/api/rtsp/login"
	"sluice/api/rtsp/sdp"
	"sluice/engine/fault"
)

// OnAnnounce takes note of what somebody wants to publish. A graph serves him from RECORD on, when it is known how packets
// travel.
func (h *handler) OnAnnounce(ctx *gortsplib.ServerHandlerOnAnnounceCtx) (*base.Response, error) {
	a, err := parseAddress(ctx.Path, ctx.Query)
	if err != nil {
		return answer(err), nil
	}
	d := h.server.door
	vars := map[string]any{"app": a.app, "query": a.query}
	if a.app != "" && d.opt.Claims != nil && d.opt.Claims("rtsp.announce", "/"+a.full, vars) {
		a.name = a.full
	}
	user, err := d.desk.Authorise(d.cut(), auth.Publish, a.name, a.shown, login.Of(ctx.Request, ctx.Conn.NetConn()))
	if err != nil {
		return h.refuse(err, ctx.Request, ctx.Conn), nil
	}
	lines, err := sdp.Read(ctx.Description)
	if err != nil {
		return answer(err), nil
	}
	at := ctx.Conn.NetConn().RemoteAddr().String()
	v := &visit{
		door: d, server: h.server, address: a, stream: a.name, user: user, remote: at,
		log: d.opt.Log.With("stream", a.name, "remote", at, "user", user),
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
	if ctx.Session.Transport().Protocol == gortsplib.ProtocolUDP {
		v.peer.intake.Waits() // nothing has come yet
	}
	for i, l := range v.peer.lines {
		ctx.Session.OnPacketRTP(l.Media, l.Format, func(p *rtp.Packet) { v.peer.packet(i, p) })
		ctx.Session.OnPacketRTCP(l.Media, func(p rtcp.Packet) { v.peer.control(i, p) })
	}
	go v.watch()
	v.log.Info("publishes", "transport", ctx.Session.Transport().Protocol.String())
	return answer(nil), nil
}

// packet passes on what came.
func (p *Peer) packet(track int, r *rtp.Packet) {
	if pub := p.publication.Load(); pub != nil {
		p.intake.Packet(pub, track, r)
	}
}

// control takes reports of the sender's clock.
func (p *Peer) control(track int, r rtcp.Packet) {
	sr, ok := r.(*rtcp.SenderReport)
	pub := p.publication.Load()
	if !ok || pub == nil {
		return
	}
	p.intake.Tell(track, sr.RTPTime, intake.Wall(sr.NTPTime))
	p.intake.Report(pub, track, sr)
}
