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

const trunk = `silence: audiotestsrc wave=silence is-live=true
silencecaps: capsfilter caps=audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved
mix: audiomixer latency=200000000 alignment-threshold=200000000 start-time-selection=first output-buffer-duration=20000000
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
mix -> caps
` + exit},
		"two plain inputs share an entry": {in("", ""), minus(), "in => mix.sink_%u\n" + trunk + `silence -> silencecaps
silencecaps -> mix
mix -> caps
` + exit},
		"guests without ears": {in("ann", "bob"), minus(), "in[ann] => mix.sink_%u\nin[bob] => mix.sink_%u\n" + trunk + `silence -> silencecaps
silencecaps -> mix
mix -> caps
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
		if strings.Contains(got, "src") {
			t.Errorf("%s: there is a source in\n%s", name, got)
		}
		if !strings.Contains(got, "mix -> caps\n") {
			t.Errorf("%s: the mixer leads nowhere:\n%s", name, got)
		}
	}
}

// TestMinus looks at the parts and joints of one listener, for which the placeholder of a plan stands.
func TestMinus(t *testing.T) {
	conf := element.Conf{"rate": int64(16000), "channels": int64(1), "latency": 100 * time.Millisecond}
	got := sketch(t, mix.Audio{}, in("{guest}"), minus("{guest}"), conf)
	const want = `in[{guest}] => split-{guest}
silence: audiotestsrc wave=silence is-live=true
silencecaps: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
mix: audiomixer latency=100000000 alignment-threshold=100000000 start-time-selection=first output-buffer-duration=20000000
caps: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
split-{guest}[{guest}]: tee allow-not-linked=true
silence-{guest}[{guest}]: audiotestsrc wave=silence is-live=true
silencecaps-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
mix-{guest}[{guest}]: audiomixer latency=100000000 alignment-threshold=100000000 start-time-selection=first output-buffer-duration=20000000
caps-{guest}[{guest}]: capsfilter caps=audio/x-raw,format=S16LE,rate=16000,channels=1,layout=interleaved
silence -> silencecaps
silencecaps -> mix
mix -> caps
silence-{guest} -> silencecaps-{guest}[{guest}]
silencecaps-{guest} -> mix-{guest}[{guest}]
mix-{guest} -> caps-{guest}[{guest}]
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
			[]string{"split-bob[bob]: tee allow-not-linked=true", "split-bob ->> mix-bob.sink_%u[bob]", "in[ann] => split-ann"}, "in[bob]",
		},
		"who only speaks is heard by all, with what has no key": {
			[]string{"ann", "trunk", ""}, []string{"ann"},
			[]string{
				"in => rest.sink_%u", "in[trunk] => rest.sink_%u", "rest -> restsplit", "restsplit -> mix.sink_%u",
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
		"nobody": {nil, element.Conf{}, `black: videotestsrc pattern=black is-live=true
blackcaps: capsfilter caps=video/x-raw,format=I420,width=16,height=16,framerate=30/1
mix: compositor background=black latency=200000000
caps: capsfilter caps=video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1
black -> blackcaps
blackcaps -> mix
mix -> caps
caps => out video/x-raw,format=I420,width=1280,height=720,framerate=30/1,pixel-aspect-ratio=1/1`},
		"odd sides are made even": {
			in("", "ann"),
			element.Conf{"width": int64(641), "height": int64(361), "fps": value.Ratio{Num: 25, Den: 1}, "latency": time.Duration(0)},
			`in => mix.sink_%u
in[ann] => mix.sink_%u
black: videotestsrc pattern=black is-live=true
blackcaps: capsfilter caps=video/x-raw,format=I420,width=16,height=16,framerate=25/1
mix: compositor background=black latency=0
caps: capsfilter caps=video/x-raw,format=I420,width=640,height=360,framerate=25/1,pixel-aspect-ratio=1/1
black -> blackcaps
blackcaps -> mix
mix -> caps
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
