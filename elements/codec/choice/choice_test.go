package choice_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluice/elements/codec"
	"sluice/elements/codec/choice"
	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/testdata/registry"
)

// machine is Debian's GStreamer 1.22 with encoders of devices besides, and without some elements.
type machine struct {
	catalog.Catalog
	devices, lacks []string
}

func (m machine) Factory(name string) (*catalog.Factory, bool) {
	if slices.Contains(m.devices, name) {
		return &catalog.Factory{Name: name, Plugin: "device", Licence: "LGPL", Klass: "Codec/Encoder/Video/Hardware"}, true
	}
	if slices.Contains(m.lacks, name) {
		return nil, false
	}
	return m.Catalog.Factory(name)
}

func (m machine) Names() []string { return append(slices.Clone(m.Catalog.Names()), m.devices...) }

func (m machine) Licence(name string) string {
	f, ok := m.Factory(name)
	if !ok {
		return ""
	}
	return f.Licence
}

func debian(t testing.TB) machine {
	t.Helper()
	s, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return machine{Catalog: s}
}

var _ element.Chooser = (*choice.Choice)(nil)

// TestChoose: which encoder makes a codec, on which machine, and by which settings.
func TestChoose(t *testing.T) {
	failed := errors.New("it gave no picture within 10s")
	for name, c := range map[string]struct {
		devices, lacks []string
		set            choice.Settings
		trials         map[string]error
		codec          media.Codec
		want           string // or what the error says
	}{
		"no device":                        {set: choice.Settings{Devices: true}, codec: media.H264, want: "x264enc"},
		"a device that passed":             {devices: []string{"vah264enc"}, set: choice.Settings{Devices: true}, trials: map[string]error{"vah264enc": nil}, codec: media.H264, want: "vah264enc"},
		"a card goes before the processor": {devices: []string{"vah264enc", "nvh264enc"}, set: choice.Settings{Devices: true}, trials: map[string]error{"vah264enc": nil, "nvh264enc": nil}, codec: media.H264, want: "nvh264enc"},
		"one that failed makes room":       {devices: []string{"vah264enc", "nvh264enc"}, set: choice.Settings{Devices: true}, trials: map[string]error{"vah264enc": nil, "nvh264enc": failed}, codec: media.H264, want: "vah264enc"},
		"all failed":                       {devices: []string{"nvh264enc"}, set: choice.Settings{Devices: true}, trials: map[string]error{"nvh264enc": failed}, codec: media.H264, want: "x264enc"},
		"not tried":                        {devices: []string{"nvh264enc"}, set: choice.Settings{Devices: true}, codec: media.H264, want: "x264enc"},
		"devices are off":                  {devices: []string{"nvh264enc"}, trials: map[string]error{"nvh264enc": nil}, codec: media.H264, want: "x264enc"},
		"a device for H.265":               {devices: []string{"qsvh265enc"}, set: choice.Settings{Devices: true}, trials: map[string]error{"qsvh265enc": nil}, codec: media.H265, want: "qsvh265enc"},
		"preferred":                        {set: choice.Settings{Prefer: []string{"openh264enc", "vp8enc"}}, codec: media.H264, want: "openh264enc"},
		"preferred before devices":         {devices: []string{"nvh264enc"}, set: choice.Settings{Devices: true, Prefer: []string{"x264enc"}}, trials: map[string]error{"nvh264enc": nil}, codec: media.H264, want: "x264enc"},
		"never":                            {set: choice.Settings{Never: []string{"x264enc"}}, codec: media.H264, want: "openh264enc"},
		"not installed":                    {lacks: []string{"x264enc"}, codec: media.H264, want: "openh264enc"},
		"nothing installed is told later":  {lacks: []string{"x264enc", "openh264enc"}, codec: media.H264, want: "x264enc"},
		"without the GPL":                  {set: choice.Settings{Free: true}, codec: media.H264, want: "openh264enc"},
		"AAC without the GPL":              {set: choice.Settings{Free: true}, codec: media.AAC, want: "voaacenc"},
		"MP2 without the GPL":              {set: choice.Settings{Free: true}, codec: media.MP2, want: "twolamemp2enc"},
		"H.265 without the GPL":            {set: choice.Settings{Free: true}, codec: media.H265, want: "x265enc is under the GPL, which media.licence rules out"},
		"H.265 without the GPL, on a device": {
			devices: []string{"vah265enc"}, set: choice.Settings{Free: true, Devices: true}, trials: map[string]error{"vah265enc": nil},
			codec: media.H265, want: "vah265enc",
		},
		"nothing is left": {
			devices: []string{"nvh264enc"}, lacks: []string{"openh264enc"}, set: choice.Settings{Never: []string{"x264enc", "openh264enc"}, Devices: true},
			trials: map[string]error{"nvh264enc": failed}, codec: media.H264, want: "nvh264enc failed its trial: it gave no picture within 10s",
		},
		"G.729 is ours": {codec: media.G729, want: codec.G729Encoder},
	} {
		t.Run(name, func(t *testing.T) {
			m := debian(t)
			m.devices, m.lacks = c.devices, c.lacks
			got, err := choice.New(m, c.set, c.trials).Choose(codec.Makers(c.codec))
			if err != nil {
				got = err.Error()
			}
			if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
				t.Errorf("it is %q, not %q", got, c.want)
			}
		})
	}
}

