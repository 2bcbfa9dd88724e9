package rtsp

import (
	"context"
	"log/slog"

	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"sluice/api/rtsp/login"
)

// handler answers what gortsplib's server asks. Its methods are called from the goroutines of connections and sessions, of
// each one at a time; a session's run while the connection that asks waits.
type handler struct{ server *server }

// of is the visit of a session or connection; nil if there is none.
func of(data any) *visit {
	v, _ := data.(*visit)
	return v
}

// answer is the response to a request that may have failed.
func answer(err error) *base.Response {
	if err == nil {
		return &base.Response{StatusCode: base.StatusOK, Header: base.Header{}}
	}
	return refusal(err)
}

// refuse is the answer to a request that was not granted; who may be somebody else is asked who he is.
func (h *handler) refuse(err error, req *base.Request, c *gortsplib.ServerConn) *base.Response {
	r := refusal(err)
	if r.StatusCode == base.StatusUnauthorized {
		h.server.door.desk.Challenge(r, login.Of(req, c.NetConn()))
	}
	return r
}

// OnConnClose ends what was prepared for a session that never came.
func (h *handler) OnConnClose(ctx *gortsplib.ServerHandlerOnConnCloseCtx) {
	h.server.door.opt.Log.Debug("connection ended", "remote", ctx.Conn.NetConn().RemoteAddr().String(), "err", ctx.Error)
	if v := of(ctx.Conn.UserData()); v != nil && !v.bound() {
		v.peer.Finish(nil)
	}
}

// OnSessionClose ends the visit with its session.
func (h *handler) OnSessionClose(ctx *gortsplib.ServerHandlerOnSessionCloseCtx) {
	if v := of(ctx.Session.UserData()); v != nil {
		v.log.Debug("session closed", "err", ctx.Error)
		if v.group != nil {
			h.server.groups.leave(v)
			return
		}
		v.peer.Finish(nil)
	}
}

// OnRequest logs. What stands after the ? is left out, since tokens stand there.
func (h *handler) OnRequest(c *gortsplib.ServerConn, r *base.Request) {
	log := h.server.door.opt.Log
	if r.URL != nil && log.Enabled(context.Background(), slog.LevelDebug) {
		log.Debug("request", "method", string(r.Method), "path", r.URL.Path, "remote", c.NetConn().RemoteAddr().String())
	}
}

// OnDescribe tells a player what there is.
func (h *handler) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	v, err := h.prepared(ctx.Conn, ctx.Path, ctx.Query, ctx.Request, nil)
	if err != nil {
		return h.refuse(err, ctx.Request, ctx.Conn), nil, nil
	}
	return answer(nil), v.out, nil
}

// prepared is the visit of a player that has no session yet: the one that its connection described before, if it is for the
// same address, or a new one.
func (h *handler) prepared(c *gortsplib.ServerConn, path, query string, req *base.Request, transport any) (*visit, error) {
	a, err := parseAddress(path, query)
	if err != nil {
		return nil, err
	}
	if v := of(c.UserData()); v != nil && !v.bound() {
		if v.address.full == a.full && v.alive() {
			return v, nil
		}
		v.peer.Finish(nil)
		c.SetUserData(nil)
	}
	v, err := h.server.player(h.server.door.cut(), a, login.Of(req, c.NetConn()), transport)
	if err != nil {
		return nil, err
	}
	c.SetUserData(v)
	return v, nil
}

// alive tells whether the visit has not ended.
func (v *visit) alive() bool {
	select {
	case <-v.peer.Done():
		return false
	default:
		return true
	}
}

// OnSetup ties a player to its session. Publishers are tied by ANNOUNCE.
func (h *handler) OnSetup(ctx *gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	v := of(ctx.Session.UserData())
	if v == nil {
		var err error
		if v, err = h.prepared(ctx.Conn, ctx.Path, ctx.Query, ctx.Request, transport(ctx.Transport)); err != nil {
			return h.refuse(err, ctx.Request, ctx.Conn), nil, nil
		}
		if ctx.Transport.Protocol == gortsplib.ProtocolUDPMulticast {
			v = h.server.groups.join(v, ctx.Session)
			ctx.Conn.SetUserData(nil)
		} else {
			v.bind(ctx.Session)
		}
	}
	if v.peer.publishes {
		return answer(nil), nil, nil
	}
	return answer(nil), v.out, nil
}

// transport names how packets travel, for graphs.
func transport(t *gortsplib.SessionTransport) string {
	switch t.Protocol {
	case gortsplib.ProtocolTCP:
		return "tcp"
	case gortsplib.ProtocolUDPMulticast:
		return "multicast"
	default:
		return "udp"
	}
}

// OnSetParameter answers the pings of some clients.
func (h *handler) OnSetParameter(*gortsplib.ServerHandlerOnSetParameterCtx) (*base.Response, error) {
	return answer(nil), nil
}

// OnPacketsLost is gortsplib's log otherwise. The hub counts for itself.
func (h *handler) OnPacketsLost(*gortsplib.ServerHandlerOnPacketsLostCtx) {}

// OnDecodeError is of packets that cannot be understood, and are left out.
func (h *handler) OnDecodeError(ctx *gortsplib.ServerHandlerOnDecodeErrorCtx) {
	if v := of(ctx.Session.UserData()); v != nil {
		v.log.Debug("packet left out", "err", ctx.Error)
	}
}

// OnStreamWriteError ends a player over UDP or a tunnel whose queue is full.
func (h *handler) OnStreamWriteError(ctx *gortsplib.ServerHandlerOnStreamWriteErrorCtx) {
	if v := of(ctx.Session.UserData()); v != nil {
		v.log.Debug("packet not sent", "err", ctx.Error)
	}
}

// OnResponse completes answers.
func (h *handler) OnResponse(c *gortsplib.ServerConn, r *base.Response) {
	r.Header["Server"] = base.HeaderValue{"sluice"}
	s := c.Session()
	if s == nil {
		return
	}
	if v := of(s.UserData()); v != nil && !v.peer.publishes && r.StatusCode == base.StatusOK {
		v.channel(r)
		if v.starting {
			v.starting = false
			v.started(c, r)
		}
	}
}
