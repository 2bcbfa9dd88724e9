//go:build cgo && !nogst

package bridge_test

import (
	"bytes"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/engine/gst/bridge"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) {
	gst.Init(nil)
	goleak.VerifyTestMain(m)
}

// through plays a pipeline from an appsrc to an appsink, and gives both and the port that gets what comes out.
func through(t *testing.T) (in, out shim.Object, port *fake.Port) {
	t.Helper()
	p, err := gst.NewPipelineFromString("appsrc name=in is-live=true format=time caps=video/x-h264,stream-format=byte-stream,alignment=au ! appsink name=out sync=false async=false")
	if err != nil {
		t.Fatal(err)
	}
	var ends []shim.Object
	for _, name := range []string{"in", "out"} {
		e, err := p.GetElementByName(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shim.Drop(e.Object) })
		ends = append(ends, e.Unsafe())
	}
	port = fake.NewPort()
	bridge.Drain(ends[1], port, "node", slog.New(slog.DiscardHandler))
	shim.SetState(p.Unsafe(), shim.Playing)
	t.Cleanup(func() {
		shim.SetState(p.Unsafe(), shim.Null)
		shim.Drop(p.Object)
	})
	return ends[0], ends[1], port
}

func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	for !cond() {
		select {
		case <-late:
			t.Fatalf("%s does not happen", what)
		case <-time.After(time.Millisecond):
		}
	}
}

func unit(at time.Duration, key bool, parts ...[]byte) *media.Unit {
	return &media.Unit{PTS: at, DTS: at, Key: key, AU: parts}
}

const planned = "video/x-h264,stream-format=byte-stream,alignment=au"

// An inlet drops while nothing is behind it, and passes units on whole while something is, whichever it is.
func TestInletOutlivesWhatIsBehindIt(t *testing.T) {
	var asked atomic.Int64
	in := bridge.New(func() { asked.Add(1) })
	nal := [][]byte{{0x65, 1, 2}, {0x41, 3}}
	if in.Unit(unit(0, true, nal...)) || in.Gap(0, 1) {
		t.Error("it takes what nobody gets")
	}
	track := media.NewTrack(media.H264)
	track.Width = 16
	in.Codec(track)
	for range 2 {
		src, sink, port := through(t)
		in.Attach(src, planned)
		if !in.Unit(unit(time.Second, true, nal...)) || !in.Gap(2*time.Second, time.Second) || !in.Gap(-1, time.Second) || !in.Gap(0, 0) {
			t.Error("it does not take what somebody gets")
		}
		if !in.Unit(unit(3*time.Second, false, nal[1])) {
			t.Error("it does not take what comes after a gap")
		}
		until(t, "both units", func() bool { return len(port.Units()) == 2 })
		a, b := port.Units()[0], port.Units()[1]
		if a.PTS != time.Second || !a.Key || !slices.EqualFunc(a.AU, nal, bytes.Equal) || b.Key || len(b.AU) != 1 {
			t.Errorf("%+v, %+v", a, b)
		}
		if tr := port.Tracks(); len(tr) != 1 || tr[0].Codec != media.H264 || tr[0].Width != 16 {
			t.Errorf("described as %v", tr)
		}
		was := asked.Load()
		shim.AskKey(sink)
		until(t, "a wish for a key frame", func() bool { return asked.Load() == was+1 })
		in.Mark(run.Flush)
		other, _, _ := through(t)
		in.Detach(other) // which is not behind it
		if !in.Unit(unit(4*time.Second, true, nal...)) {
			t.Error("it lets go of another")
		}
		in.Detach(src)
		if in.Unit(unit(5*time.Second, true, nal...)) {
			t.Error("it has not let go")
		}
	}
}

// After its end an inlet takes nothing, and what comes behind it then ends at once.
func TestInletEnds(t *testing.T) {
	in := bridge.New(func() {})
	src, _, port := through(t)
	in.Attach(src, planned)
	in.Mark(run.End)
	in.Mark(run.End)
	until(t, "the end", func() bool { return slices.Equal(port.Marks(), []run.Mark{run.End}) })
	if in.Unit(unit(0, true, []byte{0x65})) || in.Gap(0, 1) {
		t.Error("it takes what comes after the end")
	}
	in.Detach(src)
	late, _, port := through(t)
	in.Attach(late, planned)
	until(t, "another end", func() bool { return len(port.Marks()) == 1 })
}
