package mixer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sluice/api/mixer"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// lies is a look with a layout.
func lies(layout string) mixer.Look { return mixer.Look{Layout: &layout} }

func joining() mixer.Joining { return mixer.Joining{Audio: true, Video: true} }

// Streams come into a mixer, are made louder and softer, and go.
func TestMixer(t *testing.T) {
	h := open(t, mixer.Options{})
	m := h.begun("studio", usual())
	h.publish("live/ann")
	h.publish("bob#desktop")
	ctx := t.Context()
	for stream, j := range map[string]mixer.Joining{"live/ann": joining(), "bob#desktop": {Audio: true, Label: "Bob"}} {
		if err := m.Add(ctx, stream, j); err != nil {
			t.Fatal(err)
		}
	}
	if got := in(m); !slices.Equal(got, []string{"bob#desktop", "live/ann"}) {
		t.Fatal(got)
	}
	if f := h.fields("studio-out", "picture"); f["names"] != `{"ann":"live/ann","bob":"Bob"}` || f["still"] != "bob" || f["layout"] != "grid" {
		t.Errorf("the picture: %v", f)
	}
	h.until("what each hears", func() bool {
		return h.engine.Streams().Has("studio-out-annstudio-out") && h.engine.Streams().Has("studio-out-bobstudio-out")
	})
	level, muted := 50, true
	if err := m.SetAudioVideo(ctx, mixer.Like("live/.*"), mixer.Change{Level: &level, VideoMuted: &muted}); err != nil {
		t.Fatal(err)
	}
	if f := h.fields("studio-out", "sound"); f["volumes"] != `{"ann":0.5}` {
		t.Errorf("the sound: %v", f)
	}
	if g := m.Guests(); !g[slices.IndexFunc(g, func(g mixer.Guest) bool { return g.Stream == "live/ann" })].VideoMuted {
		t.Errorf("%+v", g)
	}
	if err := m.SetLabel(ctx, "live/ann", "Ann"); err != nil {
		t.Error(err)
	}
	if err := m.SetLook(ctx, lies("com.flashphoner.media.mixer.video.presentation.CropNoPaddingGridLayout")); err != nil {
		t.Error(err)
	}
	if f := h.fields("studio-out", "picture"); !strings.Contains(f["layout"], "crop") || f["names"] != `{"ann":"Ann","bob":"Bob"}` {
		t.Errorf("the picture: %v", f)
	}
	if err := m.Remove(ctx, "live/ann"); err != nil {
		t.Error(err)
	}
	if got := in(m); !slices.Equal(got, []string{"bob#desktop"}) {
		t.Error(got)
	}
	if err := m.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if list := h.List(); len(list) != 0 || h.engine.Streams().Has("studio-out") {
		t.Error(list)
	}
	h.begun("studio", usual()) // the name is free again
}

// What a guest was given goes with him: who has his key after him is shown without it.
func TestNextOfAKey(t *testing.T) {
	h := open(t, mixer.Options{})
	m := h.begun("studio", usual())
	ctx, j := t.Context(), joining()
	j.Position = "first"
	dressed := j
	dressed.Avatar = "ann.png"
	for _, stream := range []string{"ann", "bob"} {
		h.publish(stream)
	}
	shown := func() string {
		f := h.fields("studio-out", "picture")
		return f["avatars"] + " " + f["watermarks"]
	}
	err := errors.Join(m.Add(ctx, "ann", dressed), m.SetStreamMark(ctx, "ann", mixer.Mark{File: "mark.png", Alpha: 1}))
	if got := shown(); err != nil || !strings.Contains(got, "ann.png") || !strings.Contains(got, "mark.png") {
		t.Fatal(err, got)
	}
	if err := errors.Join(m.Remove(ctx, "ann"), m.Add(ctx, "bob", j)); err != nil || strings.Contains(shown(), "png") {
		t.Errorf("bob has %s: %v", shown(), err)
	}
}

