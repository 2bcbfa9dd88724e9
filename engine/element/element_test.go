package element_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/media"
	"sluice/engine/value"
)

func TestPortMatches(t *testing.T) {
	for _, c := range []struct {
		port, pad string
		want      bool
	}{
		{"video", "video", true}, {"video", "videos", false}, {"sink_%u", "sink_%u", true}, {"sink_%u", "sink_3", true},
		{"sink_%u", "sink_", false}, {"sink_%u", "sink_x", false}, {"sink_%u", "src_3", false}, {"pad_%s", "pad_left", true},
		{"video_%01x_%05x", "video_0_00041", true},
	} {
		if got := (element.Port{Name: c.port}).Matches(c.pad); got != c.want {
			t.Errorf("%q means the port %q: %v", c.pad, c.port, got)
		}
	}
}

func TestCapsTellKindsAndCodecs(t *testing.T) {
	for _, c := range []struct {
		caps  string
		kinds []media.Kind
		codec media.Codec
	}{
		{"ANY", nil, ""}, {"", nil, ""}, {"nonsense,,", nil, ""},
		{"video/x-h264, profile=baseline", []media.Kind{media.Video}, media.H264},
		{"video/x-raw", []media.Kind{media.Video}, ""},
		{"audio/mpeg, mpegversion=(int){ 2, 4 }", []media.Kind{media.Audio}, media.AAC},
		{"audio/mpeg, mpegversion=1, layer=3", []media.Kind{media.Audio}, media.MP3},
		{"video/x-vp8; video/x-vp9", []media.Kind{media.Video}, ""},
		{"video/x-flv", []media.Kind{media.Mux}, ""},
		{"video/x-raw; audio/x-raw", []media.Kind{media.Video, media.Audio}, ""},
		{"text/x-raw", []media.Kind{media.Data}, ""},
		{"application/x-rtp", []media.Kind{media.Mux}, ""},
		{"image/jpeg", []media.Kind{media.Video}, media.MJPEG},
	} {
		if got := element.KindsOf(c.caps); !slices.Equal(got, c.kinds) {
			t.Errorf("the kinds of %q are %v", c.caps, got)
		}
		if got := element.CodecOf(c.caps); got != c.codec {
			t.Errorf("the codec of %q is %q", c.caps, got)
		}
	}
}

func TestConfGivesZeroForWhatIsNotSet(t *testing.T) {
	c := element.Conf{
		"text": "a", "int": int64(3), "bits": value.Bits(64000), "bytes": value.Octets(9), "float": 2.5, "bool": true, "time": time.Second,
		"secret": value.Hidden("s"), "list": []any{"x"}, "none": nil,
	}
	if c.Text("text") != "a" || c.Text("secret") != "s" || c.Text("time") != "1s" || c.Int("int") != 3 || c.Int("bits") != 64000 ||
		c.Int("bytes") != 9 || c.Float("float") != 2.5 || !c.Bool("bool") || c.Duration("time") != time.Second || len(c.List("list")) != 1 {
		t.Errorf("what is set is lost: %v", c)
	}
	if c.Has("none") || c.Has("nothing") || !c.Has("int") || c.Text("x") != "" || c.Int("text") != 0 || c.Duration("int") != 0 {
		t.Error("what is not set is there")
	}
}

// oneFactory is a catalogue of one element.
type oneFactory struct{}

func (oneFactory) Names() []string { return []string{"flvdemux"} }
func (oneFactory) Source() string  { return "a test" }
func (oneFactory) Factory(name string) (*catalog.Factory, bool) {
	if name != "flvdemux" {
		return nil, false
	}
	return &catalog.Factory{Name: name, Klass: "Codec/Demuxer", Pads: []catalog.Pad{
		{Name: "sink", Direction: "sink", Presence: "always", Caps: "video/x-flv"},
		{Name: "audio", Direction: "src", Presence: "sometimes", Caps: "ANY"},
	}}, true
}

type own struct{ name string }

func (o own) Spec() element.Spec { return element.Spec{Name: o.name, Domain: element.Go} }

func TestRegistry(t *testing.T) {
	reg, err := element.NewRegistry(oneFactory{}, []element.Declared{own{"b.in"}, own{"a.out"}}, []element.Trigger{{Event: "x.y"}, {Event: "a.b"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(reg.OwnNames(), " "); got != "a.out b.in" {
		t.Errorf("own elements: %s", got)
	}
	if ts := reg.Triggers(); len(ts) != 2 || ts[0].Event != "a.b" {
		t.Errorf("triggers: %v", ts)
	}
	demux, ok := reg.Spec("flvdemux")
	if again, _ := reg.Spec("flvdemux"); !ok || again != demux {
		t.Error("a factory is described anew each time")
	}
	// The kind of a pad with ANY caps is in its name.
	if audio := demux.Out()[0]; audio.Kind() != media.Audio || audio.Presence != element.Sometimes || !audio.Optional {
		t.Errorf("%+v", audio)
	}
	for _, name := range []string{"nosuch", "no.such", "convert"} {
		if _, ok := reg.Spec(name); ok {
			t.Errorf("there is an element %q", name)
		}
	}
	if _, ok := reg.Factory("a.out"); ok {
		t.Error("what is only described cannot be made")
	}
	for why, list := range map[string][]element.Declared{"twice": {own{"a.in"}, own{"a.in"}}, "no dot": {own{"plain"}}} {
		if _, err := element.NewRegistry(oneFactory{}, list, nil); err == nil {
			t.Errorf("%s: it is taken", why)
		}
	}
	if _, err := element.NewRegistry(oneFactory{}, nil, []element.Trigger{{Event: "a"}, {Event: "a"}}); err == nil {
		t.Error("two triggers of one name are taken")
	}
}
