package hub

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestStreamsAreDescribed(t *testing.T) {
	clock := enginetest.NewClock()
	h := newHub(t, Options{Clock: clock})
	if h.Has("b") || h.Streams() != nil {
		t.Error("there is something before anything was published")
	}
	p := publish(t, h, "b", describing(media.VP8), PublishOptions{})
	publish(t, h, "a", describing(media.Opus), PublishOptions{Form: Units})
	s := newSink()
	join(t, h, "b", browser, s, ReadOptions{})
	packets := vp8Packets(true, 1, 3)
	packets[2].Header.Timestamp = packets[1].Header.Timestamp // of the same picture
	write(t, p, 0, packets)
	got := h.Streams()
	if len(got) != 2 || got[0].Name != "a" || got[1].Name != "b" || !h.Has("a") {
		t.Fatalf("got %+v", got)
	}
	b := got[1]
	if b.Readers != 1 || !b.Since.Equal(clock.Now()) || b.Tracks[0].Readers != 1 || b.Tracks[0].Form != Packets ||
		b.Tracks[0].Stats.Units != 3 || b.Tracks[0].Stats.Bytes != 6 || b.Tracks[0].Stats.Keyframes != 1 || b.Tracks[0].Begun != 2 {
		t.Errorf("got %+v", b)
	}
	if text, err := json.Marshal(got); err != nil || !strings.Contains(string(text), `"name":"b"`) {
		t.Errorf("as JSON %s, %v", text, err)
	}
	p.Close(nil)
	if h.Has("b") {
		t.Error("it is there after its end")
	}
}

func TestEventsComeInOrder(t *testing.T) {
	var mu sync.Mutex
	var events []Event
	h := New(Options{Notify: func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}})
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	if _, err := p.AddAlternative(media.NewTrack(media.H264), AlternativeOptions{}); err != nil {
		t.Fatal(err)
	}
	r := join(t, h, "cam", browser, newSink(), ReadOptions{})
	join(t, h, "cam", browser, newSink(), ReadOptions{})
	r.Close()
	publish(t, h, "cam", describing(media.VP8), PublishOptions{Policy: Replace})
	h.Close()
	var got []What
	for _, e := range events {
		got = append(got, e.What)
		if e.Stream != "cam" || e.Publication == 0 || e.Time.After(time.Now()) {
			t.Errorf("%+v", e)
		}
	}
	want := []What{
		StreamPublished, StreamChanged, ReaderJoined, ReaderJoined, ReaderLeft,
		StreamEnded, StreamPublished, StreamEnded, ReaderLeft,
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
	expectCode(t, events[5].Reason, fault.NameInUse)
	if events[4].Reason != nil || events[4].Reader != events[2].Reader || events[8].Publication == events[0].Publication {
		t.Errorf("the wrong ones left: %+v", events)
	}
}
