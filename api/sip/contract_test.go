package sip_test

import (
	"testing"
	"time"

	"sluice/api/sip"
	"sluice/api/sip/leg"
	"sluice/api/sip/ports"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
)

// nobody hears of a leg.
type nobody struct{}

func (nobody) Key(string)           {}
func (nobody) Silent(time.Duration) {}
func (nobody) Left(error)           {}
func (nobody) Renewed()             {}
func (nobody) Broken(error)         {}

// fresh gives everybody who asks for a session a leg of his own. They are made before, as their life is not the elements'.
type fresh chan *leg.Leg

func newFresh(t *testing.T) fresh {
	const most = 16
	pool, err := ports.New(ports.Options{First: 31000, Last: 31999})
	if err != nil {
		t.Fatal(err)
	}
	f := make(fresh, most)
	for range most {
		l, err := leg.New(leg.Options{Ports: pool, Audio: true, Watch: nobody{}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close(nil) })
		f <- l
	}
	return f
}

// Session implements element.Sessions.
func (f fresh) Session(string) (any, bool) { return <-f, true }

// TestContract does what elementtest.Check does, but that each element gets a call.
func TestContract(t *testing.T) {
	for _, d := range sip.Elements() {
		spec := d.Spec()
		env := elementtest.Env(t)
		env.Sessions = newFresh(t)
		faults := append(elementtest.Describe(spec), elementtest.Examples(spec)...)
		for _, f := range append(faults, elementtest.Lives(t.Context(), env, d.(element.Factory))...) {
			t.Errorf("%s: %s", spec.Name, f)
		}
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"sip.in": `phone
audio -> pcmu pcma g722 g729 speex opus
video -> h264 vp8 h265
session: string
jitter: duration 60ms (0s..500ms)`,
		"sip.out": `phone
audio <- pcmu pcma g722 g729 speex opus
video <- h264 vp8 h265, in order
session: string
dtmf: enum rfc4733 (rfc4733 info off)
ptime: duration 20ms (10ms..60ms)`,
	}
	for _, d := range sip.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(sip.Elements()) {
		t.Errorf("%d elements, not %d", len(sip.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `sip.invite / $phone $browser from:string to:string headers:map account:string host:string`
	if got := elementtest.OutlineEvents(sip.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(sip.Triggers()) {
		t.Error(fault)
	}
}