// A mixer takes what another one gives, unless that has what the first one gives. The stream that the first one has for the other alone is
// without that, and may go there.
func TestMixersOfMixers(t *testing.T) {
	h := open(t, mixer.Options{})
	one, two, three := h.begun("one", usual()), h.begun("two", usual()), h.begun("three", usual())
	ctx := t.Context()
	if err := errors.Join(one.Add(ctx, "two-out", joining()), two.Add(ctx, "three-out", joining())); err != nil {
		t.Fatal(err)
	}
	for m, streams := range map[*mixer.Mixer][]string{
		one: {"one-out", "one-out-two-outone-out"}, two: {"one-out"}, three: {"one-out", "two-out", "two-out-three-outtwo-out"},
	} {
		for _, stream := range streams {
			h.until(stream, func() bool { return h.engine.Streams().Has(stream) })
			err := m.Add(ctx, stream, joining())
			if alone := m == three && strings.HasPrefix(stream, "two-out-"); alone != (err == nil) || !alone && fault.CodeOf(err) != fault.InvalidParams {
				t.Errorf("%s in %s: %v", stream, m.Name, err)
			}
		}
	}
}

// Who shares a screen is large in a grid, as long as he is there.
func TestScreenInGrid(t *testing.T) {
	h := open(t, mixer.Options{})
	m := h.begun("studio", usual())
	for _, stream := range []string{"ann", "ann#room#desktop"} {
		h.publish(stream)
		if err := m.Add(t.Context(), stream, joining()); err != nil {
			t.Fatal(err)
		}
	}
	if f := h.fields("studio-out", "picture"); f["layout"] != "presentation" {
		t.Error(f)
	}
	if err := m.Remove(t.Context(), "ann#room#desktop"); err != nil {
		t.Fatal(err)
	}
	if f := h.fields("studio-out", "picture"); f["layout"] != "grid" {
		t.Error(f)
	}
}

// What cannot be is refused, each with its code, and leaves everything as it was.
func TestRefusals(t *testing.T) {
	h := open(t, mixer.Options{Most: 2})
	h.publish("cam")
	m := h.begun("studio", usual())
	if err := m.Add(t.Context(), "cam", joining()); err != nil {
		t.Fatal(err)
	}
	start := func(name, output string, change func(*mixer.Settings)) error {
		s := usual()
		if change != nil {
			change(&s)
		}
		_, err := h.Start(t.Context(), name, output, s)
		return err
	}
	level := 5
	like := func(text string) error {
		return m.SetAudioVideo(t.Context(), mixer.Like(text), mixer.Change{Level: &level})
	}
	for what, c := range map[string]struct {
		got  error
		want fault.Code
		says string
	}{
		"a name that is taken":     {start("studio", "x", nil), fault.NameInUse, `"studio"`},
		"an output that is taken":  {start("b", "studio-out", nil), fault.NameInUse, `"studio-out"`},
		"an output of a publisher": {start("b", "cam", nil), fault.NameInUse, `"cam"`},
		"no output":                {start("b", "", nil), fault.InvalidParams, "/localStreamName"},
		"an address":               {start("b", "rtmp://a/b", nil), fault.InvalidParams, "address"},
		"too wide":                 {start("b", "x", func(s *mixer.Settings) { s.Width = 4000 }), fault.InvalidParams, "/mixerVideoWidth"},
		"too fast":                 {start("b", "x", func(s *mixer.Settings) { s.FPS = 1000 }), fault.InvalidParams, "/mixerVideoFps"},
		"too many bits":            {start("b", "x", func(s *mixer.Settings) { s.Bitrate = 1 << 40 }), fault.InvalidParams, "/mixerVideoBitrateKbps"},
		"nothing to mix":           {start("b", "x", func(s *mixer.Settings) { s.Audio, s.Video = false, false }), fault.InvalidParams, "/hasVideo"},
		"a class of somebody's":    {start("b", "x", func(s *mixer.Settings) { s.Layout = "org.example.MyLayout" }), fault.InvalidParams, "no layout"},
		"a layout that is none":    {start("b", "x", func(s *mixer.Settings) { s.Layout = "regions:\n - {with: 3}" }), fault.InvalidParams, "layout:2:5"},
		"a stream nobody has":      {m.Add(t.Context(), "nobody", joining()), fault.StreamNotFound, `"nobody"`},
		"what comes out of it":     {m.Add(t.Context(), "studio-out", joining()), fault.InvalidParams, "itself"},
		"what one in it hears":     {m.Add(t.Context(), "studio-out-camstudio-out", joining()), fault.InvalidParams, "itself"},
		"a stream twice":           {m.Add(t.Context(), "cam", joining()), fault.NameInUse, `"cam"`},
		"a stranger's leaving":     {m.Remove(t.Context(), "nobody"), fault.StreamNotFound, `"nobody"`},
		"a stranger's label":       {m.SetLabel(t.Context(), "nobody", "x"), fault.StreamNotFound, `"nobody"`},
		"a label without end":      {m.SetLabel(t.Context(), "cam", strings.Repeat("x", 65)), fault.InvalidParams, "64"},
		"a stranger's avatar":      {m.SetAvatar(t.Context(), "nobody", "a.png"), fault.StreamNotFound, `"nobody"`},
		"nobody is meant":          {m.SetAudioVideo(t.Context(), mixer.Named("x"), mixer.Change{Level: &level}), fault.StreamNotFound, "none"},
		"no regular expression":    {like("("), fault.InvalidParams, "/streams"},
		"two halves of one":        {like("a)|(?:b"), fault.InvalidParams, "/streams"},
		"a long one":               {like(strings.Repeat("a", 1000)), fault.InvalidParams, "too long"},
		"a layout later":           {m.SetLook(t.Context(), lies("speeker")), fault.InvalidParams, "speaker"},
	} {
		if !errors.Is(c.got, c.want) || !strings.Contains(c.got.Error(), c.says) {
			t.Errorf("%s: %v, want %s with %q", what, c.got, c.want, c.says)
		}
	}
	h.begun("second", usual())
	if err := start("third", "x", nil); !errors.Is(err, fault.Overloaded) {
		t.Error(err)
	}
	if _, err := h.Find("third"); !errors.Is(err, fault.ResourceNotFound) {
		t.Error(err)
	}
	if got := fmt.Sprint(in(m), len(h.List())); got != "[cam] 2" {
		t.Error(got)
	}
}

