package dialog

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// answer refuses or takes a request outside of what dialogs do themselves.
func (t *Table) answer(in stack.Incoming, code int, reason string, headers ...sip.Header) {
	t.respond(in, t.response(in, code, reason, headers...))
}

// response writes an answer.
func (t *Table) response(in stack.Incoming, code int, reason string, headers ...sip.Header) *sip.Response {
	r := sip.NewResponseFromRequest(in.Request(), code, reason, nil)
	if to := r.To(); to != nil && code > sip.StatusTrying && tagOf(in.Request().To().Params) == "" {
		to.Params.Add("tag", in.Tag()) // sipgo makes another one for each answer
	}
	if t.opt.Agent != "" {
		r.AppendHeader(sip.NewHeader("Server", t.opt.Agent))
	}
	for _, h := range headers {
		r.AppendHeader(h)
	}
	return r
}

// respond sends an answer.
func (t *Table) respond(in stack.Incoming, r *sip.Response) bool {
	if err := in.Respond(r); err != nil {
		t.opt.Log.Debug("an answer could not be sent", "method", in.Request().Method, "code", r.StatusCode, "err", err)
		return false
	}
	return true
}

// taken is an answer to a request that may refresh the target: it says where we are and what we can.
func (d *Dialog) taken(in stack.Incoming, code int, reason string, sdp []byte) *sip.Response {
	r := d.table.response(in, code, reason, &sip.ContactHeader{Address: *d.contact.Clone()}, sip.NewHeader("Allow", Allowed),
		sip.NewHeader("Supported", Supported))
	describe(r, sdp)
	return r
}

// lacking names what a request requires and we cannot (RFC 3261 8.2.2.3).
func lacking(r *sip.Request) []string {
	var unknown []string
	for _, tag := range message.Tokens(r, "Require") {
		switch strings.ToLower(tag) {
		case "100rel", "timer", "replaces", "norefersub":
		default:
			unknown = append(unknown, tag)
		}
	}
	return unknown
}

// sdpOf is the description in a message; nil if there is none.
func sdpOf(m sip.Message) []byte {
	sdp, _ := bodyOf(m)
	return sdp
}

// bodyOf is the description in a message; ok is false if there is something else.
func bodyOf(m sip.Message) (sdp []byte, ok bool) {
	body := m.Body()
	if len(body) == 0 {
		return nil, true
	}
	media, params, err := mime.ParseMediaType(word(m, "Content-Type"))
	switch {
	case err != nil:
		return nil, false
	case media == typeSDP:
		return body, true
	case strings.HasPrefix(media, "multipart/"): // beside pictures, locations or ISUP (RFC 5621)
		return partOf(body, params["boundary"])
	}
	return nil, false
}

// partOf finds the description among the parts of a body.
func partOf(body []byte, boundary string) ([]byte, bool) {
	if boundary == "" {
		return nil, false
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return nil, false
		}
		if media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type")); err == nil && media == typeSDP {
			sdp, err := io.ReadAll(p)
			return sdp, err == nil && len(sdp) > 0
		}
	}
}
