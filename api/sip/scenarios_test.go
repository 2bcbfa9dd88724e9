package sip_test

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"sluice/api/calls"
	"sluice/api/sip"
	"sluice/api/sip/siptest"
	"sluice/engine"
	"sluice/engine/enginetest"
)

// call calls SIPp, which plays a scenario, directly: without a registrar. password is what challenges are answered with.
func (s *server) call(p *siptest.SIPp, password string) (calls.Call, calls.Line, *ear) {
	s.Helper()
	line, _ := s.open(calls.Account{Login: "1001", Password: password, Domain: "127.0.0.1", Proxy: p.Address})
	watch := newEar()
	c, err := line.Call(s.Context(), calls.Outgoing{To: "sip:sipp@" + p.Address, Audio: true}, watch)
	if err != nil {
		s.Fatal(err)
	}
	return c, line, watch
}

// echo has what the far end says sent back.
func (s *server) echo(c calls.Call) {
	s.Helper()
	if _, err := s.engine.Raise(s.Context(), engine.Event{Name: "test.call", Path: "/sipp", Sessions: map[string]any{"phone": c.Media()}}); err != nil {
		s.Fatal(err)
	}
}

func hangup(t *testing.T, c calls.Call) {
	t.Helper()
	if err := c.Hangup(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

// TestWhatIsCalled calls others that do what telephones seldom do. Each scenario of SIPp fails where an answer is not as it should be.
func TestWhatIsCalled(t *testing.T) {
	leave := func(t *testing.T, _ *server, c calls.Call, _ *ear) { hangup(t, c) }
	stay := func(*testing.T, *server, calls.Call, *ear) {}
	for _, tc := range []struct {
		name, scenario string
		words          map[string]string
		then           func(*testing.T, *server, calls.Call, *ear)
		brief          bool // SIPp hangs up at once: nobody has time to speak
	}{
		{name: "taken", scenario: "answer", then: leave},
		{name: "left", scenario: "leave", then: stay},
		{name: "early media", scenario: "early", then: leave},
		{name: "twelve times ringing", scenario: "ringing", then: leave},
		{name: "PRACK", scenario: "reliable", then: leave},
		{name: "PRACK and UPDATE", scenario: "updated", then: leave},
		{name: "hold, sendonly", scenario: "hold", words: map[string]string{"direction": "sendonly", "answer": "recvonly"}, then: stay},
		{name: "hold, inactive", scenario: "hold", words: map[string]string{"direction": "inactive", "answer": "inactive"}, then: stay},
		{name: "hold, of old", scenario: "hold", words: map[string]string{"address": "0.0.0.0", "answer": ""}, then: stay},
		{name: "no offer", scenario: "offerless", then: stay},
		{name: "hold without an offer", scenario: "offerless", words: map[string]string{"later": "sendonly"}, then: func(t *testing.T, _ *server, _ calls.Call, e *ear) {
			for about := (calls.About{}); !about.Held; {
				about = enginetest.Await(t, "to be held", e.heard)
			}
		}},
		{name: "another codec", scenario: "change", then: stay},
		{name: "session refreshed", scenario: "refresh", then: stay, brief: true},
		{name: "session too short", scenario: "interval", then: leave},
		{name: "acknowledgement lost", scenario: "deaf", then: stay, brief: true},
		{name: "goodbyes cross", scenario: "crossing", then: leave},
		{name: "challenged twice", scenario: "challenge", then: leave},
		{name: "keys by INFO", scenario: "info", then: func(t *testing.T, _ *server, _ calls.Call, e *ear) {
			for _, want := range []string{"5", "#"} {
				if got := enginetest.Await(t, "a key", e.keys); got != want {
					t.Errorf("the key is %q, not %q", got, want)
				}
			}
		}},
		{name: "key to INFO", scenario: "told", words: map[string]string{"body": "^1"}, then: func(t *testing.T, _ *server, c calls.Call, _ *ear) {
			if err := c.Press(t.Context(), "1", calls.Info); err != nil {
				t.Error(err)
			}
			hangup(t, c)
		}},
		{name: "key to INFO as a relay", scenario: "told", words: map[string]string{"body": "Signal=1"},
			then: func(t *testing.T, _ *server, c calls.Call, _ *ear) {
				if err := c.Press(t.Context(), "1", calls.InfoRelay); err != nil {
					t.Error(err)
				}
				hangup(t, c)
			}},
		{name: "transferred", scenario: "referred", words: map[string]string{"target": "1003"}, then: transferred(200)},
		{name: "not transferred", scenario: "referred", words: map[string]string{"target": "1003", "status": "486 Busy Here"}, then: transferred(486)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t)
			p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, tc.scenario), Words: tc.words})
			c, _, watch := s.call(p, "secret")
			watch.is(t, calls.Established)
			if !tc.brief {
				s.echo(c)
			}
			tc.then(t, s, c, watch)
			p.Wait()
			watch.is(t, calls.Ended)
		})
	}
}

