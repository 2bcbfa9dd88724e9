package codec_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/elements/codec"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
)

// these chooses the first of some, and refuses nothing.
type these []string

func (c these) Choose(among []string) (string, error) {
	for _, name := range among {
		if slices.Contains(c, name) {
			return name, nil
		}
	}
	return among[len(among)-1], nil
}

func (these) Refuse(string) error { return nil }

// text writes a chain that no registry here knows all of.
func text(t *testing.T, target codec.Target, c element.Chooser) string {
	t.Helper()
	target.Kind = media.Video
	chain, err := codec.Encoder("", target, c)
	if err != nil {
		t.Fatal(err)
	}
	p := element.NewPiece("node", nil, nil)
	chain.AddTo(p, element.Pad{}, "", "")
	for _, part := range p.Parts {
		if part.Replaceable != codec.Device(part.Factory) {
			t.Errorf("%s is replaceable: %t", part.Factory, part.Replaceable)
		}
	}
	return elementtest.Sketch(p) + " "
}

// TestDevices: what each family of devices is told, with and without a wish for quality.
func TestDevices(t *testing.T) {
	for name, c := range map[string]struct {
		encoder string
		target  codec.Target
		want    []string
	}{
		"NVENC": {"nvh264enc", codec.Target{Codec: media.H264, Bitrate: 2_000_000, Group: 50}, []string{
			"enc: nvh264enc bitrate=2000 gop-size=50 bframes=0 zerolatency=true preset=low-latency-hq rc-mode=cbr",
			"[video/x-raw,format=NV12,", "enc -> [video/x-h264,profile=constrained-baseline] -> head",
		}},
		"NVENC by quality, for a film": {"nvh265enc", codec.Target{Codec: media.H265, Quality: 100, Film: true, Speed: codec.Slow}, []string{
			"zerolatency=false preset=hq rc-mode=vbr const-quality=18", "head: h265parse",
		}},
		"VA": {"vah264enc", codec.Target{Codec: media.H264, Bitrate: 2_000_000, Profile: "main", Speed: codec.Fastest}, []string{
			"enc: vah264enc key-int-max=60 b-frames=0 target-usage=7 rate-control=cbr bitrate=2000", "[video/x-h264,profile=main]",
		}},
		"VA by quality":        {"vah265enc", codec.Target{Codec: media.H265, Quality: 100}, []string{"rate-control=cqp qpi=18 qpp=18"}},
		"VA of old":            {"vaapih264enc", codec.Target{Codec: media.H264, Bitrate: 1_000_000}, []string{"enc: vaapih264enc keyframe-period=60 quality-level=4 max-bframes=0 rate-control=cbr bitrate=1000"}},
		"VA of old by quality": {"vaapih264enc", codec.Target{Codec: media.H264, Quality: 1}, []string{"rate-control=cqp init-qp=45"}},
		"VP8 has no B-frames":  {"vaapivp8enc", codec.Target{Codec: media.VP8, Quality: 50}, []string{"enc: vaapivp8enc keyframe-period=60 quality-level=4 rate-control=cbr"}},
		"Quick Sync": {"qsvh264enc", codec.Target{Codec: media.H264, Bitrate: 1_000_000}, []string{
			"enc: qsvh264enc bitrate=1000 gop-size=60 rate-control=cbr low-latency=true target-usage=4 b-frames=0",
		}},
		"Quick Sync, VP9": {"qsvvp9enc", codec.Target{Codec: media.VP9, Bitrate: 1_000_000}, []string{"low-latency=true target-usage=4 \n"}},
		"Quick Sync of old": {"msdkh264enc", codec.Target{Codec: media.H264, Bitrate: 1_000_000, Film: true}, []string{
			"enc: msdkh264enc bitrate=1000 gop-size=60 rate-control=cbr b-frames=0 async-depth=4 target-usage=4",
		}},
		"V4L2": {"v4l2h264enc", codec.Target{Codec: media.H264, Bitrate: 1_000_000}, []string{
			"extra-controls=controls,video_bitrate=1000000,h264_i_frame_period=60,video_b_frames=0,repeat_sequence_header=1",
			"format=(string){I420,NV12}", "[video/x-h264,profile=constrained-baseline,level=(string)4]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.ReplaceAll(text(t, c.target, these{c.encoder}), "\n", " \n")
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("there is no %q in\n%s", want, got)
				}
			}
		})
	}
}

