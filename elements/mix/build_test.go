package mix_test

import (
	"strings"
	"testing"
	"time"

	"sluice/elements/mix"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/media"
	"sluice/engine/value"
)

func in(keys ...string) []element.Input {
	var out []element.Input
	for _, k := range keys {
		out = append(out, element.Input{Port: "in", Key: k, Format: element.Format{Kind: media.Audio, Caps: "audio/x-raw"}})
	}
	return out
}

func minus(keys ...string) []element.Output {
	out := []element.Output{{Port: "out"}}
	for _, k := range keys {
		out = append(out, element.Output{Port: "minus", Key: k})
	}
	return out
}

func sketch(t *testing.T, b element.Builder, ins []element.Input, outs []element.Output, conf element.Conf) string {
	t.Helper()
	p := element.NewPiece("mix", ins, outs)
	if err := b.Build(p, conf); err != nil {
		t.Fatal(err)
	}
	for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
		t.Error(fault)
	}
	return elementtest.Sketch(p)
}

// linear is how the compositor scales.
const linear = "converter-config=GstVideoConverter, GstVideoConverter.resampler-method=(GstVideoResamplerMethod)linear"

const trunk = `silence: audiotestsrc wave=silence is-live=true
silencecaps: capsfilter caps=audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved
mix: audiomixer latency=200000000 alignment-threshold=200000000 start-time-selection=first output-buffer-duration=20000000
sum: capsfilter caps=audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved
limit: rglimiter
narrow: audioconvert dithering=none
caps: capsfilter caps=audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved
`