// transferred transfers the far end, and wants to hear how that went.
func transferred(want int) func(*testing.T, *server, calls.Call, *ear) {
	return func(t *testing.T, _ *server, c calls.Call, e *ear) {
		t.Helper()
		if err := c.Transfer(t.Context(), "1003"); err != nil {
			t.Error(err)
		}
		for code := 0; code < 200; {
			code = enginetest.Await(t, "the course of the transfer", e.moved)
			if code >= 200 && code != want {
				t.Errorf("the transfer ended with %d, not %d", code, want)
			}
		}
		_ = c.Hangup(t.Context(), 0) // it may have been left already
	}
}

// TestWhoRefuses: the code with which somebody refuses is told as it is.
func TestWhoRefuses(t *testing.T) {
	s := serve(t)
	for _, tc := range []struct {
		status string
		state  calls.State
		code   int
	}{
		{"404 Not Found", calls.Failed, 404}, {"480 Temporarily Unavailable", calls.Failed, 480}, {"486 Busy Here", calls.Busy, 486},
		{"488 Not Acceptable Here", calls.Failed, 488}, {"503 Service Unavailable", calls.Failed, 503}, {"600 Busy Everywhere", calls.Busy, 600},
		{"603 Decline", calls.Failed, 603},
	} {
		t.Run(tc.status, func(t *testing.T) {
			p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "refuse"), Words: map[string]string{"status": tc.status}})
			_, _, watch := s.call(p, "secret")
			for {
				a := enginetest.Await(t, "the end of the call", watch.heard)
				if !a.State.Over() {
					continue
				}
				if reason := tc.status[4:]; a.Code != tc.code || a.Reason != reason || a.State != tc.state || a.Cause != calls.Refused {
					t.Errorf("%s: %d %q, %s", a.State, a.Code, a.Reason, a.Cause)
				}
				break
			}
			p.Wait()
		})
	}
}

// TestThinksBetterOfIt cancels a call that rings.
func TestThinksBetterOfIt(t *testing.T) {
	s := serve(t)
	p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, "cancelled")})
	c, _, watch := s.call(p, "secret")
	watch.is(t, calls.Ringing)
	hangup(t, c)
	p.Wait()
}

// TestWhoCallsIn plays those who call in.
func TestWhoCallsIn(t *testing.T) {
	s := serve(t, func(o *sip.Options) {
		o.Accounts = []sip.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	})
	for _, tc := range []struct {
		scenario, to string
		words        map[string]string
		tcp          bool
	}{
		{scenario: "call", to: "echo"},
		{scenario: "call", to: "echo", tcp: true},
		{scenario: "silent", to: "echo"},
		{scenario: "clumsy", to: "echo"},
		{scenario: "options", to: "echo"},
		{scenario: "refused", to: "nobody", words: map[string]string{"status": "404"}},
	} {
		name := tc.scenario
		if tc.tcp {
			name += " over TCP"
		}
		t.Run(name, func(t *testing.T) {
			words := map[string]string{"to": tc.to + "@" + s.udp}
			for k, v := range tc.words {
				words[k] = v
			}
			to := s.udp
			if tc.tcp {
				to = s.tcp()
				words["to"] = tc.to + "@" + to
			}
			siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(2, tc.scenario), To: to, Words: words, TCP: tc.tcp}).Wait()
		})
	}
}

