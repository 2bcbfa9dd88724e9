package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"

	"sluice/api/sip/siptest"
	"sluice/cmd/sluice/browser/drive"
)

// phones are scenarios of pages that call telephones. Their servers convert, as telephones and browsers have few codecs in common.
func phones() []scenario {
	calling := func(more ...string) []string {
		return append([]string{
			"SLUICE_SIP_DOMAINS=127.0.0.1", "SLUICE_SIP_ADDRESS=127.0.0.1", "SLUICE_SIP_PORTS={ports}", "SLUICE_SIP_MEDIA_PORTS={ports}",
			"SLUICE_CPUS=16",
		}, more...)
	}
	rtmp := func(more ...string) []string {
		return calling(append([]string{
			"SLUICE_REST_LISTEN={tcp}", "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_ORIGINS=*", "SLUICE_REST_HOSTS=private",
			"SLUICE_RTMP_LISTEN={rtmp}", "SLUICE_RTMP_TLS_LISTEN=",
		}, more...)...)
	}
	return []scenario{
		{name: "phone", phones: true, settings: calling()},
		{name: "phone_video", phones: true, settings: calling()},
		{name: "phone_ui", phones: true, settings: calling()},
		{name: "click_to_call", phones: true, settings: calling()},
		{name: "sip_as_rtmp", phones: true, settings: rtmp()},
		{name: "sip_as_rtmp_push", phones: true, settings: rtmp("SLUICE_MEDIA_FOLDER=../../../out/browser/sip_as_rtmp_push")},
		{name: "sip_as_rtmp_mixer", phones: true, settings: rtmp()},
	}
}

// booth has the telephones of a scenario. All that is done with them is done on the test's goroutine, which a telephone that fails ends.
type booth struct {
	t         *testing.T
	registrar *siptest.Registrar
	phones    map[string]*siptest.Baresip
	work      chan func()
}

// startBooth starts a registrar. Its telephones begin when the scenario asks for them.
func startBooth(t *testing.T) *booth {
	t.Helper()
	return &booth{
		t: t, registrar: siptest.StartRegistrar(t, siptest.RegistrarOptions{}), phones: map[string]*siptest.Baresip{}, work: make(chan func()),
	}
}

// ask has a scenario played to its end. others does what it asks for that is not about telephones.
func (b *booth) ask(d *drive.Driver, what brief, others drive.Host) (json.RawMessage, error) {
	b.t.Helper()
	type end struct {
		notes json.RawMessage
		err   error
	}
	what.Registrar = b.registrar.Address
	ended := make(chan end, 1)
	go func() {
		notes, err := d.Ask("run", what, func(what string, with json.RawMessage) error {
			if what == "phone" {
				return b.asked(with)
			}
			return others(what, with)
		})
		ended <- end{notes, err}
	}()
	for {
		select {
		case do := <-b.work:
			do()
		case e := <-ended:
			return e.notes, e.err
		}
	}
}

// wish is what a scenario wants of a telephone.
type wish struct {
	User, Command string
	Hertz, Level  float64
	To, Text      string
	Manual, SRTP  bool
	Codecs        []siptest.Codec
	Film          siptest.Film
}

// asked has the test's goroutine do what a scenario asks for, and waits for that.
func (b *booth) asked(with json.RawMessage) error {
	var w wish
	if err := json.Unmarshal(with, &w); err != nil {
		return err
	}
	done := make(chan error, 1)
	do := func() {
		defer close(done) // a telephone that fails ends the goroutine
		done <- b.phone(w)
	}
	select {
	case b.work <- do:
		err, whole := <-done
		if !whole {
			return errors.New("the telephone has failed")
		}
		return err
	case <-b.t.Context().Done():
		return b.t.Context().Err()
	}
}

// phone has one of the telephones do something.
func (b *booth) phone(w wish) error {
	b.t.Helper()
	if w.Command == "start" {
		b.phones[w.User] = siptest.StartBaresip(b.t, siptest.PhoneOptions{
			Account: b.registrar.Account(w.User), Codecs: w.Codecs, Voice: siptest.Voice{Hz: w.Hertz}, Manual: w.Manual, Film: w.Film, SRTP: w.SRTP,
		})
		return nil
	}
	p := b.phones[w.User]
	if p == nil {
		return fmt.Errorf("there is no telephone %q", w.User)
	}
	switch w.Command {
	case "ring":
		p.AwaitRing()
	case "answer":
		p.Answer()
		p.AwaitCall()
	case "call":
		p.AwaitCall()
	case "dial":
		p.Dial(b.registrar.Account(w.To).URI())
	case "hangup":
		p.Hangup()
	case "end":
		p.AwaitEnd()
	case "hold":
		p.Hold()
	case "resume":
		p.Resume()
	case "transfer":
		p.Transfer(b.registrar.Account(w.To).URI())
	case "press":
		p.Press(w.Text)
	case "keys":
		if got := p.AwaitKeys(len(w.Text)); got != w.Text {
			return fmt.Errorf("the keys are %q, not %q", got, w.Text)
		}
	case "hears":
		if tone := siptest.AwaitTone(b.t, p, w.Hertz); math.Abs(tone.Level-w.Level) > 3 {
			return fmt.Errorf("the tone of %.0f Hz has %.1f dB, not %.1f", w.Hertz, tone.Level, w.Level)
		}
	case "silence":
		siptest.AwaitSilence(b.t, p)
	case "sees":
		siptest.AwaitFields(b.t, p, w.Film.Left, w.Film.Right)
	default:
		return fmt.Errorf("telephones do not know what %q is", w.Command)
	}
	return nil
}
