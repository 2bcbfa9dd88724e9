package sip_test

import (
	"strings"
	"testing"

	"sluice/api/calls"
	"sluice/api/sip"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// TestIsElsewhere has SIPp say that who is called is at another port, over TCP, or at an address that stands for the host (302). He is called
// there, if that is the account's server.
func TestIsElsewhere(t *testing.T) {
	for _, tc := range []struct {
		name, contact string // where AT is the address of who answers, and PORT its port
		tcp           bool
		why           string // he is not called there; "" if he is
		change        func(*testing.T, *server, string)
	}{
		{name: "port", contact: "1003@AT"},
		{name: "transport", contact: "1003@AT;transport=tcp", tcp: true},
		{name: "maddr", contact: "1003@nowhere.invalid:PORT;maddr=127.0.0.1"},
		{name: "maddr of somebody else", contact: "1003@AT;maddr=127.0.0.2", why: `"127.0.0.2" is none of the account's servers`},
		{name: "another host", contact: "1003@127.0.0.3:PORT", why: `"127.0.0.3" is none of the account's servers`},
		{
			name: "another account", contact: "1003@AT", why: `"AT" is the server of another account`,
			change: func(t *testing.T, s *server, at string) {
				t.Helper()
				if _, err := s.door.Lines().OpenOwn(t.Context(), calls.Account{Login: "1", Domain: "127.0.0.1", Proxy: at}, "trunk", nil); err != nil {
					t.Fatal(err)
				}
			},
		},
		{name: "inside", contact: "1003@127.0.0.1:9", why: `127.0.0.1:9 is inside`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, func(o *sip.Options) {
				o.Admits = func(host string) error {
					if host == "127.0.0.1:9" {
						return fault.New(fault.Forbidden, "sip", "%s is inside", host)
					}
					return nil
				}
			})
			at := "127.0.0.1:5060"
			if tc.why == "" {
				there := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "answer"), TCP: tc.tcp})
				defer there.Wait()
				at = there.Address
			}
			_, port, _ := strings.Cut(at, ":")
			fill := strings.NewReplacer("AT", at, "PORT", port).Replace
			if tc.change != nil {
				tc.change(t, s, at)
			}
			p := siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(2, "moved"), Words: map[string]string{"target": fill(tc.contact)},
			})
			c, _, watch := s.call(p, "secret")
			p.Wait()
			if tc.why == "" {
				watch.is(t, calls.Established)
				hangup(t, c)
				watch.is(t, calls.Ended)
				return
			}
			for {
				a := enginetest.Await(t, "the end of the call", watch.heard)
				if !a.State.Over() {
					continue
				}
				if why := "Moved Temporarily: " + fill(tc.why); a.State != calls.Failed || a.Code != 302 || a.Reason != why {
					t.Errorf("%s: %d %q and not %q", a.State, a.Code, a.Reason, why)
				}
				return
			}
		})
	}
}

// TestIsElsewhereAtARegistrar: a telephone of a registrar sends its caller to a colleague's number at the domain, which has no port, and is
// where the account has its calls sent to.
func TestIsElsewhereAtARegistrar(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	colleague := siptest.StartBaresip(t, siptest.PhoneOptions{Account: r.Account("1003"), Voice: siptest.Voice{Hz: 440}})
	port := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "register"), To: r.Address, Accounts: []siptest.Account{r.Account("1002")}})
	port.Wait()
	moved := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(2, "moved"), Words: map[string]string{"target": "1003@127.0.0.1"}, Port: port.Port(),
	})
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	watch := newEar()
	c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
	if err != nil {
		t.Fatal(err)
	}
	watch.is(t, calls.Established)
	moved.Wait()
	colleague.AwaitCall()
	hangup(t, c)
	colleague.AwaitEnd()
}
