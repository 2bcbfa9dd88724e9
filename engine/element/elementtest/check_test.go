package elementtest_test

import (
	"errors"
	"testing"

	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// TestCheck runs the whole check over elements that keep the contract.
func TestCheck(t *testing.T) {
	reg := elementtest.GStreamer(t)
	elementtest.Check(t, reg, maker{})
	elementtest.Check(t, reg, built{build: decode})
	elementtest.Check(t, nil, built{build: decode})
}

func decode(p *element.Piece, _ element.Conf) error {
	p.Chain("", "", element.Part{Name: "dec", Factory: "opusdec", Props: []element.Prop{element.Set("plc", true)}},
		element.Part{Name: "conv", Factory: "audioconvert"})
	p.Enter("in", "", element.Pad{Part: "dec"})
	p.Exit("out", "", element.Pad{Part: "conv", Name: "src"}, element.Format{Kind: media.Audio})
	return nil
}

func TestLives(t *testing.T) {
	for name, c := range map[string]struct {
		factory maker
		want    string
	}{
		"good":            {maker{}, ""},
		"forgets":         {maker{forgets: true}, "goroutines survive"},
		"fussy":           {maker{fussy: true}, "not started"},
		"cannot be made":  {maker{fails: true}, "new: no"},
		"forgetful again": {maker{forgets: true, fussy: true}, "goroutines survive"},
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, elementtest.Lives(t.Context(), elementtest.Env(t), c.factory), c.want)
		})
	}
}

func TestBuilds(t *testing.T) {
	reg := elementtest.GStreamer(t)
	count := 0
	for name, c := range map[string]struct {
		build func(p *element.Piece, conf element.Conf) error
		want  string
	}{
		"good":    {decode, ""},
		"refuses": {func(p *element.Piece, _ element.Conf) error { return p.Refuse("not today") }, ""},
		"refuses with a plain error": {
			func(*element.Piece, element.Conf) error { return errors.New("not today") }, "must be a fault",
		},
		"settings": {func(_ *element.Piece, conf element.Conf) error {
			if conf.Int("count") != 3 || conf.Text("name") == "" {
				return errors.New("without its settings")
			}
			return fault.New(fault.CodecNotAvailable, "", "done")
		}, ""},
		"every time another": {func(p *element.Piece, _ element.Conf) error {
			count++
			p.Note(string(rune('a' + count%26)))
			return nil
		}, "differ"},
		"one name twice": {func(p *element.Piece, _ element.Conf) error {
			p.Chain("", "", element.Part{Name: "a", Factory: "queue"}, element.Part{Name: "a", Factory: "queue"})
			return nil
		}, "two parts"},
		"no such element":  {part("opusdecoder"), `no element "opusdecoder"`},
		"the worker's own": {part("sluiceg729enc"), ""},
		"no such property": {part("opusdec", element.Set("speed", int64(1))), `no property "speed"`},
		"no such value":    {part("x264enc", element.Set("bitrate", int64(-1))), "x264enc bitrate"},
		"no such word":     {part("x264enc", element.Set("speed-preset", "quick")), "x264enc speed-preset"},
		"joint to nowhere": {func(p *element.Piece, _ element.Conf) error {
			p.Joints = append(p.Joints, element.Joint{From: element.Pad{Part: "x"}, To: element.Pad{Part: "y"}})
			return nil
		}, `no part "x"`},
		"caps": {func(p *element.Piece, _ element.Conf) error {
			p.Chain("", "", element.Part{Name: "a", Factory: "queue"}, element.Part{Name: "b", Factory: "queue"})
			p.Joints[0].Caps = "audio/x-raw,rate="
			return nil
		}, "caps"},
		"no such pad": {func(p *element.Piece, _ element.Conf) error {
			p.Chain("", "", element.Part{Name: "a", Factory: "mp4mux"})
			p.Enter("in", "", element.Pad{Part: "a", Name: "sink_%u"})
			return nil
		}, `no pad "sink_%u"`},
		"wrong side": {func(p *element.Piece, _ element.Conf) error {
			p.Chain("", "", element.Part{Name: "a", Factory: "opusdec"})
			p.Enter("in", "", element.Pad{Part: "a", Name: "src"})
			return nil
		}, `no pad "src"`},
		"gives what": {func(p *element.Piece, _ element.Conf) error {
			p.Chain("", "", element.Part{Name: "a", Factory: "opusdec"})
			p.Exit("out", "", element.Pad{Part: "a"}, element.Format{})
			return nil
		}, "what out gives"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, elementtest.Builds(reg, built{build: c.build}), c.want) })
	}
}

func part(factory string, props ...element.Prop) func(*element.Piece, element.Conf) error {
	return func(p *element.Piece, _ element.Conf) error {
		p.Chain("", "", element.Part{Name: "a", Factory: factory, Props: props})
		return nil
	}
}

func TestEnv(t *testing.T) {
	env := elementtest.Env(t)
	if _, ok := env.Sessions.Session("browser"); ok {
		t.Error("there is a session")
	}
	if s, ok := (elementtest.Sessions{"browser": 7}).Session("browser"); !ok || s != 7 {
		t.Errorf("session is %v", s)
	}
	env.Events.Emit("a", nil)
	env.Over(nil)
	if env.Clock.Now().IsZero() {
		t.Error("the clock stands")
	}
	<-env.Clock.After(0)
}
