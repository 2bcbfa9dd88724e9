//go:build cgo && !nogst

package main

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"sluice/api/sip/siptest"
	"sluice/engine/enginetest/program"
)

// opus is the only codec of a page.
func opus() pion.RTPCodecCapability {
	return pion.RTPCodecCapability{MimeType: pion.MimeTypeOpus, ClockRate: 48000, Channels: 2}
}

// TestPageAndPhoneConverted: a page that has nothing but Opus says back what a telephone says, which hears itself as loud as it speaks,
// after two conversions by the shared worker, and not late. Where both have a codec in common there is no worker at all.
func TestPageAndPhoneConverted(t *testing.T) {
	program.Need(t, "baresip", "linphonec", "kamailio")
	for _, tc := range []struct {
		name     string
		codec    siptest.Codec
		page     pion.RTPCodecCapability
		linphone bool
		passes   bool // without a conversion
		extra    string
	}{
		{name: "pcmu", codec: siptest.PCMU, page: opus()},
		{name: "pcmu of 60 ms", codec: siptest.PCMU, page: opus(), extra: "ptime=60"},
		{name: "pcmu of 40 ms", codec: siptest.PCMU, page: opus(), extra: "ptime=40"},
		{name: "pcmu of 10 ms", codec: siptest.PCMU, page: opus(), extra: "ptime=10"},
		{name: "pcmu of 30 ms", codec: siptest.PCMU, page: opus(), extra: "ptime=30"},
		{name: "pcma", codec: siptest.PCMA, page: opus()},
		{name: "g722", codec: siptest.G722, page: opus()},
		{name: "g729", codec: siptest.G729, page: opus(), linphone: true},
		{name: "speex", codec: siptest.Speex8, page: opus(), linphone: true},
		{name: "wide speex", codec: siptest.Speex16, page: opus(), linphone: true},
		{name: "pcmu as it is", codec: siptest.PCMU, page: muLaw(), passes: true},
		{name: "opus as it is", codec: siptest.Opus, page: opus(), passes: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			registrar := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
			s, page := telephonist(t, registrar)
			options := func(user string, v siptest.Voice) siptest.PhoneOptions {
				return siptest.PhoneOptions{Account: registrar.Account(user), Codecs: []siptest.Codec{tc.codec}, Voice: v, Extra: tc.extra}
			}
			call := func(user string) {
				t.Helper()
				registrar.AwaitContacts(user, 1)
				pc := echo(t, tc.page)
				page.calls(user, pc)
				page.talks(pc)
			}
			steady := siptest.Voice{Hz: 440}
			var phone interface {
				Heard() siptest.Sound
				AwaitCall()
			}
			if tc.linphone {
				phone = siptest.StartLinphone(t, options("1002", steady))
			} else {
				phone = siptest.StartBaresip(t, options("1002", steady))
			}
			call("1002")
			phone.AwaitCall()
			if tone := siptest.AwaitTone(t, phone, steady.Hz); math.Abs(tone.Level-siptest.Loudness) > 3 {
				t.Errorf("the tone has %.1f dB, not %.0f", tone.Level, siptest.Loudness)
			} else {
				t.Logf("the tone of %.0f Hz has %.1f dB", tone.Hz, tone.Level)
			}
			works := scrape(t, s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1])
			if passes := strings.Contains(works, "\nsluice_worker_shared_instances 0\n"); passes != tc.passes {
				t.Errorf("without a conversion: %v\n%s", passes, strings.Join(regexp.MustCompile(`sluice_worker.*`).FindAllString(works, -1), "\n"))
			}
			page.say("hangup", J{"callId": "C"})
			page.hear("finish", "FINISH")
			if tc.linphone {
				return // it does not keep what it said
			}
			pulses := siptest.StartBaresip(t, options("1003", siptest.Voice{Hz: 440, Pulses: true}))
			call("1003")
			pulses.AwaitCall()
			var delay time.Duration
			comesTrue(t, "five pulses are heard", func() bool {
				if pulses.Heard().Length() < 6*time.Second {
					return false
				}
				var err error
				delay, err = siptest.Delay(pulses.Uttered(), pulses.Heard())
				return err == nil
			})
			t.Logf("there and back: %v", delay)
			if delay > 700*time.Millisecond {
				t.Errorf("the telephone hears itself after %v", delay)
			}
		})
	}
}

// TestPageAndPhoneSeeEachOther: a page shows back what a telephone shows, which sees itself. Where both have the codec nobody converts.
func TestPageAndPhoneSeeEachOther(t *testing.T) {
	program.Need(t, "baresip", "kamailio", "ffmpeg")
	h264 := pion.RTPCodecCapability{
		MimeType: pion.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
	}
	vp8 := pion.RTPCodecCapability{MimeType: pion.MimeTypeVP8, ClockRate: 90000}
	for _, tc := range []struct {
		name, film string
		page       pion.RTPCodecCapability
		passes     bool
	}{
		{"h264 as it is", "H264", h264, true}, {"vp8 as it is", "VP8", vp8, true}, {"h264 and vp8", "H264", vp8, false}, {"vp8 and h264", "VP8", h264, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			registrar := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
			s, page := telephonist(t, registrar)
			phone := siptest.StartBaresip(t, siptest.PhoneOptions{
				Account: registrar.Account("1002"), Film: siptest.Film{Codec: tc.film, Left: "red", Right: "blue"},
			})
			registrar.AwaitContacts("1002", 1)
			pc := echo(t, muLaw(), tc.page)
			page.calls("1002", pc)
			page.talks(pc)
			phone.AwaitCall()
			siptest.AwaitFields(t, phone, "red", "blue")
			works := scrape(t, s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1])
			if passes := strings.Contains(works, "\nsluice_workers{state=\"own\"} 0\n"); passes != tc.passes {
				t.Errorf("without a conversion: %v\n%s", passes, strings.Join(regexp.MustCompile(`sluice_worker.*`).FindAllString(works, -1), "\n"))
			}
		})
	}
}
