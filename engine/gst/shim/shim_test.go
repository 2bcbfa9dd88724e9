//go:build cgo && !nogst

package shim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/engine/gst/shim"
)

func TestMain(m *testing.M) {
	gst.Init(nil)
	goleak.VerifyTestMain(m)
}

// line makes a pipeline that goes with the test.
func line(t *testing.T, text string) (*gst.Pipeline, shim.Object) {
	t.Helper()
	p, err := gst.NewPipelineFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		shim.SetState(p.Unsafe(), shim.Null)
		shim.Drop(p.Object)
	})
	return p, p.Unsafe()
}

// named finds an element of a pipeline; it goes with the test.
func named(t *testing.T, p *gst.Pipeline, name string) shim.Object {
	t.Helper()
	e, err := p.GetElementByName(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shim.Drop(e.Object) })
	return e.Unsafe()
}

// pad picks a pad; it goes with the test.
func pad(t *testing.T, e shim.Object, name string) shim.Object {
	t.Helper()
	p := shim.Pick(e, name, name == "src", nil)
	if p == nil {
		t.Fatalf("there is no pad %q", name)
	}
	t.Cleanup(func() { shim.Unref(p) })
	return p
}

// soon fails the test if something does not happen.
func soon[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second):
		t.Fatalf("%s does not happen", what)
	}
	var none T
	return none
}

func TestSet(t *testing.T) {
	p, _ := line(t, "videotestsrc name=v ! x264enc name=x ! fakesink name=s")
	v, x, s := named(t, p, "v"), named(t, p, "x"), named(t, p, "s")
	for _, c := range []struct {
		object         shim.Object
		property, text string
		playing        bool
		says, now      string
	}{
		{v, "pattern", "ball", false, "", "ball"},
		{v, "pattern", "18", false, "", "ball"},
		{v, "pattern", "nonesuch", false, `property "pattern" cannot be nonesuch`, "ball"},
		{v, "is-live", "true", false, "", "true"},
		{v, "num-buffers", "7", false, "", "7"},
		{v, "num-buffers", "many", false, `property "num-buffers" cannot be many`, "7"},
		{v, "no-such", "1", false, `has no property "no-such"`, ""},
		{x, "bitrate", "300", true, "", "300"},
		{x, "speed-preset", "fast", true, `property "speed-preset" cannot be changed while playing`, "medium"},
		{x, "tune", "zerolatency+fastdecode", false, "", "Fast decode+Zero latency"},
		{s, "stats", "x", false, `property "stats" cannot be set`, ""},
		{s, "ts-offset", "-5", false, "", "-5"},
	} {
		if got := shim.Set(c.object, c.property, c.text, c.playing); got != c.says {
			t.Errorf("%s=%s: says %q, want %q", c.property, c.text, got, c.says)
		}
		if got := shim.Get(c.object, c.property); c.now != "" && got != c.now {
			t.Errorf("%s=%s: is %q, want %q", c.property, c.text, got, c.now)
		}
	}
	if !shim.Playable(x, "bitrate") || shim.Playable(x, "speed-preset") || shim.Playable(x, "no-such") {
		t.Error("what may change while playing")
	}
	if got := shim.Get(v, "no-such"); got != "" {
		t.Errorf("a property that is not there is %q", got)
	}
}

func TestWhatElementsAre(t *testing.T) {
	p, own := line(t, "videotestsrc name=v ! x264enc name=x ! fakesink name=s")
	v, x, s := named(t, p, "v"), named(t, p, "x"), named(t, p, "s")
	if !shim.IsSource(v) || shim.IsSource(x) || !shim.IsSink(s) || shim.IsSink(x) || shim.Klass(x) != "Codec/Encoder/Video" || shim.Name(v) != "v" {
		t.Error("kinds and names")
	}
	src := pad(t, v, "src")
	if !shim.Gives(src) || shim.Gives(pad(t, s, "sink")) || shim.HasFormat(src) || shim.Duration(src) >= 0 || shim.Requested(src) {
		t.Error("pads")
	}
	if text := shim.Caps(src); !strings.Contains(text, "video/x-raw") {
		t.Errorf("caps %s", text)
	}
	if shim.Changing(own) || shim.Outcome(own) != shim.Done {
		t.Error("nothing changes yet")
	}
	if shim.SetState(own, shim.Paused) == shim.Refused {
		t.Error("it does not start")
	}
}

// A mixer's pads are asked for by a template's name, by a neighbour, or by nothing, and are given back.
func TestPick(t *testing.T) {
	p, _ := line(t, "audiotestsrc name=a ! capsfilter name=f compositor name=m audiomixer name=n tee name=t ! fakesink")
	m, n, f, tee := named(t, p, "m"), named(t, p, "n"), named(t, p, "f"), named(t, p, "t")
	src := pad(t, f, "src")
	for _, c := range []struct {
		what  string
		pad   shim.Object
		of    shim.Object
		found bool
	}{
		{"by its template", shim.Pick(m, "sink_%u", false, nil), m, true},
		{"by its name", shim.Pick(m, "sink_7", false, nil), m, true},
		{"for a neighbour", shim.Pick(n, "", false, src), n, true},
		{"for a neighbour of another kind", shim.Pick(m, "", false, src), m, false},
		{"any", shim.Pick(tee, "", true, nil), tee, true},
		{"none", shim.Pick(m, "quux", false, nil), m, false},
	} {
		if (c.pad != nil) != c.found {
			t.Errorf("%s: found %t", c.what, c.pad != nil)
		}
		if c.pad == nil {
			continue
		}
		if !shim.Requested(c.pad) {
			t.Errorf("%s: not on request", c.what)
		}
		shim.Release(c.of, c.pad)
		shim.Unref(c.pad)
	}
}

