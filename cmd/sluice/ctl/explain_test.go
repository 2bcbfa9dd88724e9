package ctl

import (
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

// TestExplainConversions tells sizes of which only one is asked for as such, and versions no longer than needed.
func TestExplainConversions(t *testing.T) {
	version := strings.Repeat("5f2c71b0", 8)
	list := []wire.Conversion{
		{Kind: "video", Codec: "vp8", Width: 320, Graph: "web/convert@" + version, Readers: 2},
		{Kind: "video", Codec: "h264", Height: 180, FPS: 15, Bitrate: 500_000, Quality: 50, Graph: "web/convert@5f"},
		{Kind: "video", Codec: "h264", Width: 640, Height: 360},
		{Kind: "audio", Codec: "opus", Rate: 48000, Channels: 2, Graph: "web/convert"},
	}
	for i, want := range []string{"vp8 320 wide", "h264 180 high 15 fps 500kbit/s quality 50", "h264 640x360", "opus 48000 Hz 2 ch"} {
		if got := conversionText(list[i]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	var b strings.Builder
	err := ExplainStream(wire.Explanation{
		Name: "cam", Published: true, Conversions: list,
		Readers: []wire.Reader{{ID: 9, Since: clock(), Tracks: []wire.Choice{{
			Kind: "video", Track: "vp8", How: "converted", Reason: "asked", Conversion: &list[0],
		}}}},
	}, clock()).Write(&b, show.Style{})
	text := b.String()
	if err != nil || strings.Contains(text, version) || strings.Count(text, "web/convert@5f2c71b0") != 2 || !strings.Contains(text, "web/convert@5f\n") {
		t.Errorf("%v\n%s", err, text)
	}
}
