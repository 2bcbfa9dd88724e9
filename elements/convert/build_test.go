package convert_test

import (
	"errors"
	"strings"
	"testing"

	"sluice/elements/convert"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

func coded(c media.Codec) element.Format { return element.Format{Kind: c.Kind(), Codec: c} }

// reordered is a codec with B-frames: as an input it has them, as a wish it takes them.
func reordered(c media.Codec) element.Format {
	return element.Format{Kind: c.Kind(), Codec: c, BFrames: true}
}

func raw(k media.Kind) element.Format { return element.Format{Kind: k, Caps: element.RawCaps(k)} }

// wants is the list of a reader; nil takes anything.
func wants(list ...element.Format) []element.Format { return list }

// lane is what comes in at a port, from a peer, and what its reader wants.
type lane struct {
	in   element.Format
	want []element.Format
}

func piece(lanes ...lane) *element.Piece {
	p := element.NewPiece("to", nil, nil)
	for _, l := range lanes {
		port := string(l.in.Kind)
		p.Inputs = append(p.Inputs, element.Input{Port: port, Format: l.in, Outside: l.in.Caps == ""})
		p.Outputs = append(p.Outputs, element.Output{Port: port, Want: l.want})
	}
	return p
}

const (
	even = "[video/x-raw,format=I420,width=(int)[2,8192,2],height=(int)[2,8192,2]]"
	h264 = "venc: x264enc tune=zerolatency speed-preset=veryfast bframes=0 key-int-max=60 bitrate=1935\n" +
		"vhead: h264parse config-interval=-1\n"
	baseline = "venc -> [video/x-h264,profile=constrained-baseline] -> vhead\nvhead => video h264"
	decode   = "video => vparse\nvparse: h264parse\nvdec: avdec_h264\nvscale: videoconvertscale\n"
	guarded  = "vparse -> [video/x-h264,chroma-format=(string)4:2:0,bit-depth-luma=(uint)8,bit-depth-chroma=(uint)8] -> vdec\n"
	opus     = "aenc: opusenc bitrate=64000 complexity=5 frame-size=20\n"
)

func TestConvert(t *testing.T) {
	for name, c := range map[string]struct {
		lanes []lane
		conf  element.Conf
		want  string
	}{
		"nothing linked": {nil, element.Conf{}, ""},
		"an open slot whose sides agree": {
			[]lane{{coded(media.Opus), wants(coded(media.PCMU), coded(media.Opus))}}, element.Conf{}, "audio = audio",
		},
		"an open slot before anything": {[]lane{{coded(media.VP8), nil}}, element.Conf{}, "video = video"},
		"the codec it has":             {[]lane{{coded(media.Opus), nil}}, element.Conf{"codec": "opus"}, "audio = audio"},
		"a codec of the other kind":    {[]lane{{coded(media.VP8), nil}}, element.Conf{"codec": "opus"}, "video = video"},
		"zeros ask for nothing": {
			[]lane{{coded(media.VP8), nil}}, element.Conf{"width": int64(0), "bitrate": value.Bits(0)}, "video = video",
		},
		"B-frames to one who takes them": {[]lane{{reordered(media.H264), wants(reordered(media.H264))}}, element.Conf{}, "video = video"},
		"B-frames, because the graph says so": {
			[]lane{{reordered(media.H264), nil}}, element.Conf{"codec": "h264", "bframes": true}, "video = video",
		},
		"raw to raw":          {[]lane{{raw(media.Video), wants(raw(media.Video))}}, element.Conf{}, "video = video"},
		"raw, anything asked": {[]lane{{raw(media.Video), nil}}, element.Conf{}, "video = video"},
		"a phone to a browser, at 8 kHz": {
			[]lane{{coded(media.PCMU), wants(coded(media.Opus))}}, element.Conf{},
			"audio => adec\nadec: mulawdec\n" + opus + "adec -> [audio/x-raw,rate=8000,channels=1] -> aenc\naenc => audio opus",
		},
		"a browser to a phone, without a resampler": {
			[]lane{{coded(media.Opus), wants(coded(media.G729), coded(media.PCMU))}}, element.Conf{},
			"audio => adec\nadec: opusdec plc=true\naenc: sluiceg729enc\nadec -> [audio/x-raw,rate=8000,channels=1] -> aenc\naenc => audio g729",
		},
		"B-frames to one who cannot show them": {
			[]lane{{reordered(media.H264), wants(coded(media.VP8), coded(media.H264))}}, element.Conf{},
			decode + h264 + guarded + "vdec -> vscale\nvscale -> " + even + " -> venc\n" + baseline,
		},
		"B-frames where the hub asks for h264": {
			[]lane{{reordered(media.H264), wants(reordered(media.H264))}}, element.Conf{"codec": "h264"},
			decode + h264 + guarded + "vdec -> vscale\nvscale -> " + even + " -> venc\n" + baseline,
		},
		"unguarded": {
			[]lane{{coded(media.H264), nil}}, element.Conf{"codec": "mjpeg", "unguarded": true},
			decode + "venc: jpegenc quality=75\nvparse -> vdec\nvdec -> vscale\nvscale -> " + even + " -> venc\nvenc => video mjpeg",
		},
		"always, though it could pass": {
			[]lane{{coded(media.H264), wants(coded(media.H264))}}, element.Conf{"codec": "h264", "always": true},
			decode + h264 + guarded + "vdec -> vscale\nvscale -> " + even + " -> venc\n" + baseline,
		},
		"raw to a codec": {
			[]lane{{raw(media.Audio), nil}}, element.Conf{"codec": "pcma"},
			"audio => aconv\naconv: audioconvert\narate: audioresample\naenc: alawenc\naconv -> arate\n" +
				"arate -> [audio/x-raw,rate=8000,channels=1] -> aenc\naenc => audio pcma",
		},
		"a codec to raw": {
			[]lane{{coded(media.Opus), wants(raw(media.Audio))}}, element.Conf{}, "audio => adec\nadec: opusdec plc=true\nadec => audio audio/x-raw",
		},
		"unknown to opus": {
			[]lane{{element.Format{Kind: media.Audio}, wants(coded(media.Opus))}}, element.Conf{},
			"audio => adec\nadec: decodebin3\naconv: audioconvert\narate: audioresample\n" + opus +
				"adec.audio_%u -> aconv\naconv -> arate\narate -> [audio/x-raw,channels=(int)[1,2]] -> aenc\naenc => audio opus",
		},
		"only a size, so the same codec; an odd one made even": {
			[]lane{{coded(media.VP8), nil}}, element.Conf{"width": int64(321)},
			"video => vdec\nvdec: vp8dec\nvscale: videoconvertscale\nvenc: vp8enc deadline=1 cpu-used=4 lag-in-frames=0 " +
				"keyframe-max-dist=60 target-bitrate=120000 error-resilient=default threads=2 end-usage=cbr\nvdec -> vscale\n" +
				"vscale -> [video/x-raw,format=I420,width=320,height=(int)[2,8192,2],pixel-aspect-ratio=1/1] -> venc\nvenc => video vp8",
		},
		"two lanes, one of which passes": {
			[]lane{{coded(media.AAC), nil}, {coded(media.H264), nil}}, element.Conf{"codec": "opus", "bitrate": value.Bits(32_000)},
			"audio => aparse\naparse: aacparse\nadec: avdec_aac\naconv: audioconvert\narate: audioresample\n" +
				"aenc: opusenc bitrate=32000 complexity=5 frame-size=20\naparse -> adec\nadec -> aconv\naconv -> arate\n" +
				"arate -> [audio/x-raw,channels=(int)[1,2]] -> aenc\naenc => audio opus\nvideo = video",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := piece(c.lanes...)
			if err := (convert.Convert{}).Build(p, c.conf); err != nil {
				t.Fatal(err)
			}
			if got := elementtest.Sketch(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if (len(p.Parts) > 0) != (len(p.Notes) > 0) {
				t.Errorf("notes are %q", p.Notes)
			}
		})
	}
}

// TestBitrate: without a codec, a bit rate means the pictures, unless there are none.
func TestBitrate(t *testing.T) {
	sound, pictures := lane{coded(media.Opus), nil}, lane{coded(media.VP8), nil}
	for name, c := range map[string]struct {
		lanes []lane
		codec string
		want  string
		not   string
	}{
		"both":           {[]lane{sound, pictures}, "", "target-bitrate=50000", "aenc"},
		"sound alone":    {[]lane{sound}, "", "opusenc bitrate=50000", "venc"},
		"named pictures": {[]lane{sound, pictures}, "vp8", "target-bitrate=50000", "aenc"},
		"named sound":    {[]lane{sound, pictures}, "opus", "opusenc bitrate=50000", "venc"},
	} {
		t.Run(name, func(t *testing.T) {
			p := piece(c.lanes...)
			if err := (convert.Convert{}).Build(p, element.Conf{"codec": c.codec, "bitrate": value.Bits(50_000)}); err != nil {
				t.Fatal(err)
			}
			if got := elementtest.Sketch(p); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
				t.Errorf("want %s and not %s in\n%s", c.want, c.not, got)
			}
		})
	}
}