func TestAudio(t *testing.T) {
	const exit = "caps => out audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved"
	for name, c := range map[string]struct {
		in   []element.Input
		out  []element.Output
		want string
	}{
		"nobody": {nil, minus(), trunk + `silence -> silencecaps
silencecaps -> mix
mix -> sum
sum -> limit
limit -> narrow
narrow -> caps
` + exit},
		"two plain inputs share an entry": {in("", ""), minus(), "in => mix.sink_%u\n" + trunk + `silence -> silencecaps
silencecaps -> mix
mix -> sum
sum -> limit
limit -> narrow
narrow -> caps
` + exit},
		"guests without ears": {in("ann", "bob"), minus(), "in[ann] => form-ann\nin[bob] => form-bob\n" + trunk + `form-ann[ann]: audioconvert
asrc-ann[ann]: sluiceasrc
rate-ann[ann]: audioresample
wide-ann[ann]: audioconvert
fit-ann[ann]: capsfilter caps=audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved
gain-ann[ann]: volume volume=1
level-ann[ann]: level interval=200000000
form-bob[bob]: audioconvert
asrc-bob[bob]: sluiceasrc
rate-bob[bob]: audioresample
wide-bob[bob]: audioconvert
fit-bob[bob]: capsfilter caps=audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved
gain-bob[bob]: volume volume=1
level-bob[bob]: level interval=200000000
silence -> silencecaps
silencecaps -> mix
mix -> sum
sum -> limit
limit -> narrow
narrow -> caps
form-ann -> asrc-ann[ann]
asrc-ann -> rate-ann[ann]
rate-ann -> wide-ann[ann]
wide-ann -> fit-ann[ann]
fit-ann -> gain-ann[ann]
gain-ann -> level-ann[ann]
level-ann -> mix.sink_%u[ann]
form-bob -> asrc-bob[bob]
asrc-bob -> rate-bob[bob]
rate-bob -> wide-bob[bob]
wide-bob -> fit-bob[bob]
fit-bob -> gain-bob[bob]
gain-bob -> level-bob[bob]
level-bob -> mix.sink_%u[bob]
` + exit},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sketch(t, mix.Audio{}, c.in, c.out, element.Conf{}); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestOffline: a mixer that does not keep time has nothing that would keep it from ending.
func TestOffline(t *testing.T) {
	conf := element.Conf{"live": false}
	for name, got := range map[string]string{
		"sound":    sketch(t, mix.Audio{}, in("", "ann"), minus("ann"), conf),
		"pictures": sketch(t, mix.Video{}, in(""), []element.Output{{Port: "out"}}, conf),
	} {
		if strings.Contains(got, "testsrc") || strings.Contains(got, "asrc") {
			t.Errorf("%s: there is something that keeps time in\n%s", name, got)
		}
		if !strings.Contains(got, "mix -> sum\n") && !strings.Contains(got, "mix -> mark\n") {
			t.Errorf("%s: the mixer leads nowhere:\n%s", name, got)
		}
	}
}

// TestMinus looks at the parts and joints of one listener, for which the placeholder of a plan stands.
func TestMinus(t *testing.T) {
	conf := element.Conf{"rate": int64(16000), "channels": int64(1), "latency": 100 * time.Millisecond}
	got := sketch(t, mix.Audio{}, in("{guest}"), minus("{guest}"), conf)
	const want = `in[{guest}] => form-{guest}
silence: audiotestsrc wave=silence is-live=true
silencecaps: capsfilter caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved
mix: audiomixer latency=100000000 alignment-threshold=100000000 start-time-selection=first output-buffer-duration=20000000
sum: capsfilter caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved
limit: rglimiter
narrow: audioconvert dithering=none
caps: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
form-{guest}[{guest}]: audioconvert
asrc-{guest}[{guest}]: sluiceasrc
rate-{guest}[{guest}]: audioresample
wide-{guest}[{guest}]: audioconvert
fit-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved
gain-{guest}[{guest}]: volume volume=1
level-{guest}[{guest}]: level interval=200000000
alone-{guest}[{guest}]: identity drop-allocation=true
split-{guest}[{guest}]: tee allow-not-linked=true
silence-{guest}[{guest}]: audiotestsrc wave=silence is-live=true
silencecaps-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved
mix-{guest}[{guest}]: audiomixer latency=100000000 alignment-threshold=100000000 start-time-selection=first output-buffer-duration=20000000
sum-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=F32LE,rate=16000,channels=1,layout=interleaved
limit-{guest}[{guest}]: rglimiter
narrow-{guest}[{guest}]: audioconvert dithering=none
caps-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
silence -> silencecaps
silencecaps -> mix
mix -> sum
sum -> limit
limit -> narrow
narrow -> caps
form-{guest} -> asrc-{guest}[{guest}]
asrc-{guest} -> rate-{guest}[{guest}]
rate-{guest} -> wide-{guest}[{guest}]
wide-{guest} -> fit-{guest}[{guest}]
fit-{guest} -> gain-{guest}[{guest}]
gain-{guest} -> level-{guest}[{guest}]
level-{guest} -> alone-{guest}[{guest}]
alone-{guest} -> split-{guest}[{guest}]
silence-{guest} -> silencecaps-{guest}[{guest}]
silencecaps-{guest} -> mix-{guest}[{guest}]
mix-{guest} -> sum-{guest}[{guest}]
sum-{guest} -> limit-{guest}[{guest}]
limit-{guest} -> narrow-{guest}[{guest}]
narrow-{guest} -> caps-{guest}[{guest}]
split-{guest} -> mix.sink_%u[{guest}]
split-{guest} ->> mix-{guest}.sink_%u[{guest}]
caps-{guest} => minus[{guest}] audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
caps => out audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestHeard checks, for one listener after the other, who joins whom.
func TestHeard(t *testing.T) {
	for name, c := range map[string]struct {
		in, ears []string
		lines    []string // that must be there
		not      string   // that must not
	}{
		"a guest who only listens has a tee, too": {
			[]string{"ann"}, []string{"ann", "bob"},
			[]string{"split-bob[bob]: tee allow-not-linked=true", "split-bob ->> mix-bob.sink_%u[bob]", "level-ann -> alone-ann[ann]"}, "in[bob]",
		},
		"who only speaks is heard by all, with what has no key": {
			[]string{"ann", "trunk", ""}, []string{"ann"},
			[]string{
				"in => rest.sink_%u", "level-trunk -> rest.sink_%u[trunk]", "rest -> restsum", "restsum -> restalone", "restalone -> restsplit", "restsplit -> mix.sink_%u",
				"restsplit -> mix-ann.sink_%u[ann]",
			}, "split-trunk",
		},
		"all have ears: no rest": {
			[]string{"ann", "bob"}, []string{"ann", "bob"},
			[]string{"split-ann ->> mix-ann.sink_%u[ann]", "split-bob ->> mix-bob.sink_%u[bob]", "caps-bob => minus[bob] audio"}, "rest",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := sketch(t, mix.Audio{}, in(c.in...), minus(c.ears...), element.Conf{})
			for _, line := range c.lines {
				if !strings.Contains(got, line) {
					t.Errorf("there is no %q in\n%s", line, got)
				}
			}
			if strings.Contains(got, c.not) {
				t.Errorf("there is %q in\n%s", c.not, got)
			}
		})
	}
}

func TestVideo(t *testing.T) {
	for name, c := range map[string]struct {
		in   []element.Input
		conf element.Conf
		want string
	}{
		"nobody": {nil, element.Conf{}, `mix: compositor background=black latency=200000000
mark: gdkpixbufoverlay alpha=0
caps: capsfilter caps=video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1
black: videotestsrc pattern=black is-live=true
blackcaps: capsfilter caps=video/x-raw,format=I420,width=16,height=16,framerate=30/1
mix -> mark
mark -> caps
black -> blackcaps
blackcaps -> mix.sink_%u alpha=0
caps => out video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1`},
		"odd sides are made even": {
			in("", "ann"),
			element.Conf{"width": int64(641), "height": int64(361), "fps": value.Ratio{Num: 25, Den: 1}, "latency": time.Duration(0), "hold": time.Second},
			`in => mix.sink_%u
in[ann] => scale-ann
mix: compositor background=black latency=0
mark: gdkpixbufoverlay alpha=0
caps: capsfilter caps=video/x-raw,format=I420,width=640,height=360,framerate=25/1,pixel-aspect-ratio=1/1
black: videotestsrc pattern=black is-live=true
blackcaps: capsfilter caps=video/x-raw,format=I420,width=16,height=16,framerate=25/1
scale-ann[ann]: videoconvertscale
size-ann[ann]: capsfilter caps=video/x-raw,format=I420,width=[2,1920],height=[2,1920],pixel-aspect-ratio=1/1
crop-ann[ann]: aspectratiocrop aspect-ratio=0/1
mark-ann[ann]: gdkpixbufoverlay alpha=0
mix -> mark
mark -> caps
black -> blackcaps
blackcaps -> mix.sink_%u alpha=0
scale-ann -> size-ann[ann]
size-ann -> crop-ann[ann]
crop-ann -> mark-ann[ann]
mark-ann -> mix.sink_%u[ann] xpos=320 ypos=0 width=320 height=360 sizing-policy=keep-aspect-ratio zorder=1 alpha=1 ` + linear + ` max-last-buffer-repeat=1000000000 repeat-after-eos=true
caps => out video/x-raw,format=I420,width=640,height=360,framerate=25/1,pixel-aspect-ratio=1/1`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := sketch(t, mix.Video{}, c.in, []element.Output{{Port: "out"}}, c.conf); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
