package sip_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	door "sluice/api/sip"
	"sluice/api/sip/siptest"
	"sluice/engine/fault"
)

// neighbour is an address that nobody but accounts with a network around it may have us go to.
const neighbour = "127.0.0.2"

// movable lets far ends send calls elsewhere.
func movable(o *door.Options) {
	o.Transfers = true
	o.Reach = func(to netip.AddrPort) error {
		if to.Addr().Unmap().String() == neighbour {
			return fault.New(fault.Forbidden, "sip", "%s is inside", to)
		}
		return nil
	}
}

// silent wants that nobody has said anything to a caller.
func (c *caller) silent() {
	c.t.Helper()
	if _, err := c.c.WriteToUDPAddrPort([]byte(c.request("OPTIONS", "probe", "probe", 1)+"\r\n"), c.addr()); err != nil {
		c.t.Fatal(err)
	}
	if m := c.hear(); m.CallID().Value() != "probe" {
		c.t.Errorf("it heard %s", m)
	}
}

// TestCallersMoveUsWhereTheyMay: who calls in on an account and sends us to somebody else does so where his account may be, or outside.
func TestCallersMoveUsWhereTheyMay(t *testing.T) {
	for from, goes := range map[string]bool{"127.0.0.1/32": false, "127.0.0.0/30": true} {
		t.Run(from, func(t *testing.T) {
			s := serve(t, movable, func(o *door.Options) {
				o.Accounts = []door.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix(from)}}}
			})
			a, b := newCaller(t, s, "127.0.0.1"), newCaller(t, s, neighbour)
			contact := "sip:9@" + a.addr().String()
			up := a.call("echo", "one", contact)
			a.send(a.request("REFER", "echo", up.CallID().Value(), 2,
				"Refer-To: <sip:7@"+b.addr().String()+">", "Contact: <"+contact+">", "To: "+up.To().Value()))
			if goes {
				if r, ok := b.hear().(*sip.Request); !ok || r.Method != sip.INVITE {
					t.Errorf("it heard %v", r)
				}
				return
			}
			for {
				r, ok := a.hear().(*sip.Request)
				if !ok || r.Method != sip.NOTIFY {
					continue
				}
				a.to = netip.AddrPortFrom(a.to.Addr(), uint16(r.Via().Port))
				a.send(sip.NewResponseFromRequest(r, sip.StatusOK, "OK", nil).String())
				if strings.Contains(string(r.Body()), "SIP/2.0 503") {
					break
				}
			}
			b.silent()
		})
	}
}

// TestFarEndsMoveOwnAccountsOutside: whom a line of the configuration has called may send it to somebody else, but nowhere inside, whatever
// the line itself may reach.
func TestFarEndsMoveOwnAccountsOutside(t *testing.T) {
	for progress, inside := range map[string]bool{"200": false, "503": true} {
		t.Run(progress, func(t *testing.T) {
			s := serve(t, movable)
			b := newCaller(t, s, neighbour)
			target := "1004@" + b.addr().String()
			if !inside {
				there := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "answer")})
				defer there.Wait()
				target = "1004@" + there.Address
			}
			p := siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(2, "refer"), Words: map[string]string{"target": target, "progress": progress},
			})
			line, err := s.door.Lines().OpenOwn(t.Context(), calls.Account{Login: "1001", Domain: "127.0.0.1", Proxy: p.Address}, "own", nil)
			if err != nil {
				t.Fatal(err)
			}
			watch := newEar()
			c, err := line.Call(t.Context(), calls.Outgoing{To: "sip:sipp@" + p.Address, Audio: true}, watch)
			if err != nil {
				t.Fatal(err)
			}
			watch.is(t, calls.Established)
			if inside {
				p.Wait()
				b.silent()
			} else {
				p.Result() // it is left for the other one, before it hears how that went or after
				hangup(t, c)
			}
			watch.is(t, calls.Ended)
		})
	}
}

// TestWhoCannotBeHeardIsNoSuccess: whom a far end sends us to answers with a codec that nobody offered. The far end hears that it was no
// success, and keeps the call.
func TestWhoCannotBeHeardIsNoSuccess(t *testing.T) {
	s := serve(t, movable)
	there := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(2, "answer"), Words: map[string]string{"formats": "4 101"}, // G.723
	})
	p := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(2, "refer"), Words: map[string]string{"target": "1004@" + there.Address, "progress": "[456]"},
	})
	line, err := s.door.Lines().OpenOwn(t.Context(), calls.Account{Login: "1001", Domain: "127.0.0.1", Proxy: p.Address}, "own", nil)
	if err != nil {
		t.Fatal(err)
	}
	watch := newEar()
	if _, err := line.Call(t.Context(), calls.Outgoing{To: "sip:sipp@" + p.Address, Audio: true}, watch); err != nil {
		t.Fatal(err)
	}
	watch.is(t, calls.Established)
	there.Wait()
	p.Wait()
	watch.is(t, calls.Ended)
}

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
