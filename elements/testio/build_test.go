package testio_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/elements/testio"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/value"
)

func wants(codecs ...media.Codec) []element.Format {
	var out []element.Format
	for _, c := range codecs {
		out = append(out, element.Format{Kind: c.Kind(), Codec: c})
	}
	return out
}

func raw(k media.Kind) element.Format { return element.Format{Kind: k, Caps: element.RawCaps(k)} }

func build(t *testing.T, conf element.Conf, outs ...element.Output) *element.Piece {
	t.Helper()
	p := element.NewPiece("in", nil, outs)
	if err := (testio.In{}).Build(p, conf); err != nil {
		t.Fatal(err)
	}
	for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
		t.Error(fault)
	}
	return p
}

const (
	tone     = "asource: audiotestsrc wave=sine freq=440 volume=0.2 samplesperbuffer=960 num-buffers=100\n"
	toneCaps = "acaps: capsfilter caps=audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved\n"
	bars     = "vsource: videotestsrc pattern=smpte100 num-buffers=50\n"
	barsCaps = "vcaps: capsfilter caps=video/x-raw,format=I420,width=320,height=180,framerate=25/1,pixel-aspect-ratio=1/1\n"
)

func TestIn(t *testing.T) {
	audio, video := element.Output{Port: "audio"}, element.Output{Port: "video"}
	for name, c := range map[string]struct {
		conf element.Conf
		outs []element.Output
		want string
	}{
		"nothing linked": {element.Conf{}, nil, ""},
		"raw, where nothing is wished for": {
			element.Conf{}, []element.Output{audio, video},
			tone + toneCaps + bars + barsCaps + "asource -> acaps\nvsource -> vcaps\nacaps => audio audio/x-raw\nvcaps => video video/x-raw",
		},
		"raw, where that is taken": {
			element.Conf{}, []element.Output{{Port: "audio", Want: append(wants(media.Opus), raw(media.Audio))}},
			tone + toneCaps + "asource -> acaps\nacaps => audio audio/x-raw",
		},
		"the first that can be made": {
			element.Conf{}, []element.Output{{Port: "audio", Want: wants("midi", media.PCMA, media.Opus)}},
			tone + toneCaps + "aconv: audioconvert\narate: audioresample\naenc: alawenc\nasource -> acaps\nacaps -> aconv\naconv -> arate\n" +
				"arate -> [audio/x-raw,rate=8000,channels=1] -> aenc\naenc => audio pcma",
		},
		"a codec at a rate": {
			element.Conf{"audio": "speex", "rate": int64(16000), "channels": int64(1), "length": time.Second}, []element.Output{audio},
			"asource: audiotestsrc wave=sine freq=440 volume=0.2 samplesperbuffer=320 num-buffers=50\n" +
				"acaps: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved\n" +
				"aconv: audioconvert\narate: audioresample\naenc: speexenc quality=6\nasource -> acaps\nacaps -> aconv\naconv -> arate\n" +
				"arate -> [audio/x-raw,rate=16000,channels=1] -> aenc\naenc => audio speex",
		},
		"silence, live, late, without end": {
			element.Conf{"tone": int64(0), "live": true, "silent": 3 * time.Second, "length": time.Duration(0)}, []element.Output{audio},
			"asource: audiotestsrc wave=silence volume=0.2 samplesperbuffer=960 num-buffers=-1 timestamp-offset=3000000000\n" +
				toneCaps + "apace: clocksync\nasource -> acaps\nacaps -> apace\napace => audio audio/x-raw",
		},
		"key frames are counted by the frames there are": {
			element.Conf{"video": "vp8", "pattern": "yellow", "size": value.Dimensions{Width: 161, Height: 91}, "fps": value.Ratio{Num: 15, Den: 1}},
			[]element.Output{video},
			"vsource: videotestsrc pattern=solid-color foreground-color=4294967040 num-buffers=30\n" +
				"vcaps: capsfilter caps=video/x-raw,format=I420,width=160,height=90,framerate=15/1,pixel-aspect-ratio=1/1\n" +
				"vscale: videoconvertscale\nvenc: vp8enc deadline=1 cpu-used=4 lag-in-frames=0 keyframe-max-dist=15 target-bitrate=100000 " +
				"error-resilient=default threads=2 end-usage=cbr\nvsource -> vcaps\nvcaps -> vscale\n" +
				"vscale -> [video/x-raw,format=I420,width=160,height=90,pixel-aspect-ratio=1/1] -> venc\nvenc => video vp8",
		},
	} {
		t.Run(name, func(t *testing.T) {
			conf := element.Conf{"tone": int64(440), "length": 2 * time.Second, "keyframe": time.Second}
			for k, v := range c.conf {
				conf[k] = v
			}
			if got := elementtest.Sketch(build(t, conf, c.outs...)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestPorts(t *testing.T) {
	for name, c := range map[string]struct {
		conf element.Conf
		want []string
	}{
		"both":     {element.Conf{}, []string{"audio", "video"}},
		"sound":    {element.Conf{"audio": "opus"}, []string{"audio"}},
		"pictures": {element.Conf{"video": "vp8"}, []string{"video"}},
		"each":     {element.Conf{"video": "vp8", "audio": "opus"}, []string{"audio", "video"}},
	} {
		var got []string
		for _, p := range (testio.In{}).Ports(c.conf) {
			got = append(got, p.Name)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestRefusal: what a codec cannot do is said in the words of the trade.
func TestRefusal(t *testing.T) {
	p := element.NewPiece("in", nil, []element.Output{{Port: "audio"}})
	err := (testio.In{}).Build(p, element.Conf{"audio": "pcmu", "rate": int64(16000)})
	if fault.CodeOf(err) != fault.CodecNotAvailable || !strings.Contains(err.Error(), "audio: pcmu cannot have 16000 Hz") {
		t.Errorf("got %v", err)
	}
}

func TestOut(t *testing.T) {
	p := element.NewPiece("out", []element.Input{
		{Port: "audio", Format: element.Format{Kind: media.Audio, Codec: media.Opus}},
		{Port: "audio", Key: "ann", Format: raw(media.Audio)},
		{Port: "video", Format: element.Format{Kind: media.Video}},
	}, nil)
	if err := (testio.Out{}).Build(p, element.Conf{}); err != nil {
		t.Fatal(err)
	}
	const sink = ": fakesink sync=false async=false enable-last-sample=false\n"
	want := "audio => asink\naudio[ann] => a-ann-sink\nvideo => vsink\nasink" + sink + "a-ann-sink[ann]" + sink + "vsink" + sink
	if got := elementtest.Sketch(p) + "\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