// tcp is where telephones call in over TCP.
func (s *server) tcp() string {
	s.Helper()
	for _, a := range s.door.Addresses() {
		if strings.HasPrefix(a.Network(), "tcp") {
			return a.String()
		}
	}
	s.Fatal("nobody listens for TCP")
	return ""
}

// TestVanishes: a telephone that is gone, without a word, ends the call when nothing has come from it for long enough.
func TestVanishes(t *testing.T) {
	s := serve(t, func(o *sip.Options) { o.Silence = 2 * time.Second })
	b := siptest.StartBaresip(t, siptest.PhoneOptions{
		Account: siptest.Account{User: "1002", Password: "x", Domain: "127.0.0.1"}, Idle: true, Voice: siptest.Voice{Hz: 440},
	})
	line, _ := s.open(calls.Account{Login: "1001", Domain: "127.0.0.1", Proxy: b.Address})
	watch := newEar()
	c, err := line.Call(t.Context(), calls.Outgoing{To: "sip:1002@" + b.Address, Audio: true}, watch)
	if err != nil {
		t.Fatal(err)
	}
	watch.is(t, calls.Established)
	s.echo(c)
	siptest.AwaitTone(t, b, 440)
	b.Vanish()
	for {
		a := enginetest.Await(t, "the end of the call", watch.heard)
		if !a.State.Over() {
			continue
		}
		if a.Cause != calls.NoMedia {
			t.Errorf("%+v", a)
		}
		break
	}
}

// TestCodecs: what a telephone says comes back to it as loud as it was, in every codec, in the clear and encrypted.
func TestCodecs(t *testing.T) {
	s := serve(t, func(o *sip.Options) {
		o.Accounts = []sip.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	})
	type phone interface {
		Dial(to string)
		AwaitCall()
		Heard() siptest.Sound
		Hangup()
		AwaitEnd() string
	}
	baresip := func(t *testing.T, o siptest.PhoneOptions) phone { t.Helper(); return siptest.StartBaresip(t, o) }
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{SHA256: true})
	linphone := func(t *testing.T, o siptest.PhoneOptions) phone {
		t.Helper()
		o.Account, o.Idle = r.Account("1002"), false // else it does not know that it is on the loopback
		return siptest.StartLinphone(t, o)
	}
	for _, tc := range []struct {
		name  string
		start func(*testing.T, siptest.PhoneOptions) phone
		codec siptest.Codec
		srtp  bool
	}{
		{"baresip", baresip, siptest.PCMU, false},
		{"baresip", baresip, siptest.PCMA, false},
		{"baresip", baresip, siptest.G722, false},
		{"baresip", baresip, siptest.Opus, false},
		{"baresip SRTP", baresip, siptest.PCMU, true},
		{"linphone", linphone, siptest.PCMU, false},
		{"linphone", linphone, siptest.G729, false},
		{"linphone", linphone, siptest.Speex8, false},
		{"linphone", linphone, siptest.Speex16, false},
		{"linphone", linphone, siptest.Opus, false},
		{"linphone SRTP", linphone, siptest.PCMU, true},
	} {
		t.Run(tc.name+" "+string(tc.codec), func(t *testing.T) {
			t.Parallel()
			p := tc.start(t, siptest.PhoneOptions{
				Account: siptest.Account{User: "1002", Password: "x", Domain: s.udp}, Idle: true, Codecs: []siptest.Codec{tc.codec},
				Voice: siptest.Voice{Hz: 440}, SRTP: tc.srtp,
			})
			p.Dial("sip:echo@" + s.udp)
			p.AwaitCall()
			if tone := siptest.AwaitTone(t, p, 440); tone.Level < siptest.Loudness-3 || tone.Level > siptest.Loudness+3 {
				t.Errorf("the tone has %.1f dB, not %.0f", tone.Level, siptest.Loudness)
			}
			p.Hangup()
			p.AwaitEnd()
		})
	}
}