// One stream too many is refused as such, and there is a place as soon as one has left.
func TestFull(t *testing.T) {
	h := openWith(t, mixer.Options{Usual: usual()}, func(graph string) string {
		return strings.ReplaceAll(graph, "seats: {type: int, default: 36", "seats: {type: int, default: 1")
	})
	for _, name := range []string{"cam", "other"} {
		h.publish(name)
	}
	m := h.begun("studio", usual())
	if err := m.Add(t.Context(), "cam", joining()); err != nil {
		t.Fatal(err)
	}
	if err := m.Add(t.Context(), "other", joining()); !errors.Is(err, fault.Overloaded) || strings.Contains(err.Error(), "/seat:") {
		t.Error(err)
	}
	if err := m.Remove(t.Context(), "cam"); err != nil {
		t.Error(err)
	}
	if err := m.Add(t.Context(), "other", joining()); err != nil {
		t.Error(err)
	}
}

// A mixer whose GStreamer fails leaves nothing, and neither does a guest that cannot be let in.
func TestFailures(t *testing.T) {
	h := open(t, mixer.Options{})
	broken := fault.New(fault.GstElement, "", "broken")
	h.worse = func(r *fake.Runtime) { r.Fail(run.CallPrepare, broken) }
	if _, err := h.Start(t.Context(), "studio", "out", usual()); !errors.Is(err, fault.GstElement) {
		t.Error(err)
	}
	if h.List() != nil || h.engine.Streams().Has("out") {
		t.Error("something is left")
	}
	h.worse = nil
	m := h.begun("studio", usual())
	h.publish("cam")
	h.opened[len(h.opened)-1].Fail(run.CallApply, broken)
	if err := m.Add(t.Context(), "cam", joining()); err == nil {
		t.Error("it was let in")
	}
	if got := in(m); len(got) != 0 {
		t.Error(got)
	}
}

