package lines

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// TestTold: what others may read of a call has neither its proofs nor its keys.
func TestTold(t *testing.T) {
	r := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: "b", Host: "example.org"})
	r.AppendHeader(sip.NewHeader("Authorization", `Digest username="a", response="hush1"`))
	r.AppendHeader(sip.NewHeader("Authorization", `Digest username="a", response="hush2"`))
	r.AppendHeader(sip.NewHeader("X-Order", "7"))
	r.SetBody([]byte("v=0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:hush3\r\na=sendrecv\r\n"))
	got := told(r)
	if strings.Contains(got, "hush") || !strings.Contains(got, "X-Order: 7") || !strings.Contains(got, "a=sendrecv") {
		t.Error(got)
	}
	if len(r.GetHeaders("Authorization")) != 2 || !strings.Contains(string(r.Body()), "hush3") {
		t.Error("the request itself was changed")
	}
}
