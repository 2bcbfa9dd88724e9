package hls_test

import (
	"errors"
	"testing"

	"sluice/elements/hls"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func input(c media.Codec) element.Input {
	return element.Input{Port: string(c.Kind()), Format: element.Format{Kind: c.Kind(), Codec: c}, Outside: true}
}

func TestDomain(t *testing.T) {
	for segments, want := range map[string]element.Domain{"": element.Go, "fmp4": element.Go, "ts": element.Gst} {
		if got := (hls.Out{}).Domain(element.Conf{"segments": segments}); got != want {
			t.Errorf("%q is in %s, want %s", segments, got, want)
		}
	}
}

func TestTransportStream(t *testing.T) {
	const result = "mux: mpegtsmux\nresult: appsink sync=false async=false emit-signals=false max-buffers=2000 drop=true wait-on-eos=false\n"
	for name, c := range map[string]struct {
		in   []element.Input
		want string
	}{
		"picture and sound": {[]element.Input{input(media.H264), input(media.AAC)},
			"audio => aparse\nvideo => vparse\nvparse: h264parse config-interval=-1\naparse: aacparse\n" + result +
				"vparse -> mux.sink_%d\naparse -> mux.sink_%d\nmux -> result"},
		"sound alone": {[]element.Input{input(media.MP3)},
			"audio => aparse\naparse: mpegaudioparse\n" + result + "aparse -> mux.sink_%d\nmux -> result"},
		"unknown": {[]element.Input{{Port: "video", Format: element.Format{Kind: media.Video}}},
			"video => mux.sink_%d\n" + result + "mux -> result"},
	} {
		t.Run(name, func(t *testing.T) {
			p := element.NewPiece("hls", c.in, nil)
			if err := (hls.Out{}).Build(p, element.Conf{"segments": "ts"}); err != nil {
				t.Fatal(err)
			}
			if got := elementtest.Sketch(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
				t.Error(fault)
			}
		})
	}
	err := (hls.Out{}).Build(element.NewPiece("hls", []element.Input{input(media.AV1)}, nil), element.Conf{"segments": "ts"})
	if !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("av1: %v", err)
	}
}