// Mixers of sound or pictures alone have what they need and no more.
func TestHalves(t *testing.T) {
	h := open(t, mixer.Options{})
	h.publish("cam")
	for name, change := range map[string]func(*mixer.Settings){
		"sound": func(s *mixer.Settings) { s.Video, s.MCUAudio = false, false }, "pictures": func(s *mixer.Settings) { s.Audio, s.MCUAudio = false, false },
		"alone": func(s *mixer.Settings) { s.MCUVideo = false }, "plain": func(s *mixer.Settings) { s.MCUAudio = false },
	} {
		s := usual()
		change(&s)
		m := h.begun(name, s)
		if err := m.Add(t.Context(), "cam", joining()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := m.SetLook(t.Context(), mixer.Look{Mark: &mixer.Mark{}}); s.Video != (err == nil) {
			t.Errorf("%s: a mark: %v", name, err)
		}
		if has := h.engine.Streams().Has(name + "-out-cam" + name + "-out"); has != s.MCUAudio {
			t.Errorf("%s: what a guest hears is there: %v", name, has)
		}
	}
}

// A stream is meant by its name before all whose names that matches, also when it is no regular expression.
func TestWhich(t *testing.T) {
	h := open(t, mixer.Options{})
	m := h.begun("studio", mixer.Settings{Audio: true})
	for _, stream := range []string{"c++", "a.c", "abc", "cab"} {
		h.publish(stream)
		if err := m.Add(t.Context(), stream, joining()); err != nil {
			t.Fatal(err)
		}
	}
	for level, c := range []struct {
		which mixer.Which
		want  string
	}{
		{mixer.Like("c++"), "c++"}, {mixer.Like("a.c"), "a.c"}, {mixer.Like("a.."), "a.c abc"}, {mixer.Like("a|c"), ""}, {mixer.Like("a|cab"), "cab"},
		{mixer.Named("cab", "a.c", "x"), "a.c cab"},
	} {
		err := m.SetAudioVideo(t.Context(), c.which, mixer.Change{Level: &level})
		var got []string
		for _, g := range m.Guests() {
			if g.Level == level {
				got = append(got, g.Stream)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%+v: %v, %v, want %s", c.which, got, err, c.want)
		}
	}
}

// What is to be seen changes altogether, or not at all.
func TestLook(t *testing.T) {
	h := open(t, mixer.Options{})
	m := h.begun("studio", usual())
	look := func(layout, background, mark string) error {
		return m.SetLook(t.Context(), mixer.Look{Layout: &layout, Background: &background, Mark: &mixer.Mark{File: mark, X: 4, Y: 5, Alpha: 1}})
	}
	seen := func() string {
		f := h.fields("studio-out", "picture")
		return m.Layout() + " " + f["layout"] + " " + f["background"] + " " + f["watermark"] + " " + f["watermark_at"]
	}
	if err := look("pip", "b.png", "m.png"); err != nil {
		t.Fatal(err)
	}
	const want = `pip pip b.png m.png {"alpha":1.0,"height":0,"width":0,"x":4,"y":5}`
	if got := seen(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for what, err := range map[string]error{
		"a layout": look("speeker", "c.png", "n.png"), "a background": look("grid", "c.gif", "n.png"), "a mark": look("grid", "c.png", "n.gif"),
	} {
		if got := seen(); !errors.Is(err, fault.InvalidParams) || got != want {
			t.Errorf("%s: %v, and it is %s", what, err, got)
		}
	}
	h.mu.Lock()
	room := h.opened[len(h.opened)-1]
	h.mu.Unlock()
	room.Fail(run.CallApply, fault.New(fault.GstElement, "", "not now"))
	if err := look("grid", "c.png", "n.png"); err == nil || seen() != want {
		t.Errorf("%v, and it is %s", err, seen())
	}
	room.Fail(run.CallApply, nil)
	if err := look("grid", "", ""); err != nil || !strings.HasPrefix(seen(), "grid grid   ") {
		t.Errorf("%v, and it is %s", err, seen())
	}
}
