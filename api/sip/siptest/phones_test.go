package siptest

import (
	"fmt"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// phone is what Baresip and Linphone have in common.
type phone interface {
	Dial(to string)
	AwaitCall()
	AwaitEnd() string
	Hangup()
	Heard() Sound
}

// hears waits until a telephone hears a tone, and checks how loud it is.
func hears(t *testing.T, p phone, hz float64) {
	t.Helper()
	if tone := AwaitTone(t, p, hz); tone.Level < Loudness-3 || tone.Level > Loudness+3 {
		t.Errorf("the tone of %.0f Hz has %.1f dB, not %.0f", hz, tone.Level, Loudness)
	}
}

func TestBaresipCallsBaresip(t *testing.T) {
	for _, c := range []Codec{PCMU, PCMA, G722, Opus} {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			r := StartRegistrar(t, RegistrarOptions{})
			a := StartBaresip(t, PhoneOptions{Account: r.Account("1001"), Codecs: []Codec{c}, Voice: Voice{Hz: 440}})
			b := StartBaresip(t, PhoneOptions{Account: r.Account("1002"), Codecs: []Codec{c}, Voice: Voice{Hz: 1000}})
			r.AwaitContacts("1002", 1)
			a.Dial(r.Account("1002").URI())
			a.AwaitCall()
			b.AwaitCall()
			hears(t, a, 1000)
			hears(t, b, 440)
			a.Press("15#")
			if got := b.AwaitKeys(3); got != "15#" {
				t.Errorf("the keys are %q", got)
			}
			b.Hangup()
			a.AwaitEnd()
		})
	}
}

func TestDelay(t *testing.T) {
	r := StartRegistrar(t, RegistrarOptions{})
	a := StartBaresip(t, PhoneOptions{Account: r.Account("1001"), Voice: Voice{Hz: 440, Pulses: true}})
	b := StartBaresip(t, PhoneOptions{Account: r.Account("1002")})
	a.Dial(b.options.Account.URI())
	a.AwaitCall()
	const pulses = 4
	until(t, "pulses", func() (string, bool) {
		n := len(b.Heard().onsets())
		return fmt.Sprint(n), n >= pulses
	})
	d, err := Delay(a.Uttered(), b.Heard())
	if err != nil || d > 300*time.Millisecond {
		t.Errorf("the delay is %v, %v", d, err)
	}
	t.Logf("from one Baresip to another: %v", d)
}

func TestLinphoneCallsLinphone(t *testing.T) {
	for _, c := range []Codec{PCMU, G729, Speex8, Speex16} {
		t.Run(string(c), func(t *testing.T) {
			t.Parallel()
			r := StartRegistrar(t, RegistrarOptions{SHA256: true})
			a := StartLinphone(t, PhoneOptions{Account: r.Account("1001"), Codecs: []Codec{c}, Voice: Voice{Hz: 440}})
			b := StartLinphone(t, PhoneOptions{Account: r.Account("1002"), Codecs: []Codec{c}, Voice: Voice{Hz: 440}})
			a.Dial(r.Account("1002").URI())
			a.AwaitCall()
			b.AwaitCall()
			hears(t, a, 440)
			hears(t, b, 440)
			a.Hangup()
			b.AwaitEnd()
		})
	}
}

func TestFilm(t *testing.T) {
	for _, codec := range []string{"H264", "VP8", "H265"} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			r := StartRegistrar(t, RegistrarOptions{})
			a := StartBaresip(t, PhoneOptions{Account: r.Account("1001"), Film: Film{Codec: codec, Left: "red", Right: "blue"}})
			b := StartBaresip(t, PhoneOptions{Account: r.Account("1002"), Film: Film{Codec: codec, Left: "white", Right: "black"}})
			a.Dial(r.Account("1002").URI())
			a.AwaitCall()
			AwaitFields(t, a, "white", "black")
			AwaitFields(t, b, "red", "blue")
		})
	}
}
