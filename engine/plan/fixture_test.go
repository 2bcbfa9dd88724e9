package plan_test

import (
	"slices"
	"testing"

	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// factories is a catalogue of a few GStreamer elements, enough to show every rule of the compiler.
type factories map[string]*catalog.Factory

func (f factories) Factory(name string) (*catalog.Factory, bool) { x, ok := f[name]; return x, ok }
func (f factories) Source() string                               { return "a test's catalogue" }
func (f factories) Names() []string {
	var out []string
	for n := range f {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func fake() factories {
	out := factories{}
	add := func(name, klass string, props []string, pads ...catalog.Pad) {
		f := &catalog.Factory{Name: name, Klass: klass, Pads: pads}
		for _, p := range props {
			kind := value.String
			if p == "is-live" {
				kind = value.Bool
			}
			f.Properties = append(f.Properties, catalog.Property{Name: p, Constraint: value.Constraint{Type: kind}, Writable: true})
		}
		out[name] = f
	}
	sink := func(c string) catalog.Pad {
		return catalog.Pad{Name: "sink", Direction: "sink", Presence: "always", Caps: c}
	}
	src := func(c string) catalog.Pad {
		return catalog.Pad{Name: "src", Direction: "src", Presence: "always", Caps: c}
	}
	req := func(n, c string) catalog.Pad {
		return catalog.Pad{Name: n, Direction: "sink", Presence: "request", Caps: c}
	}
	late := func(n, c string) catalog.Pad {
		return catalog.Pad{Name: n, Direction: "src", Presence: "sometimes", Caps: c}
	}
	add("videotestsrc", "Source/Video", []string{"is-live"}, src("video/x-raw"))
	add("audiotestsrc", "Source/Audio", nil, src("audio/x-raw"))
	add("clocksync", "Generic", nil, sink("ANY"), src("ANY"))
	add("filesrc", "Source/File", nil, src("ANY"))
	add("filesink", "Sink/File", nil, sink("ANY"))
	add("udpsink", "Sink/Network", []string{"sync", "async"}, sink("ANY"))
	add("flvdemux", "Codec/Demuxer", nil, sink("video/x-flv"), late("video", "video/x-h264; video/x-flash-video"), late("audio", "audio/mpeg,mpegversion=4; audio/x-speex"))
	add("webmmux", "Codec/Muxer", nil, req("video_%u", "video/x-vp8; video/x-vp9"), req("audio_%u", "audio/x-opus; audio/x-vorbis"), src("video/webm"))
	add("decodebin3", "Generic/Bin/Decoder", nil, sink("ANY"), late("video_%u", "ANY"), late("audio_%u", "ANY"))
	add("avdec_h264", "Codec/Decoder/Video", nil, sink("video/x-h264"), src("video/x-raw"))
	add("h264parse", "Codec/Parser/Converter/Video", nil, sink("video/x-h264"), src("video/x-h264"))
	add("x264enc", "Codec/Encoder/Video", nil, sink("video/x-raw"), src("video/x-h264"))
	add("vp8enc", "Codec/Encoder/Video", nil, sink("video/x-raw"), src("video/x-vp8"))
	add("opusenc", "Codec/Encoder/Audio", nil, sink("audio/x-raw"), src("audio/x-opus"))
	add("mulawdec", "Codec/Decoder/Audio", nil, sink("audio/x-mulaw"), src("audio/x-raw"))
	add("volume", "Filter/Effect/Audio", []string{"volume"}, sink("audio/x-raw"), src("audio/x-raw"))
	add("videoconvert", "Filter/Converter/Video", nil, sink("video/x-raw"), src("video/x-raw"))
	add("videorate", "Filter/Effect/Video", nil, sink("video/x-raw; image/jpeg"), src("video/x-raw; image/jpeg"))
	add("audiomixer", "Generic/Audio", []string{"latency"}, req("sink_%u", "audio/x-raw"), src("audio/x-raw"))
	add("compositor", "Filter/Editor/Video/Compositor", []string{"latency"}, req("sink_%u", "video/x-raw"), src("video/x-raw"))
	add("identity", "Generic", nil, sink("ANY"), src("ANY"))
	add("capsfilter", "Generic", []string{"caps"}, sink("ANY"), src("ANY"))
	add("queue", "Generic", nil, sink("ANY"), src("ANY"))
	add("tee", "Generic", nil, sink("ANY"), catalog.Pad{Name: "src_%u", Direction: "src", Presence: "request", Caps: "ANY"})
	return out
}

// described is an element of ours that only has a description.
type described struct{ spec element.Spec }

func (d described) Spec() element.Spec { return d.spec }

// converter is a small stand-in for the real convert: it passes what suits, and else decodes and encodes.
type converter struct{ described }

func (c converter) Build(p *element.Piece, conf element.Conf) error {
	for _, in := range p.Inputs {
		out, ok := p.Output(in.Port)
		if !ok {
			continue
		}
		want := media.Codec(conf.Text("codec"))
		if want == "" && len(out.Want) > 0 {
			want = out.Want[0].Codec
			if slices.ContainsFunc(out.Want, func(f element.Format) bool { return f.Codec == in.Format.Codec }) {
				want = in.Format.Codec
			}
		}
		if want == in.Format.Codec {
			p.Pass(in.Port, in.Port)
			continue
		}
		if in.Format.Codec == media.G729 || in.Format.Codec == media.VP6 {
			return p.Unable(in.Port, "%s cannot be decoded", in.Format.Codec)
		}
		enc, ok := map[media.Codec]string{media.H264: "x264enc", media.Opus: "opusenc", media.VP8: "vp8enc"}[want]
		if !ok {
			return p.Refuse("nothing encodes %s", want)
		}
		dec, enc2 := in.Port+"dec", in.Port+"enc"
		if in.Format.Caps == element.RawCaps(in.Format.Kind) {
			dec = enc2
			p.Chain("", in.Key, element.Part{Name: enc2, Factory: enc})
		} else {
			p.Chain("", in.Key, element.Part{Name: dec, Factory: "decodebin3"}, element.Part{Name: enc2, Factory: enc})
		}
		p.Enter(in.Port, in.Key, element.Pad{Part: dec})
		p.Exit(in.Port, "", element.Pad{Part: enc2}, element.Format{Kind: in.Format.Kind, Codec: want})
	}
	return nil
}

// mixer keeps a compositor and, for every key, a mix of the others.
type mixer struct{ described }

func (m mixer) Build(p *element.Piece, _ element.Conf) error {
	p.Chain("", "", element.Part{Name: "base", Factory: "videotestsrc", Props: []element.Prop{element.Set("is-live", true)}},
		element.Part{Name: "all", Factory: "compositor"})
	for _, in := range p.Inputs {
		if in.Key == "" {
			p.Enter(in.Port, "", element.Pad{Part: "all", Name: "sink_%u"})
			continue
		}
		p.Chain("", in.Key, element.Part{Name: "tee-" + in.Key, Factory: "tee"})
		p.Enter(in.Port, in.Key, element.Pad{Part: "tee-" + in.Key})
		p.Joints = append(p.Joints, element.Joint{From: element.Pad{Part: "tee-" + in.Key}, To: element.Pad{Part: "all"}, Key: in.Key})
	}
	for _, out := range p.Outputs {
		if out.Key == "" {
			p.Exit(out.Port, "", element.Pad{Part: "all"}, element.Format{Kind: media.Video})
			continue
		}
		p.Chain("", out.Key, element.Part{Name: "minus-" + out.Key, Factory: "compositor"})
		p.Joints = append(p.Joints, element.Joint{
			From: element.Pad{Part: "tee-" + out.Key}, To: element.Pad{Part: "minus-" + out.Key}, Key: out.Key, EachOther: true,
		})
		p.Exit(out.Port, out.Key, element.Pad{Part: "minus-" + out.Key}, element.Format{Kind: media.Video})
	}
	return nil
}

func registry(t *testing.T) *element.Registry {
	t.Helper()
	all := func(k media.Kind) []media.Codec {
		var out []media.Codec
		for _, i := range media.Codecs() {
			if i.Kind == k {
				out = append(out, i.Codec)
			}
		}
		return out
	}
	name := element.Setting("name", value.String)
	session := element.Setting("session", value.String)
	own := []element.Declared{
		described{element.Spec{Name: "peer.in", Domain: element.Go, Ports: []element.Port{
			element.Out("video", media.Video, media.H264, media.VP8), element.Out("audio", media.Audio, media.AAC, media.Opus),
		}, Fields: []element.Field{session}}},
		described{element.Spec{Name: "peer.out", Domain: element.Go, Ports: []element.Port{
			element.In("video", media.Video, media.VP8, media.H264).NoBFrames(), element.In("audio", media.Audio, media.Opus),
		}, Fields: []element.Field{session}}},
		described{element.Spec{Name: "stream.in", Domain: element.Go, Ports: []element.Port{
			element.Out("video", media.Video, all(media.Video)...), element.Out("audio", media.Audio, all(media.Audio)...),
		}, Fields: []element.Field{name, element.Choice("kind", "audio", "video").Shapes()}}},
		described{element.Spec{Name: "stream.out", Domain: element.Go, Demand: true, Ports: []element.Port{
			element.In("video", media.Video, all(media.Video)...).Maybe(), element.In("audio", media.Audio, all(media.Audio)...).Maybe(),
		}, Fields: []element.Field{name, element.Setting("login", value.Secret)}}},
		converter{described{element.Spec{Name: "convert", Domain: element.Gst, Ports: []element.Port{
			element.In("video", media.Video, all(media.Video)...).Maybe(), element.In("audio", media.Audio, all(media.Audio)...).Maybe(),
			element.Out("video", media.Video, all(media.Video)...).Maybe(), element.Out("audio", media.Audio, all(media.Audio)...).Maybe(),
		}, Fields: []element.Field{element.Setting("codec", value.Codec).Shapes()}}}},
		mixer{described{element.Spec{Name: "video.mix", Domain: element.Gst, Ports: []element.Port{
			element.In("in", media.Video).Raw().Many(), element.Out("out", media.Video).Raw(), element.Out("minus", media.Video).Raw().PerKey(),
		}}}},
	}
	reg, err := element.NewRegistry(fake(), own, []element.Trigger{{Event: "peer.publish", Path: true, Sessions: []string{"peer"}}})
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// library is a set of graphs by name.
type library map[string]*spec.Graph

func (l library) Graph(name string) (*spec.Graph, bool) { g, ok := l[name]; return g, ok }

// parse reads a graph, and fragments from further texts called f1, f2 and so on.
func parse(t *testing.T, text string, fragments ...string) (*spec.Graph, library) {
	t.Helper()
	one := func(name, text string) *spec.Graph {
		list, bad := spec.Parse(name+".yaml", name, []byte(text))
		for _, d := range bad {
			t.Errorf("%s", d)
		}
		if len(list) != 1 {
			t.Fatalf("%s: %d graphs", name, len(list))
		}
		return list[0]
	}
	lib := library{}
	for i, f := range fragments {
		name := "f" + string(rune('1'+i))
		lib[name] = one(name, f)
	}
	return one("g", text), lib
}

// resolve compiles and resolves, and fails the test on an error.
func resolve(t *testing.T, in plan.Inputs, text string, fragments ...string) *plan.Plan {
	t.Helper()
	p, err := tryResolve(t, in, text, fragments...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryResolve(t *testing.T, in plan.Inputs, text string, fragments ...string) (*plan.Plan, error) {
	t.Helper()
	g, lib := parse(t, text, fragments...)
	tmpl, err := plan.Compile(g, lib, registry(t))
	if err != nil {
		return nil, err
	}
	return tmpl.Resolve(in)
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("want %s, got %v", code, err)
	}
}