// TestWhichEncoder: a device is used if it is chosen, and never for what it cannot take, or where the graph says otherwise.
func TestWhichEncoder(t *testing.T) {
	nv := these{"nvh264enc", "x264enc"}
	for name, c := range map[string]struct {
		target  codec.Target
		chooser element.Chooser
		want    string
	}{
		"chosen":                    {codec.Target{}, nv, "nvh264enc"},
		"nobody chooses":            {codec.Target{}, nil, "x264enc"},
		"a small picture":           {codec.Target{Width: 144}, nv, "x264enc"},
		"a low one":                 {codec.Target{Height: 48}, nv, "x264enc"},
		"one that is large enough":  {codec.Target{Width: 160, Height: 90}, nv, "nvh264enc"},
		"software":                  {codec.Target{Encoder: codec.Software}, nv, "x264enc"},
		"auto":                      {codec.Target{Encoder: codec.Auto}, nv, "nvh264enc"},
		"named":                     {codec.Target{Encoder: "openh264enc"}, these{"openh264enc"}, "openh264enc"},
		"named, and nobody chooses": {codec.Target{Encoder: "nvh264enc"}, nil, "nvh264enc"},
	} {
		t.Run(name, func(t *testing.T) {
			c.target.Codec = media.H264
			if got := text(t, c.target, c.chooser); !strings.Contains(got, "enc: "+c.want+" ") {
				t.Errorf("there is no %s in\n%s", c.want, got)
			}
		})
	}
	if _, err := codec.Encoder("", codec.Target{Kind: media.Video, Codec: media.VP8, Encoder: "x264enc"}, nv); err == nil || err.Error() != "x264enc does not make vp8" {
		t.Errorf("x264enc for VP8: %v", err)
	}
}

// TestOtherSound: where libav is not to be used, others code sound with what they need around them.
func TestOtherSound(t *testing.T) {
	for of, want := range map[media.Codec]string{
		media.AAC: "enc: voaacenc bitrate=128000\nhead: aacparse", media.MP2: "enc: twolamemp2enc bitrate=128",
	} {
		chain, err := codec.Encoder("", codec.Target{Kind: media.Audio, Codec: of}, these{"voaacenc", "twolamemp2enc"})
		if err != nil {
			t.Fatal(err)
		}
		if got := sketch(t, chain); !strings.Contains(got, want) {
			t.Errorf("%s: there is no %q in\n%s", of, want, got)
		}
	}
	for of, want := range map[media.Codec]string{media.H264: "openh264dec", media.H265: "libde265dec", media.AAC: "faad"} {
		chain, err := codec.Decoder(codec.Source{Kind: of.Kind(), Codec: of, Outside: true}, these{want})
		if err != nil {
			t.Fatal(err)
		}
		if got := chain.Factories(); got[len(got)-1] != want || len(got) != 2 {
			t.Errorf("%s is decoded by %v", of, got)
		}
	}
}

// TestMakers: every maker of a codec is there for it alone, and devices go before others.
func TestMakers(t *testing.T) {
	seen := map[string]media.Codec{}
	for _, info := range media.Codecs() {
		device := true
		for _, name := range codec.Makers(info.Codec) {
			if first, twice := seen[name]; twice {
				t.Errorf("%s makes %s and %s", name, first, info.Codec)
			}
			seen[name] = info.Codec
			if codec.Device(name) && !device {
				t.Errorf("%s comes after what needs no device", name)
			}
			device = codec.Device(name)
		}
		if codec.Makes(info.Codec, nil) == (info.Codec == media.VP6) {
			t.Errorf("%s is made: %t", info.Codec, codec.Makes(info.Codec, nil))
		}
	}
	if codec.Makes("", nil) || codec.Device("x264enc") || codec.Device("vaenc") {
		t.Error("what is none is taken for one")
	}
}
