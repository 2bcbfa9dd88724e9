package elementtest_test

import (
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
	"sluice/engine/value"
)

func TestOutline(t *testing.T) {
	s := element.Spec{
		Sessions: []string{"browser", "phone"},
		Ports: []element.Port{
			element.In("video", media.Video, media.H264, media.VP8).NoBFrames(), element.Out("audio", media.Audio, media.Opus),
		},
		Fields: []element.Field{
			element.Span("wait", 0, time.Minute).Or(time.Second).Playing(),
			element.Setting("name", value.String).Must().Shapes(),
			element.Choice("size", "small", "large"),
			{Name: "codecs", Constraint: value.Constraint{Type: value.List, Item: &value.Constraint{Type: value.Codec}}},
			{Name: "url", Constraint: value.Constraint{Type: value.URI, Pattern: "ws://.+"}},
		},
	}
	const want = `browser phone
video <- h264 vp8, in order
audio -> opus
wait~: duration 1s (0s..1m)
name*#: string
size: enum (small large)
codecs: list of codec
url: uri /ws://.+/`
	if got := elementtest.Outline(s); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	events := []element.Trigger{
		{Event: "boot"},
		{Event: "door.knock", Path: true, Sessions: []string{"peer"}, Vars: []element.Var{{Name: "who", Type: value.String}}},
	}
	if got := elementtest.OutlineEvents(events); got != "boot\ndoor.knock / $peer who:string" {
		t.Errorf("got %s", got)
	}
}
