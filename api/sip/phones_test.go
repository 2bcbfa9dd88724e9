package sip_test

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"sluice/api/calls"
	"sluice/api/sip"
	"sluice/api/sip/sdp"
	"sluice/api/sip/siptest"
	"sluice/engine"
)

// TestPhonesLogIn: telephones answer challenges as they know to. Baresip gives up at one with SHA-256, wherever it stands.
func TestPhonesLogIn(t *testing.T) {
	for name, tc := range map[string]struct {
		linphone   bool
		algorithms []string
	}{
		"Baresip":               {},
		"Linphone":              {linphone: true},
		"Linphone with SHA-256": {linphone: true, algorithms: []string{"SHA-256", "MD5"}},
		"Linphone, MD5 first":   {linphone: true, algorithms: []string{"MD5", "SHA-256"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *sip.Options) {
				o.Accounts = []sip.Account{{Name: "desk", Account: calls.Account{Login: "9", Password: "secret9"}}}
				o.Digest = tc.algorithms
				o.Media = func(netip.Addr) bool { return true } // Linphone's is at another address of the machine
			})
			for password, right := range map[string]bool{"secret9": true, "wrong": false} {
				o := siptest.PhoneOptions{Account: siptest.Account{User: "9", Password: password, Domain: s.udp}, Idle: true, Voice: siptest.Voice{Hz: 440}}
				var p phone
				if tc.linphone {
					p = siptest.StartLinphone(t, o)
				} else {
					p = siptest.StartBaresip(t, o)
				}
				p.Dial("sip:echo@" + s.udp)
				if !right {
					if why := p.AwaitEnd(); !tc.linphone && !strings.Contains(why, "401") {
						t.Errorf("with a wrong password: %s", why)
					}
					continue
				}
				p.AwaitCall()
				hears(t, p, 440)
				p.Hangup()
				p.AwaitEnd()
			}
			if n := s.door.Lines().Counts(); n.In != 1 {
				t.Errorf("%d calls came in", n.In)
			}
		})
	}
}

// phone is what Baresip and Linphone have in common.
type phone interface {
	Dial(to string)
	AwaitCall()
	AwaitEnd() string
	Hangup()
	Heard() siptest.Sound
}

// hears waits until a telephone hears a tone, as loud as it was said.
func hears(t *testing.T, p phone, hz float64) {
	t.Helper()
	const most = 3 // decibels
	if tone := siptest.AwaitTone(t, p, hz); math.Abs(tone.Level-siptest.Loudness) > most {
		t.Errorf("the tone of %.0f Hz has %.1f dB, not %.0f", hz, tone.Level, siptest.Loudness)
	}
}

// TestLinphone has two telephones hear each other with codecs that Baresip lacks. They are called through a registrar: one that is called
// before it has spoken to anybody answers half a minute late.
func TestLinphone(t *testing.T) {
	for _, tc := range []struct {
		codec siptest.Codec
		named string
		srtp  bool
	}{{siptest.G729, "g729", false}, {siptest.Speex8, "speex", false}, {siptest.Speex16, "speex", false}, {siptest.PCMA, "pcma", true}} {
		t.Run(fmt.Sprintf("%s srtp %v", tc.codec, tc.srtp), func(t *testing.T) {
			r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
			s := serve(t, func(o *sip.Options) {
				if tc.srtp {
					o.Security, o.Secure = sdp.SDES, true
				}
			})
			line, _ := s.open(account(r, "1001"))
			sessions := map[string]any{}
			var phones []phone
			for session, user := range map[string]string{"one": "1002", "other": "1003"} {
				p := siptest.StartLinphone(t, siptest.PhoneOptions{
					Account: r.Account(user), Codecs: []siptest.Codec{tc.codec}, Voice: siptest.Voice{Hz: 440}, SRTP: tc.srtp,
				})
				r.AwaitContacts(user, 1)
				watch := newEar()
				c, err := line.Call(t.Context(), calls.Outgoing{To: user, Audio: true}, watch)
				if err != nil {
					t.Fatal(err)
				}
				if up := watch.is(t, calls.Established); !slices.Contains(up.Codecs, tc.named) {
					t.Errorf("agreed on %v", up.Codecs)
				}
				p.AwaitCall()
				sessions[session], phones = c.Media(), append(phones, p)
			}
			if _, err := s.engine.Raise(t.Context(), engine.Event{Name: "test.join", Path: "/joined", Sessions: sessions}); err != nil {
				t.Fatal(err)
			}
			for _, p := range phones {
				hears(t, p, 440)
			}
		})
	}
}