// TestRefusals: errors name what comes in and what is wanted.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		lane lane
		conf element.Conf
		want string
	}{
		"none can be made": {
			lane{coded(media.VP9), wants(coded(media.VP6))}, element.Conf{}, "video: vp9 comes in, vp6 is wanted, and none of those can be made",
		},
		"set to the wrong one": {
			lane{coded(media.VP9), wants(coded(media.H264), coded(media.VP8), raw(media.Video))}, element.Conf{"codec": "av1"},
			"video: it is set to make av1, but what follows takes h264, vp8 or raw media",
		},
		"nothing is wanted": {
			lane{reordered(media.H264), wants()}, element.Conf{"width": int64(64)}, "",
		},
		"an impossible rate": {
			lane{coded(media.Opus), nil}, element.Conf{"codec": "pcmu", "rate": int64(48000)}, "audio: opus comes in, and pcmu cannot have 48000 Hz",
		},
		"an unknown decoder": {
			lane{element.Format{Kind: media.Audio, Codec: "midi"}, nil}, element.Conf{"codec": "opus"}, "midi cannot be decoded",
		},
		"raw media that nobody encodes": {
			lane{raw(media.Video), wants(coded(media.VP6))}, element.Conf{}, "raw media comes in",
		},
		"unknown media that nobody encodes": {
			lane{element.Format{Kind: media.Video}, wants(coded(media.VP6), coded(media.VP6))}, element.Conf{},
			"an unknown codec comes in, vp6 is wanted",
		},
		"nobody takes anything": {
			lane{reordered(media.H264), []element.Format{}}, element.Conf{}, "h264 with B-frames comes in, nothing is wanted",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := (convert.Convert{}).Build(piece(c.lane), c.conf)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, fault.CodecNotAvailable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; wanted is %q", err, c.want)
			}
		})
	}
}

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		lanes []lane
		want  string
	}{
		"h264 from a peer": {
			[]lane{{coded(media.H264), nil}}, "video => vparse\nvparse: h264parse\nvdec: avdec_h264\n" + guarded + "vdec => video video/x-raw",
		},
		"both kinds": {
			[]lane{{coded(media.PCMA), nil}, {coded(media.VP8), nil}},
			"audio => adec\nvideo => vdec\nadec: alawdec\nvdec: vp8dec\nadec => audio audio/x-raw\nvdec => video video/x-raw",
		},
		"raw":     {[]lane{{raw(media.Audio), nil}}, "audio = audio"},
		"unknown": {[]lane{{element.Format{Kind: media.Video}, nil}}, "video => vdec\nvdec: decodebin3\nvdec.video_%u => video video/x-raw"},
		"nothing": {nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := piece(c.lanes...)
			if err := (convert.Decode{}).Build(p, element.Conf{}); err != nil {
				t.Fatal(err)
			}
			if got := elementtest.Sketch(p); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	err := (convert.Decode{}).Build(piece(lane{element.Format{Kind: media.Audio, Codec: "midi"}, nil}), element.Conf{})
	if !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("midi: %v", err)
	}
}

