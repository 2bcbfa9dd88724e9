package hub

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMuteIsToldOnceAndKeptForLateReaders(t *testing.T) {
	events := make(chan Event, 10)
	h := New(Options{Notify: func(e Event) { events <- e }})
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	p.Mute(media.Audio, false) // nothing new
	p.Mute(media.Audio, true)
	p.Mute(media.Audio, true)
	p.Mute(media.Video, true)
	p.Mute("smell", true)
	if info, ok := h.Stream("cam"); !ok || !slices.Equal(info.Muted, []media.Kind{media.Audio, media.Video}) {
		t.Errorf("it is described as %+v", info)
	}
	p.Mute(media.Audio, false)
	if got := p.Muted(); !slices.Equal(got, []media.Kind{media.Video}) {
		t.Errorf("muted are %v", got)
	}
	next := publish(t, h, "cam", describing(media.VP8), PublishOptions{Policy: Replace})
	p.Mute(media.Audio, true) // too late
	if len(next.Muted()) != 0 {
		t.Error("who takes over is muted")
	}
	h.Close()
	close(events)
	var got []string
	for e := range events {
		if e.What == StreamMuted {
			got = append(got, string(e.Kind)+map[bool]string{true: " on", false: " off"}[e.Muted])
		}
	}
	if want := []string{"audio on", "video on", "audio off"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestSayReachesWhoListens(t *testing.T) {
	events := make(chan Event, 10)
	h := newHub(t, Options{Notify: func(e Event) { events <- e }})
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	for _, bad := range []string{"", "{", `"` + strings.Repeat("x", maxSaid) + `"`} {
		expectCode(t, p.Say(json.RawMessage(bad)), fault.InvalidRequest)
	}
	longest := `"` + strings.Repeat("x", maxSaid-2) + `"`
	for _, good := range []string{`{"count":23}`, longest} {
		if err := p.Say(json.RawMessage(good)); err != nil {
			t.Fatal(err)
		}
	}
	<-events // of its publishing
	if e := <-events; e.What != StreamData || e.Stream != "cam" || e.Publication == 0 || string(e.Payload) != `{"count":23}` {
		t.Errorf("told %+v", e)
	}
	<-events
	p.Close(nil)
	expectCode(t, p.Say(json.RawMessage("1")), fault.Closed)
}

// What a publisher says of what is private is said of what is made of it.
func TestEcho(t *testing.T) {
	heard := make(chan Event, 8)
	h := newHub(t, Options{Notify: func(e Event) { heard <- e }})
	from, err := h.Private(describing(media.VP8, media.Opus), PublishOptions{})
	if err != nil {
		t.Fatal(err)
	}
	from.Mute(media.Audio, true)
	to := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	from.Echo(to)
	from.Mute(media.Audio, false)
	if err := from.Say(json.RawMessage(`1`)); err != nil {
		t.Fatal(err)
	}
	var got []What
	for len(got) < 4 {
		e := <-heard
		got = append(got, e.What)
		if e.Stream != "cam" {
			t.Errorf("heard of %q", e.Stream)
		}
	}
	if want := []What{StreamPublished, StreamMuted, StreamMuted, StreamData}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}
