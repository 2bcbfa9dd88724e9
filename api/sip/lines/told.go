package lines

import (
	"bytes"

	"github.com/emiago/sipgo/sip"
)

// told is an INVITE as pages and back ends may read it: without proofs of who calls, and without the keys of its media (RFC 4568), which
// its description has in the clear.
func told(req *sip.Request) string {
	r := req.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for r.GetHeader(name) != nil {
			r.RemoveHeader(name)
		}
	}
	var body []byte
	for line := range bytes.Lines(req.Body()) {
		if !bytes.HasPrefix(line, []byte("a=crypto:")) {
			body = append(body, line...)
		}
	}
	r.SetBody(body)
	return r.String()
}