// TestHalfLinked: a port that is linked on one side only makes nothing.
func TestHalfLinked(t *testing.T) {
	p := piece(lane{coded(media.H264), nil})
	p.Outputs = nil
	for _, b := range []element.Builder{convert.Convert{}, convert.Decode{}} {
		if err := b.Build(p, element.Conf{"codec": "vp8"}); err != nil || len(p.Parts) > 0 {
			t.Errorf("%v, %v", p.Parts, err)
		}
	}
}

// TestCertainRates: who was told the configuration of AAC gets it in that rate, whatever comes.
func TestCertainRates(t *testing.T) {
	want := coded(media.AAC)
	want.Rate, want.Channels = 44100, 1
	same := coded(media.AAC)
	same.Rate, same.Channels = 44100, 1
	for name, c := range map[string]struct {
		in     element.Format
		passes bool
	}{"Opus": {coded(media.Opus), false}, "AAC of nobody knows which rate": {coded(media.AAC), false}, "the same": {same, true}} {
		p := piece(lane{c.in, wants(want)})
		if err := (convert.Convert{}).Build(p, element.Conf{}); err != nil {
			t.Fatal(err)
		}
		got := elementtest.Sketch(p)
		if passes := got == "audio = audio"; passes != c.passes || !passes && !strings.Contains(got, "rate=44100,channels=1") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
