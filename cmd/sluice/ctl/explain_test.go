package ctl

import (
	"strings"
	"testing"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

// TestExplainConversions tells sizes of which only one is asked for as such, and versions no longer than needed.
// TestExplainViewer tells of one viewer what was offered, chosen, converted and left out, and of a stream who was refused.
func TestExplainViewer(t *testing.T) {
	made := wire.Conversion{
		Kind: "audio", Codec: "opus", Graph: "web/convert@5f2c71b0aa", Pipeline: "c1", Elements: []string{"avdec_aac", "opusenc"}, Cost: 0.02, Busy: 0.0123,
	}
	var b strings.Builder
	err := ExplainViewer(wire.SessionExplanation{
		Session: wire.Session{ID: "v1", Protocol: "whep", Direction: "play", Stream: "cam", Graph: "web/play", Since: clock()},
		Streams: []wire.Explanation{{
			Name: "cam", Published: true, Refused: []wire.Refusal{{At: clock(), Event: "whep.play", Code: "codec_not_available", Text: "no\x1b[0m"}},
			Readers: []wire.Reader{{
				ID: 9, Name: "web/play/in", Since: clock(), Wants: "audio: opus", Offers: "video: vp8; audio: opus, pcmu", Sessions: []string{"v1"},
				Tracks: []wire.Choice{{Kind: "audio", Track: "opus", How: "conversion", Reason: "aac published, opus wanted", Conversion: &made}},
				Lacks:  []wire.Lack{{Kind: "video", Why: "h266 cannot be decoded"}},
			}},
		}},
	}, clock()).Write(&b, show.Style{})
	text := b.String()
	for _, want := range []string{
		"whep", "web/play", "offered video: vp8; audio: opus, pcmu", "serves v1",
		"gets audio opus, conversion: aac published, opus wanted, by web/convert@5f2c71b0", "pipeline c1: avdec_aac, opusenc; 0.02 CPUs estimated, 0.012 measured",
		"goes without video: h266 cannot be decoded", "whep.play, 0s ago: codec_not_available: no",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if err != nil || strings.Contains(text, "\x1b") || t.Failed() {
		t.Errorf("%v\n%s", err, text)
	}
}

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
