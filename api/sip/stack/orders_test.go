package stack

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

// TestRefusalsDoNotHoldUpOthers: who is refused may take his time to read that, and what comes from others is put in order meanwhile.
func TestRefusalsDoNotHoldUpOthers(t *testing.T) {
	refused := 0
	var o *orders
	o = newOrders(func(*incoming) bool { return false }, func(*incoming) {
		if !o.mu.TryLock() {
			t.Fatal("others wait")
		}
		o.mu.Unlock()
		refused++
	})
	request := func(tag string, number uint32) *incoming {
		r := sip.NewRequest(sip.INFO, sip.Uri{Host: "h"})
		to := &sip.ToHeader{}
		if tag != "" {
			to.Params = sip.HeaderParams{{K: "tag", V: tag}}
		}
		id := sip.CallIDHeader("1")
		for _, h := range []sip.Header{to, &sip.FromHeader{Params: sip.HeaderParams{{K: "tag", V: "f"}}}, &id, &sip.CSeqHeader{SeqNo: number}} {
			r.AppendHeader(h)
		}
		return &incoming{request: r}
	}
	o.put(request("", 1))
	o.put(request("t", 1))
	o.put(request("t", 3)) // waits for the one before
	o.put(request("t", 2))
	if refused != 4 {
		t.Errorf("%d are refused", refused)
	}
}
