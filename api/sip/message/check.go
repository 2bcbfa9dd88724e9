package message

import (
	"github.com/emiago/sipgo/sip"
)

// check says what a message lacks that was read without trouble.
func check(m sip.Message) *Malformed {
	switch {
	case m.Via() == nil:
		return bad("no Via")
	case m.From() == nil:
		return bad("no From")
	case m.To() == nil:
		return bad("no To")
	case m.CallID() == nil:
		return bad("no Call-ID")
	case m.CSeq() == nil:
		return bad("no CSeq")
	}
	if len(m.From().Params.GetOr("tag", "")) > maxName || len(m.To().Params.GetOr("tag", "")) > maxName {
		return bad("a tag is longer than %d octets", maxName)
	}
	if r, ok := m.(*sip.Request); ok && m.CSeq().MethodName != r.Method {
		return bad("CSeq has another method than the request") // RFC 3261 8.1.1.5
	}
	if _, ok := m.(*sip.Response); ok && len(m.GetHeaders("via")) > 1 {
		return bad("an answer for somebody else") // RFC 3261 8.1.3.3
	}
	return nil
}
