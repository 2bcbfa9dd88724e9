package browser

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"sluice/api/sip/siptest"
	"sluice/cmd/sluice/browser/drive"
)

// phones are scenarios of pages that call telephones. Their servers convert, as telephones and browsers have few codecs in common. Each has
// a registrar of its own.
func phones() []scenario {
	return []scenario{
		{name: "phone"},
	}
}

// calling are the settings of their servers.
func calling() []string {
	return []string{
		"SLUICE_SIP_DOMAINS=127.0.0.1", "SLUICE_SIP_ADDRESS=127.0.0.1", "SLUICE_SIP_PORTS={ports}", "SLUICE_SIP_MEDIA_PORTS={ports}", "SLUICE_CPUS=16",
	}
}

func TestPhones(t *testing.T) {
	needBrowser(t)
	path, err := programWithGStreamer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(removePrograms)
	out, err := filepath.Abs(filepath.Join("..", "..", "..", "out", "browser"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	d := drive.Start(t)
	for _, s := range phones() {
		t.Run(s.name, func(t *testing.T) {
			folder := filepath.Join(out, s.name)
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			b := booth{
				t: t, registrar: siptest.StartRegistrar(t, siptest.RegistrarOptions{}), phones: map[string]*siptest.Baresip{}, work: make(chan func()),
			}
			server := startServer(t, path, folder, "server0", append(calling(), s.settings...)...)
			b.play(d, brief{Scenario: s.name, Out: folder, Servers: []addresses{server.addresses}, Registrar: b.registrar.Address})
		})
	}
}

// booth has the telephones of a scenario. All that is done with them is done on the test's goroutine, which a telephone that fails ends.
type booth struct {
	t         *testing.T
	registrar *siptest.Registrar
	phones    map[string]*siptest.Baresip
	work      chan func()
}

// play plays a scenario to its end.
func (b *booth) play(d *drive.Driver, what brief) {
	b.t.Helper()
	type end struct {
		notes json.RawMessage
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		notes, err := d.Ask("run", what, b.asked)
		ended <- end{notes, err}
	}()
	for {
		select {
		case do := <-b.work:
			do()
		case e := <-ended:
			if e.err != nil {
				b.t.Fatalf("%v\nits messages and pictures are in %s", e.err, what.Out)
			}
			b.t.Logf("notes: %s", e.notes)
			return
		}
	}
}

// wish is what a scenario wants of a telephone.
type wish struct {
	User, Command string
	Hertz         float64
	To, Text      string
	Count         int
	Manual, SRTP  bool
	Codecs        []siptest.Codec
	Film          siptest.Film
}

// asked has the test's goroutine do what a scenario asks for, and waits for that.
func (b *booth) asked(what string, with json.RawMessage) error {
	var w wish
	if err := json.Unmarshal(with, &w); err != nil {
		return err
	}
	done := make(chan error, 1)
	do := func() {
		switch what {
		case "phone":
			done <- b.phone(w)
		case "contacts":
			b.registrar.AwaitContacts(w.User, w.Count)
			done <- nil
		default:
			done <- fmt.Errorf("the test does not know what %q is", what)
		}
	}
	select {
	case b.work <- do:
		return <-done
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
		const loudness = -10.5 // of pages in costume (testdata/browser/lib/costume.js)
		if tone := siptest.AwaitTone(b.t, p, w.Hertz); math.Abs(tone.Level-loudness) > 3 {
			return fmt.Errorf("the tone of %.0f Hz has %.1f dB, not %.1f", w.Hertz, tone.Level, loudness)
		}
	case "sees":
		siptest.AwaitFields(b.t, p, w.Film.Left, w.Film.Right)
	default:
		return fmt.Errorf("telephones do not know what %q is", w.Command)
	}
	return nil
}
