package codec_test

import (
	"slices"
	"testing"
	"time"

	"sluice/elements/codec"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
)

// sketch adds a chain to a piece, checks it against GStreamer's registry, and writes it as text.
func sketch(t *testing.T, c codec.Chain) string {
	t.Helper()
	p := element.NewPiece("node", nil, nil)
	c.AddTo(p, element.Pad{}, "", "")
	for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
		t.Error(fault)
	}
	return elementtest.Sketch(p)
}

func TestAddTo(t *testing.T) {
	p := element.NewPiece("node", nil, nil)
	ends := codec.Chain{{Name: "a", Factory: "demux", Out: "video"}, {Name: "b", Factory: "dec", Before: "video/x-vp8"}}.
		AddTo(p, element.Pad{Part: "read", Name: "src"}, "k", "v")
	const want = "va[k]: demux\nvb[k]: dec\nread.src -> va[k]\nva.video -> [video/x-vp8] -> vb[k]"
	if got := elementtest.Sketch(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if ends.First != (element.Pad{Part: "va"}) || ends.Last != (element.Pad{Part: "vb"}) {
		t.Errorf("ends are %+v", ends)
	}
	if ends := (codec.Chain{}).AddTo(p, element.Pad{Part: "x"}, "", ""); ends.First.Part != "x" || ends.Last.Part != "x" {
		t.Errorf("the ends of nothing are %+v", ends)
	}
}

func TestFramer(t *testing.T) {
	for _, info := range media.Codecs() {
		chain := codec.Framer(info.Codec)
		sketch(t, chain)
		if len(chain) > 1 {
			t.Errorf("%s: %v", info.Codec, chain.Factories())
		}
	}
	if got := codec.Framer(media.H264).Factories(); !slices.Equal(got, []string{"h264parse"}) {
		t.Errorf("h264: %v", got)
	}
	if got := codec.Framer(media.PCMU); got != nil {
		t.Errorf("pcmu: %v", got)
	}
}

func TestTarget(t *testing.T) {
	for want, target := range map[string]codec.Target{
		"h264":          {Codec: media.H264},
		"h264 1280x720": {Codec: media.H264, Width: 1280, Height: 720},
		"vp8 640 wide":  {Codec: media.VP8, Width: 640},
		"vp8 360 high":  {Codec: media.VP8, Height: 360},
		"raw audio":     {Kind: media.Audio},
	} {
		if got := target.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if f := (codec.Target{Kind: media.Video, Codec: media.H264}).Give(); f.Caps != "video/x-h264,profile=constrained-baseline" {
		t.Errorf("h264 gives %+v", f)
	}
	if f := (codec.Target{Kind: media.Audio}).Give(); f.Caps != "audio/x-raw" || f.Codec != "" {
		t.Errorf("raw sound gives %+v", f)
	}
	if !(codec.Target{Codec: media.Opus, Keyframe: time.Second}).Plain() || (codec.Target{Rate: 1}).Plain() {
		t.Error("plain is what asks for nothing but a codec")
	}
}

func TestResult(t *testing.T) {
	const want = "result: appsink sync=false async=false emit-signals=false max-buffers=7 drop=true wait-on-eos=false"
	if got := sketch(t, codec.Chain{codec.Result(7)}); got != want {
		t.Errorf("got %s", got)
	}
}
