package lines

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/dialog"
	"sluice/api/sip/stack"
)

const allowed = dialog.Allowed + ", MESSAGE"

// Take takes a request that came in at some socket. find says whose line the user of its address is called on, or with which status it is
// refused; 0 leaves it unanswered, since that has been done.
func (x *Lines) Take(in stack.Incoming, find func(user string) (*Line, int)) {
	if x.opt.Table.Request(in) || x.notices.Request(in) {
		return
	}
	r := in.Request()
	switch r.Method {
	case sip.ACK:
	case sip.INVITE, sip.MESSAGE:
		l, code := find(unescape(r.Recipient.User))
		switch {
		case l == nil && code != 0:
			x.turned(code)
			x.answer(in, code)
		case l == nil:
		case r.Method == sip.INVITE:
			if !x.begin(func() { x.invited(in, l) }) {
				x.answer(in, overloaded)
			}
		default:
			l.text(in)
		}
	case sip.OPTIONS:
		x.answer(in, ok)
	case sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.NOTIFY: // of no call or subscription (RFC 3261 15.1.2, RFC 6665 4.1.3)
		x.answer(in, noDialog)
	case sip.REFER: // from who is in no call with us (RFC 3515 2.4.2)
		x.answer(in, forbidden)
	default:
		x.answer(in, notAllowed)
	}
}

// answer answers without a body.
func (x *Lines) answer(in stack.Incoming, code int, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(in.Request(), code, reason(code), nil)
	if code == notAllowed || code == ok {
		res.AppendHeader(sip.NewHeader("Allow", allowed))
	}
	if code == ok && in.Request().Method == sip.OPTIONS {
		accept := slices.Concat([]string{"application/sdp"}, Informs(), texts())
		res.AppendHeader(sip.NewHeader("Accept", strings.Join(accept, ", ")))
		res.AppendHeader(sip.NewHeader("Supported", dialog.Supported))
	}
	if x.opt.Agent != "" {
		res.AppendHeader(sip.NewHeader("Server", x.opt.Agent))
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if err := in.Respond(res); err != nil {
		x.opt.Log.Debug("a request could not be answered", "method", in.Request().Method, "code", code, "err", err)
	}
}