func TestLink(t *testing.T) {
	p, _ := line(t, "audiotestsrc name=a ! capsfilter name=f fakesink name=s videoconvert name=v ! fakesink")
	src, s, v := pad(t, named(t, p, "f"), "src"), pad(t, named(t, p, "s"), "sink"), pad(t, named(t, p, "v"), "sink")
	if shim.Link(src, v) {
		t.Error("sound was linked to a picture")
	}
	if !shim.Link(src, s) || shim.Link(src, s) {
		t.Error("it links once")
	}
	peer := shim.UnlinkSource(src)
	if peer != s {
		t.Errorf("it fed %v", peer)
	}
	shim.Unref(peer)
	if shim.UnlinkSource(src) != nil {
		t.Error("it feeds something still")
	}
	if !shim.Link(src, s) {
		t.Error("it does not link again")
	}
	shim.UnlinkSink(s)
	shim.UnlinkSink(s)
	if !shim.Link(src, s) {
		t.Error("it was not unlinked")
	}
}

// What is pushed into an appsrc comes out of an appsink as it was, with its gap and its end.
func TestPushAndDrain(t *testing.T) {
	p, own := line(t, "appsrc name=in format=time is-live=true ! appsink name=out sync=false async=false")
	in, out := named(t, p, "in"), named(t, p, "out")
	type passed struct {
		data     string
		pts, dts time.Duration
		flags    uint
		caps     string
	}
	got := make(chan passed, 16)
	shim.Drain(out, func(b *shim.Buffer) {
		got <- passed{string(b.Data), b.PTS, b.DTS, b.Flags, b.Format.Text()}
	})
	if problem := shim.SetCaps(in, "no caps, ="); problem == "" {
		t.Error("what are no caps was taken")
	}
	if problem := shim.SetCaps(in, "video/x-vp8,width=16"); problem != "" {
		t.Error(problem)
	}
	keys := make(chan bool, 4)
	shim.WatchKeys(in, func() { keys <- true })
	shim.SetState(own, shim.Playing)
	if !shim.Push(in, []byte("one"), 5, 4, shim.Key|shim.Discont) || !shim.Push(in, []byte("two"), 6, -1, 0) || !shim.Push(in, nil, 7, 7, 0) {
		t.Error("it does not take what comes")
	}
	shim.Gap(in, 8, 1)
	a, b := soon(t, "a unit", got), soon(t, "a unit", got)
	if a.data != "one" || a.pts != 5 || a.dts != 4 || a.flags != shim.Key|shim.Discont || !strings.Contains(a.caps, "width=(int)16") {
		t.Errorf("%+v", a)
	}
	if b.data != "two" || b.pts != 6 || b.dts >= 0 || b.flags != 0 {
		t.Errorf("%+v", b)
	}
	shim.AskKey(out)
	soon(t, "a wish for a key frame", keys)
	shim.Flush(in)
	if !shim.Push(in, []byte("three"), 9, 9, shim.Key) {
		t.Error("it takes nothing after a flush")
	}
	if c := soon(t, "a unit", got); c.data != "three" {
		t.Errorf("%+v", c)
	}
	shim.EndFeed(in)
	if e := soon(t, "the end", got); e.flags != shim.Final || e.data != "" {
		t.Errorf("%+v", e)
	}
	if shim.Push(in, []byte("four"), 10, 10, 0) {
		t.Error("it takes what comes after the end")
	}
}

func TestPull(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=16,height=16 ! appsink name=out sync=false")
	out := named(t, p, "out")
	shim.SetState(own, shim.Playing)
	data, caps, ended := shim.Pull(out, 30*time.Second)
	if len(data) != 384 || !strings.HasPrefix(caps, "video/x-raw") || ended {
		t.Errorf("%d bytes of %s, ended %t", len(data), caps, ended)
	}
	if data, _, ended = shim.Pull(out, 30*time.Second); data != nil || !ended {
		t.Errorf("%d bytes, ended %t", len(data), ended)
	}
	q, own := line(t, "videotestsrc ! valve drop=true ! appsink name=out")
	shim.SetState(own, shim.Playing)
	if data, _, ended = shim.Pull(named(t, q, "out"), time.Millisecond); data != nil || ended {
		t.Errorf("%d bytes, ended %t", len(data), ended)
	}
}

func TestEnds(t *testing.T) {
	p, own := line(t, "videotestsrc is-live=true name=v ! fakesink name=a async=false queue name=q ! fakesink name=b async=false")
	shim.Set(own, "message-forward", "true", false)
	h := hear(own)
	shim.KeepTime(own, shim.Now())
	shim.SetState(own, shim.Playing)
	shim.Recalculate(own)
	shim.End(named(t, p, "v"))
	h.until(t, func(m shim.Message) bool { return m.Kind == shim.EOS && m.Source == "a" })
	if !shim.EndPad(pad(t, named(t, p, "q"), "sink")) {
		t.Error("the end was not taken")
	}
	h.until(t, func(m shim.Message) bool { return m.Kind == shim.EOS && m.Source == "b" })
	e := named(t, p, "q")
	shim.LockState(e, true)
	shim.SetState(own, shim.Null)
	shim.LockState(e, false)
	if !shim.Sync(e) {
		t.Error("it does not follow")
	}
}
