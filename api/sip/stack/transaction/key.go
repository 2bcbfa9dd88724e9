package transaction

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ClientKey is what a request of ours and its answers have in common (RFC 3261 17.1.3).
func ClientKey(m sip.Message) string {
	branch, _ := m.Via().Params.Get("branch")
	return branch + " " + string(m.CSeq().MethodName)
}

// ServerKey is what a request and its repetitions have in common (RFC 3261 17.2.3). The ACK of an answer that is no 2xx has that of its
// INVITE, and a CANCEL as if it were one.
func ServerKey(r *sip.Request) string {
	method := r.Method
	if method == sip.ACK || method == sip.CANCEL {
		method = sip.INVITE
	}
	via := r.Via()
	branch, _ := via.Params.Get("branch")
	if strings.HasPrefix(branch, sip.RFC3261BranchMagicCookie) {
		// The Call-ID is more than RFC 3261 asks for: branches of some are not as unique as they should be.
		return strings.Join([]string{branch, strings.ToLower(via.SentBy()), r.CallID().Value(), string(method)}, " ")
	}
	tag, _ := r.From().Params.Get("tag") // a client of RFC 2543
	number := strconv.Itoa(int(r.CSeq().SeqNo))
	return strings.Join([]string{"2543", r.CallID().Value(), number, tag, via.SentBy(), branch, string(method)}, " ")
}
