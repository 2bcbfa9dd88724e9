package event

import (
	"encoding/json"
	"testing"
	"time"

	"sluice/engine/fault"
)

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"stream.ended": true, "boot": true, "rtmp.publish_2": true,
		"": false, ".": false, "stream.": false, ".ended": false, "a.b.c": false,
		"Stream.ended": false, "stream ended": false, "2x.y": false, "_a.b": false, "stream.ended\n": false, "ström.ended": false,
	} {
		if got := ValidName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestWithAndBringLeaveTheOriginalAlone(t *testing.T) {
	first := Event{Name: "ws.call"}.With("to", "bob").Bring(Browser, "b1")
	second := first.With("to", "eve").Bring(Phone, "p1")
	if first.Vars["to"] != "bob" || len(first.Sessions) != 1 {
		t.Errorf("the first became %+v", first)
	}
	if second.Vars["to"] != "eve" || second.Sessions[Browser] != "b1" || second.Sessions[Phone] != "p1" {
		t.Errorf("the second is %+v", second)
	}
}

func TestEventAsJSON(t *testing.T) {
	e := Event{
		Seq: 7, Time: time.Unix(0, 0).UTC(), Name: StreamEnded, Path: "/cam",
		Body: Stream{Name: "cam", Publication: 3, Cause: CauseOf(fault.New(fault.Stalled, "", "media stopped"))},
	}
	got, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"seq":7,"time":"1970-01-01T00:00:00Z","name":"stream.ended","path":"/cam","body":{"name":"cam","publication":3,` +
		`"cause":{"code":"stalled","text":"media stopped","blame":"peer"}}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBodiesAsJSON(t *testing.T) {
	for want, body := range map[string]any{
		`{"name":"cam","publication":3,"kind":"audio","muted":true}`: Mute{Name: "cam", Publication: 3, Kind: "audio", Muted: true},
		`{"name":"cam","publication":3,"payload":{"count":23}}`:      Data{Name: "cam", Publication: 3, Payload: json.RawMessage(`{"count":23}`)},
	} {
		if got, err := json.Marshal(body); err != nil || string(got) != want {
			t.Errorf("got  %s, %v\nwant %s", got, err, want)
		}
	}
}

func TestCauseOfNothing(t *testing.T) {
	if c := CauseOf(nil); c != nil {
		t.Errorf("got %+v", c)
	}
}