// TestDecoderThatWouldHelp: without the GPL, and without what has it, nobody is told to install that.
func TestDecoderThatWouldHelp(t *testing.T) {
	const rest = " is not installed, and is under the GPL where distributions have it, which media.licence rules out"
	m := debian(t)
	m.lacks = []string{"avdec_aac", "faad", "fdkaacdec", "avdec_h264", "openh264dec", "vp8dec"}
	for of, want := range map[media.Codec]string{
		media.AAC:  "aac cannot be decoded: avdec_aac" + rest + "; fdkaacdec is not installed; faad" + rest,
		media.H264: "h264 cannot be decoded: avdec_h264" + rest + "; openh264dec is not installed",
		media.VP8:  "", // whoever runs the plan says what is missing
	} {
		got := ""
		if _, err := codec.Decoder(codec.Source{Kind: of.Kind(), Codec: of}, choice.New(m, choice.Settings{Free: true}, nil)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, not %q", of, got, want)
		}
	}
	chain, err := codec.Decoder(codec.Source{Kind: media.Audio, Codec: media.AAC}, choice.New(m, choice.Settings{}, nil))
	if err != nil || chain[len(chain)-1].Factory != "avdec_aac" {
		t.Errorf("%v, %v", chain, err)
	}
}

// TestRefuse: what is named in a graph is refused with what to write in its place.
func TestRefuse(t *testing.T) {
	free := choice.New(debian(t), choice.Settings{Free: true, Never: []string{"udpsink"}}, nil)
	for name, advice := range map[string]string{
		"x264enc":         `write "convert codec=h264", which takes what may be used`,
		"x265enc":         `write "convert codec=h265", which takes what may be used`,
		"avenc_aac":       `write "convert codec=aac", which takes what may be used`,
		"faad":            `write "decode", which takes what may be used`,
		"avdec_h264":      `write "decode", which takes what may be used`,
		codec.G729Encoder: "take another codec, or set media.licence to any",
		"mplex":           "take another element, or set media.licence to any",
		"udpsink":         "take another element, or take it out of media.never",
		"openh264enc":     "", "opusenc": "", "queue": "", "no-such-element": "",
	} {
		err := free.Refuse(name)
		var f *fault.Fault
		switch {
		case advice == "":
			if err != nil {
				t.Errorf("%s is refused: %v", name, err)
			}
		case !errors.As(err, &f) || f.Code != fault.ElementUnavailable || f.Hint != advice:
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := choice.New(debian(t), choice.Settings{}, nil).Refuse("x264enc"); err != nil {
		t.Errorf("without a profile x264enc is refused: %v", err)
	}
}

// TestShunned: decodebin must not take by itself what is not to be used.
func TestShunned(t *testing.T) {
	free := choice.New(debian(t), choice.Settings{Free: true}, nil).Shunned()
	for _, name := range []string{"faad", "a52dec", "mpeg2dec", "avdec_aac", "x264enc"} {
		if !slices.Contains(free, name) {
			t.Errorf("%s is not shunned", name)
		}
	}
	if slices.Contains(free, "openh264dec") || slices.Contains(free, "queue") {
		t.Error("what is free is shunned")
	}
	if some := choice.New(debian(t), choice.Settings{Never: []string{"faad"}}, nil).Shunned(); !slices.Equal(some, []string{"faad"}) {
		t.Errorf("without a profile %v are shunned", some)
	}
}

// TestCandidates: what is tried is what there is and may be used.
func TestCandidates(t *testing.T) {
	m := debian(t)
	m.devices = []string{"vah264enc", "nvh264enc", "nvh265enc", "vaapivp8enc"}
	if got := choice.Candidates(m, choice.Settings{Devices: true, Never: []string{"nvh265enc"}}); !slices.Equal(got, []string{"nvh264enc", "vah264enc", "vaapivp8enc"}) {
		t.Errorf("candidates are %v", got)
	}
	if got := choice.Candidates(m, choice.Settings{}); got != nil {
		t.Errorf("with devices off %v are tried", got)
	}
}

// TestVerdicts: what doctor tells.
func TestVerdicts(t *testing.T) {
	m := debian(t)
	m.devices = []string{"nvh264enc", "vah264enc"}
	c := choice.New(m, choice.Settings{Devices: true}, map[string]error{"nvh264enc": errors.New("no session is left"), "vah264enc": nil})
	got := map[media.Codec]choice.Verdict{}
	for _, v := range c.Verdicts() {
		got[v.Codec] = v
	}
	h := got[media.H264]
	if h.Encoder != "vah264enc" || !h.Device || !slices.Equal(h.Others, []string{"nvh264enc failed its trial: no session is left"}) {
		t.Errorf("H.264: %+v", h)
	}
	if v := got[media.VP8]; v.Encoder != "vp8enc" || v.Device || v.Others != nil {
		t.Errorf("VP8: %+v", v)
	}
	if _, told := got[media.PCMU]; told {
		t.Error("there is nothing to choose for PCMU")
	}
	free := choice.New(m, choice.Settings{Free: true}, nil)
	for _, v := range free.Verdicts() {
		if v.Codec == media.H265 && (v.Encoder != "" || len(v.Others) != 1) {
			t.Errorf("H.265 without the GPL: %+v", v)
		}
	}
	if got := free.Undecodable(); !slices.Contains(got, media.AAC) || slices.Contains(got, media.H264) || slices.Contains(got, media.H265) {
		t.Errorf("without the GPL these are not decoded: %v", got)
	}
}
