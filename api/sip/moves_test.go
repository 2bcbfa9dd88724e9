package sip_test

import (
	"net/netip"
	"testing"

	"github.com/emiago/sipgo/sip"

	door "sluice/api/sip"
)

// TestTransfersEndWithTheirCall: who is let send us to somebody else may do so once at a time, and whom we call for it rings no longer than
// the call is.
func TestTransfersEndWithTheirCall(t *testing.T) {
	s := serve(t, func(o *door.Options) {
		o.Transfers = true
		o.Accounts = []door.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	})
	a, b := newCaller(t, s, "127.0.0.1"), newCaller(t, s, "127.0.0.1")
	contact := "Contact: <sip:9@" + a.addr().String() + ">"
	up := a.call("echo", "one", "sip:9@"+a.addr().String())
	within := func(method string, cseq int, headers ...string) *sip.Response {
		a.send(a.request(method, "echo", up.CallID().Value(), cseq, append(headers, contact, "To: "+up.To().Value())...))
		for {
			if res := a.final(); res.CSeq().SeqNo == uint32(cseq) && res.CSeq().MethodName == sip.RequestMethod(method) {
				return res
			}
		}
	}
	refer := "Refer-To: <sip:7@" + b.addr().String() + ">"
	if res := within("REFER", 2, refer); res.StatusCode != sip.StatusAccepted {
		t.Fatal(res)
	}
	invite, ok := b.hear().(*sip.Request)
	if !ok || invite.Method != sip.INVITE {
		t.Fatal(invite)
	}
	b.to = netip.AddrPortFrom(b.to.Addr(), uint16(invite.Via().Port))
	b.send(sip.NewResponseFromRequest(invite, sip.StatusRinging, "Ringing", nil).String())
	if res := within("REFER", 3, refer); res.StatusCode != sip.StatusGlobalDecline {
		t.Error(res)
	}
	if res := within("BYE", 4); res.StatusCode != sip.StatusOK {
		t.Error(res)
	}
	for {
		if r, ok := b.hear().(*sip.Request); ok && r.Method == sip.CANCEL {
			return
		}
	}
}

// TestWhoCalls: who calls is whom From names, unless the account's far end is trusted to have found that out.
func TestWhoCalls(t *testing.T) {
	for name, trusted := range map[string]bool{"9": false, "4989": true} {
		s := serve(t, func(o *door.Options) {
			one := door.Account{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
			one.Asserted = trusted
			o.Accounts = []door.Account{one}
		})
		a := newCaller(t, s, "127.0.0.1")
		a.call("echo", "one", "sip:9@"+a.addr().String(), "P-Asserted-Identity: <sip:4989@127.0.0.1>")
		list := s.door.Lines().Calls()
		if len(list) != 1 || list[0].About().From != name {
			t.Errorf("%s: %+v", name, list)
		}
	}
}
