package sip_test

import (
	"context"
	"net/netip"
	"testing"

	"github.com/emiago/sipgo/sip"

	door "sluice/api/sip"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// TestCallsGoHome has calls come in whose Contact or Record-Route is somebody else: what belongs to them goes only to where their caller may
// be.
func TestCallsGoHome(t *testing.T) {
	inside := netip.MustParsePrefix("127.0.0.0/8")
	for name, tc := range map[string]struct {
		from  string // network of the account
		goes  bool   // whether the other host hears our BYE
		route bool   // it is named by Record-Route
	}{
		"Contact inside":           {from: "127.0.0.1/32"},
		"Record-Route inside":      {from: "127.0.0.1/32", route: true},
		"Contact of the account's": {from: "127.0.0.0/30", goes: true},
		"route of the account's":   {from: "127.0.0.0/30", goes: true, route: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *door.Options) {
				o.Accounts = []door.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix(tc.from)}}}
				o.Reach = func(to netip.AddrPort) error {
					if inside.Contains(to.Addr()) {
						return fault.New(fault.Forbidden, "sip", "%s is inside", to)
					}
					return nil
				}
			})
			a, victim := newCaller(t, s, "127.0.0.1"), newCaller(t, s, "127.0.0.2")
			contact, more := "sip:9@"+victim.addr().String(), []string(nil)
			if tc.route {
				contact, more = "sip:9@"+a.addr().String(), []string{"Record-Route: <sip:" + victim.addr().String() + ";lr>"}
			}
			a.call("echo", "one", contact, more...)
			for _, c := range s.door.Lines().Calls() {
				_ = c.Hangup(t.Context(), 0)
			}
			ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
			defer cancel()
			if tc.goes {
				if r, ok := victim.hear().(*sip.Request); !ok || r.Method != sip.BYE {
					t.Errorf("it heard %v", r)
				}
				return
			}
			if err := s.door.Close(ctx); err != nil { // all that is to be said has been said then
				t.Error(err)
			}
			if _, err := victim.c.WriteToUDPAddrPort([]byte(victim.request("OPTIONS", "probe", "probe", 1)+"\r\n"), victim.addr()); err != nil {
				t.Fatal(err)
			}
			if m := victim.hear(); m.CallID().Value() != "probe" {
				t.Errorf("it heard %s", m)
			}
		})
	}
}
