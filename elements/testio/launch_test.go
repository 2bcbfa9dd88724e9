package testio_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/elements/testio"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
	"sluice/engine/value"
)

// TestPlays has gst-launch play what test.in is made of into what test.out is made of, and counts what arrives. It needs
// GStreamer's tools, and is left out where they are missing or tests are short.
func TestPlays(t *testing.T) {
	if testing.Short() {
		t.Skip("needs time")
	}
	program.Need(t, "gst-launch-1.0")
	small := value.Dimensions{Width: 160, Height: 90}
	for name, c := range map[string]struct {
		conf   element.Conf
		port   string
		media  string
		frames int
		first  string // time of the first frame
	}{
		"raw sound":    {element.Conf{}, "audio", "audio/x-raw", 50, "0:00:00.000000000"},
		"raw pictures": {element.Conf{}, "video", "video/x-raw", 25, "0:00:00.000000000"},
		"µ-law":        {element.Conf{"audio": "pcmu"}, "audio", "audio/x-mulaw", 51, "0:00:00.000000000"},
		"Opus":         {element.Conf{"audio": "opus"}, "audio", "audio/x-opus", 51, "0:00:00.000000000"}, // the end of its look-ahead
		"H.264":        {element.Conf{"video": "h264", "pattern": "moving"}, "video", "video/x-h264", 25, "1000:00:00.000000000"},
		"VP8 at 10":    {element.Conf{"video": "vp8", "fps": value.Ratio{Num: 10, Den: 1}}, "video", "video/x-vp8", 10, "0:00:00.000000000"},
		"late":         {element.Conf{"silent": 3 * time.Second}, "audio", "audio/x-raw", 50, "0:00:03.000000000"},
		"late and live": {
			element.Conf{"silent": 100 * time.Millisecond, "live": true, "length": 100 * time.Millisecond}, "video", "video/x-raw", 3,
			"0:00:00.100000000",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conf := element.Conf{"tone": int64(440), "length": time.Second, "keyframe": time.Second, "size": small}
			for k, v := range c.conf {
				conf[k] = v
			}
			out := play(t, conf, c.port)
			if !strings.Contains(out, "asink.GstPad:sink: caps = "+c.media) && !strings.Contains(out, "vsink.GstPad:sink: caps = "+c.media) {
				t.Errorf("no %s arrived", c.media)
			}
			var frames []string
			for line := range strings.Lines(out) {
				if strings.Contains(line, "last-message = chain") {
					frames = append(frames, line)
				}
			}
			if len(frames) != c.frames || !strings.Contains(frames[0], "pts: "+c.first) {
				t.Errorf("%d frames, not %d, from %s on; the first: %.1v", len(frames), c.frames, c.first, frames)
			}
		})
	}
}

func play(t *testing.T, conf element.Conf, port string) string {
	t.Helper()
	in := element.NewPiece("in", nil, []element.Output{{Port: port}})
	if err := (testio.In{}).Build(in, conf); err != nil {
		t.Fatal(err)
	}
	out := element.NewPiece("out", []element.Input{{Port: port, Format: element.Format{Kind: media.Kind(port)}}}, nil)
	if err := (testio.Out{}).Build(out, element.Conf{}); err != nil {
		t.Fatal(err)
	}
	at := element.PortKey{Port: port}
	// Silent, a fakesink tells no one what passes it.
	sink := slices.Insert(elementtest.Launch(out), 1, "silent=false")
	line := slices.Concat([]string{"-v"}, elementtest.Launch(in), sink, []string{in.Exits[at].Part + ".", "!", out.Entries[at].Part + "."})
	text, err := program.Try(t, "gst-launch-1.0", line...)
	if err != nil {
		t.Fatalf("%v\ngst-launch-1.0 %s\n%s", err, strings.Join(line, " "), text)
	}
	return text
}
