package file_test

import (
	"errors"
	"strings"
	"testing"

	"sluice/elements/file"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func inputs(codecs ...media.Codec) []element.Input {
	var out []element.Input
	for _, c := range codecs {
		out = append(out, element.Input{Port: string(c.Kind()), Format: element.Format{Kind: c.Kind(), Codec: c}})
	}
	return out
}

func outputs(ports ...string) []element.Output {
	var out []element.Output
	for _, p := range ports {
		out = append(out, element.Output{Port: p})
	}
	return out
}

func TestOut(t *testing.T) {
	const end = "write: filesink location="
	for name, c := range map[string]struct {
		path, container string
		in              []element.Input
		want            string
	}{
		"mp4 survives a crash": {"a.MP4", "", inputs(media.H264, media.AAC),
			`audio => aparse
video => vparse
vparse: h264parse config-interval=-1
aparse: aacparse
mux: mp4mux fragment-duration=1000 fragment-mode=first-moov-then-finalise
write: filesink location=a.MP4 sync=false async=false
vparse -> mux.video_%u
aparse -> mux.audio_%u
mux -> write`},
		"transport stream, by name": {"a.rec", "ts", inputs(media.H265),
			"video => vparse\nvparse: h265parse config-interval=-1\nmux: mpegtsmux\n" + end +
				"a.rec sync=false async=false\nvparse -> mux.sink_%d\nmux -> write"},
		"what needs no parser goes straight in": {"a.webm", "auto", inputs(media.VP8),
			"video => mux.video_%u\nmux: webmmux\n" + end + "a.webm sync=false async=false\nmux -> write"},
		"unknown media, too": {"a.flv", "", []element.Input{{Port: "audio", Format: element.Format{Kind: media.Audio}}},
			"audio => mux.audio\nmux: flvmux\n" + end + "a.flv sync=false async=false\nmux -> write"},
		"fragments only": {"a.fmp4", "", inputs(media.AV1),
			"video => vparse\nvparse: av1parse\nmux: mp4mux fragment-duration=1000 fragment-mode=dash-or-mss\n" + end +
				"a.fmp4 sync=false async=false\nvparse -> mux.video_%u\nmux -> write"},
		"opus in ogg": {"a.opus", "", inputs(media.Opus),
			"audio => aparse\naparse: opusparse\nmux: oggmux\n" + end + "a.opus sync=false async=false\naparse -> mux.audio_%u\nmux -> write"},
		"speex in flv, without headers": {"a.flv", "", inputs(media.Speex),
			"audio => abare\nabare: identity drop-buffer-flags=header\nmux: flvmux\n" + end +
				"a.flv sync=false async=false\nabare -> mux.audio\nmux -> write"},
		"G.711 in wav": {"a.wav", "", inputs(media.PCMU),
			"audio => mux.sink\nmux: wavenc\n" + end + "a.wav sync=false async=false\nmux -> write"},
	} {
		t.Run(name, func(t *testing.T) {
			p := element.NewPiece("out", c.in, nil)
			if err := (file.Out{}).Build(p, element.Conf{"path": c.path, "container": c.container}); err != nil {
				t.Fatal(err)
			}
			check(t, p, c.want)
		})
	}
}

func TestIn(t *testing.T) {
	for name, c := range map[string]struct {
		conf element.Conf
		out  []element.Output
		want string
	}{
		"both kinds": {element.Conf{"path": "a.flv"}, outputs("audio", "video"), `read: filesrc location=a.flv
demux: flvdemux
aparse: parsebin
vparse: parsebin
read -> demux
demux.audio -> aparse
demux.video -> vparse
aparse.src_%u => audio unknown
vparse.src_%u => video unknown`},
		"at the speed of life": {element.Conf{"path": "a.mkv", "realtime": true}, outputs("video"), `read: filesrc location=a.mkv
demux: matroskademux
vparse: parsebin
vpace: clocksync
read -> demux
demux.video_%u -> vparse
vparse.src_%u -> vpace
vpace => video unknown`},
		"codecs that are told need no finding out": {
			element.Conf{"path": "a.mp4", "video": "h264", "audio": "aac"}, outputs("audio", "video"), `read: filesrc location=a.mp4
demux: qtdemux
aparse: aacparse
vparse: h264parse config-interval=-1
read -> demux
demux.audio_%u -> aparse
demux.video_%u -> vparse
aparse => audio aac
vparse => video h264`,
		},
		"nor a parser, if there is none": {
			element.Conf{"path": "a.webm", "video": "vp8", "audio": "auto"}, outputs("video"), `read: filesrc location=a.webm
demux: matroskademux
read -> demux
demux.video_%u => video vp8`,
		},
		"nothing linked": {element.Conf{"path": "a", "container": "ts"}, nil, "read: filesrc location=a\ndemux: tsdemux\nread -> demux"},
	} {
		t.Run(name, func(t *testing.T) {
			p := element.NewPiece("in", nil, c.out)
			if err := (file.In{}).Build(p, c.conf); err != nil {
				t.Fatal(err)
			}
			check(t, p, c.want)
		})
	}
}

// TestPorts: a file has what its container may hold.
func TestPorts(t *testing.T) {
	for path, want := range map[string]string{"a.ogg": "audio", "a.webm": "audio video", "a": "audio video"} {
		var got []string
		for _, p := range (file.In{}).Ports(element.Conf{"path": path}) {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// TestToldWrongly: what a container does not hold is not believed.
func TestToldWrongly(t *testing.T) {
	p := element.NewPiece("in", nil, outputs("video"))
	err := (file.In{}).Build(p, element.Conf{"path": "a.flv", "video": "vp8"})
	if !errors.Is(err, fault.CodecNotAvailable) || !strings.Contains(err.Error(), "flv files have no vp8") {
		t.Errorf("got %v", err)
	}
}

func check(t *testing.T, p *element.Piece, want string) {
	t.Helper()
	if got := elementtest.Sketch(p); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Sound(elementtest.GStreamer(t), p) {
		t.Error(fault)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		build element.Builder
		path  string
		in    []element.Input
		out   []element.Output
		want  string
	}{
		"no extension":          {file.Out{}, "records/lobby", nil, nil, `the name "records/lobby" does not tell`},
		"unknown extension":     {file.In{}, "a.mp5", nil, nil, "set container to one of mp4, mov"},
		"a codec not held":      {file.Out{}, "a.webm", inputs(media.H264), nil, "video: h264 comes in, and webm files hold vp8, vp9 or av1"},
		"a kind not held":       {file.Out{}, "a.wav", inputs(media.H264), nil, "wav files have no video"},
		"a kind not to be read": {file.In{}, "a.ogg", nil, outputs("video"), "ogg files have no video"},
		"an unknown codec in a form of its own": {
			file.Out{}, "a.ts", []element.Input{{Port: "video", Format: element.Format{Kind: media.Video}}}, nil, "say video=… where the file is read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.build.Build(element.NewPiece("node", c.in, c.out), element.Conf{"path": c.path})
			if !errors.Is(err, fault.CodecNotAvailable) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; wanted is %q", err, c.want)
			}
		})
	}
}
