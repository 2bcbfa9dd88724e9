// Package message reads SIP messages as RFC 3261 has them into sipgo's types, from datagrams and from streams, and looks at their headers.
//
// sipgo's own parser loses what stands behind legal white space (tags, branches), drops messages with folded lines without a word, and
// checks little; so lines, addresses and Vias are read here, and of sipgo's the types, their text and its reader of URIs are used.
package message

import (
	"bytes"
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// Bounds of a message. UDP cannot carry more than MaxSize.
const (
	MaxSize    = 65535 // octets of a message
	maxSection = 48 << 10
	maxFields  = 256 // header fields, each of a list counted
	maxName    = 256 // octets of a Call-ID or tag, of which calls and requests are remembered by
)

// Malformed says what is wrong with a message, and how it is to be answered.
type Malformed struct {
	Code   int // status to refuse a request with
	Reason string
	// Request is what could be read of the request; nil if it is none, or has no Via that says where an answer should go, or must not be
	// answered (ACK).
	Request *sip.Request
}

// Error is the reason with its status.
func (m *Malformed) Error() string { return fmt.Sprintf("malformed (%d): %s", m.Code, m.Reason) }

// bad is a Malformed of status 400.
func bad(format string, args ...any) *Malformed {
	return &Malformed{Code: sip.StatusBadRequest, Reason: fmt.Sprintf(format, args...)}
}

// Parse reads a message that fills data: a datagram, or what a Reader found. What is behind the length that it tells is ignored (RFC 3261
// 18.3). The error is a *Malformed. The message keeps nothing of data.
func Parse(data []byte) (sip.Message, error) {
	if len(data) > MaxSize {
		return nil, bad("longer than %d octets", MaxSize)
	}
	head, body := cut(bytes.TrimLeft(data, "\r\n"))
	lines, broken := unfold(head)
	if len(lines) == 0 {
		return nil, bad("it is empty")
	}
	m, wrong := startLine(lines[0])
	if m == nil {
		return nil, wrong
	}
	wrong = first(wrong, broken)
	wrong = first(wrong, fields(m, lines[1:]))
	wrong = first(wrong, content(m, body))
	wrong = first(wrong, check(m))
	if wrong == nil {
		return m, nil
	}
	if r, ok := m.(*sip.Request); ok && r.Method != sip.ACK && r.Via() != nil {
		wrong.Request = r
	}
	return nil, wrong
}

// first is the first of two problems.
func first(before, after *Malformed) *Malformed {
	if before != nil {
		return before
	}
	return after
}

// content gives the message its body.
func content(m sip.Message, body []byte) *Malformed {
	length := m.ContentLength()
	if length == nil {
		m.SetBody(bytes.Clone(body))
		return nil
	}
	if uint64(*length) > uint64(len(body)) {
		return bad("Content-Length is %d, and there are %d octets", *length, len(body))
	}
	m.SetBody(bytes.Clone(body[:*length]))
	return nil
}

// Refuse makes the answer to a request that was malformed. Its headers are copied as they could be read.
func (m *Malformed) Refuse() *sip.Response {
	if m.Request == nil {
		return nil
	}
	res := sip.NewResponse(m.Code, status(m.Code))
	for _, name := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		sip.CopyHeaders(name, m.Request, res)
	}
	if to := res.To(); to != nil && !to.Params.Has("tag") {
		to.Params.Add("tag", sip.GenerateTagN(16))
	}
	res.AppendHeader(sip.NewHeader("Warning", `399 sluice "`+quotable(m.Reason)+`"`))
	res.SetBody(nil)
	res.SetTransport(m.Request.Transport())
	return res
}

// status are the words of the answers of this package.
func status(code int) string {
	switch code {
	case unsupportedScheme:
		return "Unsupported URI Scheme"
	case sip.StatusVersionNotSupported:
		return "Version Not Supported"
	}
	return "Bad Request"
}

// quotable leaves of a text what a quoted string may have without escapes.
func quotable(s string) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, []byte(s)))
}
