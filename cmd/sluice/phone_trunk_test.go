package main

import (
	"net/http"
	"strings"
	"testing"

	"sluice/api/sip/siptest"
)

// taking is a graph by which calls of a trunk become streams, of numbers that begin so.
const taking = `graph: v1
about: What callers of a trunk say is a stream.
route:
  - {event: sip.invite, path: "/box/{number}", where: {account: trunk}}
  - {event: sip.invite, path: "/{number}", where: {account: trunk, to: "500"}}
nodes:
  phone: sip.in
  said: stream.out name=said/$to
links:
  - phone -> said
`

// TestTrunk: a call that comes in on a trunk becomes a stream where a graph says so, and nothing else: whatever number is called, at
// whatever host, through whatever routes, by whoever claims to be anybody, the outbound trunk hears of no call.
func TestTrunk(t *testing.T) {
	abroad := siptest.StartBaresip(t, siptest.PhoneOptions{
		Account: siptest.Account{User: "abroad", Password: "x", Domain: "127.0.0.1"}, Idle: true, Manual: true,
	})
	s := serveSwitchboard(t, anybody("trunk")+
		"    - {name: out, login: out, password: x, domain: 127.0.0.1, outbound: \""+abroad.Address+"\"}\n")
	s.graph("taking", taking)
	s.until("the graph", func() bool { return strings.Contains(s.routes(), `"taking"`) })
	phone := s.telephone("1001", 440)
	s.dials(phone, "500")
	s.until("its stream", func() bool { return s.Call(t, "GET /v1/streams/said%2F500", nil).StatusCode == http.StatusOK })
	phone.Hangup()
	for _, c := range []struct{ name, to, domain, status, headers string }{
		{"a number", "0049891234@" + s.sip, "", "404", ""},
		{"abroad", "+49891234@" + s.sip, "", "404", ""},
		{"a number elsewhere", "49891234@" + abroad.Address, "", "404", ""},
		{"a route", "49891234@" + s.sip, "", "404", "Route: <sip:" + abroad.Address + ";lr>"},
		{"as the outbound account", "49891234@" + s.sip, "127.0.0.1", "404", "P-Asserted-Identity: <sip:out@127.0.0.1>"},
		{"the name of the account", "out@" + s.sip, "", "404", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			words := map[string]string{"to": c.to, "domain": c.domain, "status": c.status, "headers": c.headers, "from": "out"}
			siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "refused"), To: s.sip, Words: words}).Wait()
		})
	}
	for _, e := range abroad.Events() {
		if strings.HasPrefix(e.Type, "CALL") {
			t.Errorf("somebody was called: %v", e)
		}
	}
}
