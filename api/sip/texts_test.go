package sip_test

import (
	"net/netip"
	"strings"
	"testing"

	"sluice/api/calls"
	"sluice/api/sip"
	"sluice/api/sip/exchange"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
)

// TestTextsAreSent sends texts to SIPp, which takes some.
func TestTextsAreSent(t *testing.T) {
	s := serve(t)
	for status, code := range map[string]int{"200 OK": 0, "202 Accepted": 0, "415 Unsupported Media Type": 415} {
		t.Run(status, func(t *testing.T) {
			p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "texted"), Words: map[string]string{"status": status}})
			line, _ := s.open(calls.Account{Login: "1001", Domain: "127.0.0.1", Proxy: p.Address})
			if got, _ := exchange.Code(line.Message(t.Context(), "sip:sipp@"+p.Address, "text/plain", "hello")); got != code {
				t.Errorf("it was answered with %d, not %d", got, code)
			}
			p.Wait()
		})
	}
}

// TestTextsForATrunk has SIPp send texts to a line of the configuration, where nobody reads them, and to none.
func TestTextsForATrunk(t *testing.T) {
	s := serve(t, func(o *sip.Options) {
		o.Accounts = []sip.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	})
	for kind, status := range map[string]string{"text/plain;charset=utf-8": "480", "application/x-sh": "415", "none": "400"} {
		t.Run(kind, func(t *testing.T) {
			siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(2, "message"), To: s.udp, Words: map[string]string{"to": "echo@" + s.udp, "type": kind, "status": status},
			}).Wait()
		})
	}
}

// TestTextsOfAPhone: texts go to a telephone and come from it, by its registrar.
func TestTextsOfAPhone(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	phone := siptest.StartLinphone(t, siptest.PhoneOptions{Account: r.Account("1002")})
	r.AwaitContacts("1002", 1)
	s := serve(t)
	line, owner := s.open(account(r, "1001"))
	if err := line.Message(t.Context(), "1002", "text/plain", "are you there?"); err != nil {
		t.Fatal(err)
	}
	if got := phone.AwaitText(); !strings.Contains(got, "sip:1001@") || !strings.Contains(got, "are you there?") {
		t.Errorf("it says %q", got)
	}
	phone.Text(r.Account("1001").URI(), "yes, here")
	if got := enginetest.Await(t, "a text", owner.texts); got != [3]string{"1002", "text/plain", "yes, here"} {
		t.Errorf("%q", got)
	}
	for to, code := range map[string]int{"1008": 480, "nobody": 404} {
		if got, _ := exchange.Code(line.Message(t.Context(), to, "text/plain", "hello")); got != code {
			t.Errorf("a text for %s was answered with %d, not %d", to, got, code)
		}
	}
}
