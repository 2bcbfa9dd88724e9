package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/api/sip/siptest"
)

// TestRESTCallsAPhone: a back end has a telephone called, what that says becomes a stream, keys reach it, and it is hung up.
func TestRESTCallsAPhone(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	b := siptest.StartBaresip(t, siptest.PhoneOptions{Account: r.Account("1002"), Voice: siptest.Voice{Hz: 440}})
	r.AwaitContacts("1002", 1)
	s := serveREST(t, t.TempDir(), "SLUICE_SIP_DOMAINS=private", "SLUICE_SIP_ADDRESS=127.0.0.1")
	a := r.Account("1001")
	host, port, _ := strings.Cut(a.Domain, ":")
	startup := J{
		"callId": "one", "callee": "1002", "hasAudio": "true", "hasVideo": "false", "toStream": "said", "sipLogin": a.User,
		"sipAuthenticationName": a.User, "sipPassword": a.Password, "sipDomain": host, "sipOutboundProxy": host, "sipPort": port,
		"sipRegisterRequired": true,
	}
	if a := s.Call(t, "POST /rest-api/call/startup", startup); a.StatusCode != http.StatusOK || a.Text != "" {
		t.Errorf("%d, %q", a.StatusCode, a.Text)
	}
	s.want(http.StatusConflict, "POST /rest-api/call/startup", startup)
	b.AwaitCall()
	comesTrue(t, "the call is up and its stream there", func() bool {
		found := s.Call(t, "POST /rest-api/call/find", J{"callId": "one", "status": "ESTABLISHED"})
		stream := s.Call(t, "POST /rest-api/stream/find", J{"name": "said"})
		return found.StatusCode == http.StatusOK && stream.StatusCode == http.StatusOK
	})
	s.want(http.StatusOK, "POST /rest-api/call/send_dtmf", J{"callId": "one", "dtmf": "1", "type": "RFC2833"})
	if got := b.AwaitKeys(1); got != "1" {
		t.Errorf("the keys are %q", got)
	}
	s.want(http.StatusNotFound, "POST /rest-api/call/inject_stream/startup", J{"callId": "one", "streamName": "nobody"})
	stat := s.Call(t, "GET /?action=stat&format=json&groups=call_stats,connections_stats", nil).Text
	for _, want := range []string{`"calls_out":1`, `"calls_established":1`, `"calls_in":0`, `"calls_out_total":1`, `"connections_sip":1`} {
		if !strings.Contains(stat, want) {
			t.Errorf("no %s in %s", want, stat)
		}
	}
	s.want(http.StatusOK, "POST /rest-api/call/terminate", J{"callId": "one"})
	b.AwaitEnd()
	s.want(http.StatusNotFound, "POST /rest-api/call/find", J{"callId": "one"})
	text := scrape(t, s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1])
	for _, line := range []string{
		`sluice_sip_call_starts_total{direction="out"} 1`, `sluice_sip_call_ends_total{direction="out",reason="normal"} 1`,
		`sluice_sip_call_ends_total{direction="in",reason="normal"} 0`, `sluice_sip_calls{direction="out",state="established"} 0`,
		`sluice_sip_refused_total{reason="requests"} 0`,
	} {
		tells(t, text, line)
	}
	if strings.Contains(text, `sluice_sip_packets_total{direction="in"} 0`) {
		t.Error("no packets are told of")
	}
	if got := s.Call(t, "POST /RESTCall/getStatus", J{"callId": "one"}); got.Text != "FINISHED" {
		t.Errorf("%q", got.Text)
	}
}

// TestRESTCallsNobodyInside: callers cannot have the server speak SIP to what only it reaches.
func TestRESTCallsNobodyInside(t *testing.T) {
	s := serveREST(t, t.TempDir())
	for _, to := range []J{
		{"sipDomain": "127.0.0.1"}, {"sipDomain": "example.org", "sipOutboundProxy": "10.0.0.1"}, {"sipDomain": "localhost"},
	} {
		to["callee"], to["sipLogin"], to["sipRegisterRequired"] = "1", "a", false
		s.want(http.StatusForbidden, "POST /rest-api/call/startup", to)
	}
	to := J{"callee": "sip:x@127.0.0.1", "sipLogin": "a", "sipDomain": "example.org", "callId": "x", "sipRegisterRequired": false}
	s.want(http.StatusOK, "POST /rest-api/call/startup", to)
	comesTrue(t, "it has failed", func() bool {
		return s.Call(t, "POST /RESTCall/getStatus", J{"callId": "x"}).Text == "FAILED"
	})
	s.want(http.StatusOK, "POST /rest-api/call/startup", to) // the name of a call that has ended is free
	delete(to, "callId")
	if a := s.Call(t, "POST /rest-api/call/startup", to); a.StatusCode != http.StatusOK || !strings.Contains(a.Text, `"callId":"`) ||
		!strings.Contains(a.Text, `"callee":"sip:x@127.0.0.1"`) {
		t.Errorf("who names no call is not told of it: %d %s", a.StatusCode, a.Text)
	}
}

// comesTrue asks again and again until something is so.
func comesTrue(t *testing.T, what string, ask func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); !ask(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("in vain: %s", what)
		}
	}
}
