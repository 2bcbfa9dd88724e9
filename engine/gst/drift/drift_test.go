//go:build cgo && !nogst

package drift

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/elements/mix"
	"sluice/engine/element"
	"sluice/engine/gst/asrc"
	"sluice/engine/gst/bridge"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
)

func TestMain(m *testing.M) {
	gst.Init(nil)
	goleak.VerifyTestMain(m)
}

// launch is audio.mix with guests as gst-launch would be given it, with an appsrc for each and an appsink. Its silence is not live, so that
// hours pass as fast as they can.
func launch(t *testing.T, rate int, length time.Duration, guests []*source) string {
	t.Helper()
	var ins []element.Input
	for _, g := range guests {
		ins = append(ins, element.Input{Port: "in", Key: g.name, Format: element.Format{Kind: media.Audio, Caps: "audio/x-raw"}})
	}
	p := element.NewPiece("mix", ins, []element.Output{{Port: "out"}})
	if err := (mix.Audio{}).Build(p, element.Conf{"rate": int64(rate), "channels": int64(1)}); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, part := range p.Parts {
		_, _ = fmt.Fprintf(&text, " %s name=%s", part.Factory, part.Name)
		for _, prop := range part.Props {
			if prop.Name != "is-live" {
				_, _ = fmt.Fprintf(&text, " %s=\"%v\"", prop.Name, prop.Value)
			}
		}
		if part.Name == "silence" {
			_, _ = fmt.Fprintf(&text, " samplesperbuffer=%d num-buffers=%d", rate/50, length/frame)
		}
	}
	for _, j := range p.Joints {
		_, _ = fmt.Fprintf(&text, " %s. ! %s.%s", j.From.Part, j.To.Part, j.To.Name)
	}
	for _, g := range guests {
		_, _ = fmt.Fprintf(&text, " appsrc name=in-%s format=time block=true max-bytes=0 max-time=0 max-buffers=50 "+
			"caps=audio/x-raw,format=S16LE,rate=%d,channels=1,layout=interleaved ! %s.",
			g.name, g.rate, p.Entries[element.PortKey{Port: "in", Key: g.name}].Part)
	}
	exit := p.Exits[element.PortKey{Port: "out"}]
	return text.String() + " appsink name=out sync=false max-buffers=50 " + exit.Part + ". ! out."
}

// play has guests mixed, and gives what is heard.
func play(t *testing.T, rate int, length time.Duration, guests []*source) *ear {
	t.Helper()
	if err := asrc.Register(); err != nil {
		t.Fatal(err)
	}
	line, err := gst.NewPipelineFromString(launch(t, rate, length, guests))
	if err != nil {
		t.Fatal(err)
	}
	e := newEar(rate, length, guests)
	var feeds sync.WaitGroup
	part := func(name string) shim.Object {
		g, err := line.GetElementByName(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shim.Drop(g.Object) })
		return g.Unsafe()
	}
	shim.Drain(part("out"), e.take)
	inlets := map[*source]*bridge.Inlet{}
	for _, g := range guests {
		inlets[g] = bridge.New(func() {})
		inlets[g].Attach(part("in-"+g.name), "")
	}
	shim.SetState(line.Unsafe(), shim.Playing)
	t.Cleanup(func() {
		shim.SetState(line.Unsafe(), shim.Null)
		feeds.Wait()
		shim.Drop(line.Object)
	})
	for g, in := range inlets {
		feeds.Go(func() {
			g.feed(in, length)
			in.Mark(run.End)
		})
	}
	select {
	case <-e.ended:
	case <-time.After(length / 50): // of which nothing here takes a tenth
		t.Fatal("it does not end")
	}
	return e
}

// TestDrift mixes two guests whose clocks are 500 ppm off, one fast and one slow, for ten minutes, or with SLUICE_ENDURE for six hours.
// Their sound is never farther from when it was made than at first, nor from their pictures, and nothing of it is missing.
func TestDrift(t *testing.T) {
	rate, length := 48000, 10*time.Minute
	if os.Getenv("SLUICE_ENDURE") != "" {
		rate, length = 8000, 6*time.Hour
	}
	for name, reports := range map[string]bool{"told by reports": true, "told by arrivals": false} {
		t.Run(name, func(t *testing.T) {
			guests := []*source{
				{name: "ann", ppm: 500, level: 1000, height: high, reports: reports, rate: 8000},
				{name: "bob", ppm: -500, level: 2000, height: low, reports: reports, rate: rate},
			}
			e := play(t, rate, length, guests)
			e.judge(t, guests[0], e.highs)
			e.judge(t, guests[1], e.lows)
			t.Logf("%v mixed at %d Hz; the longest gap is %v", at(e.n, rate), rate, at(e.longest, rate))
			if gap := at(e.longest, rate); gap > 20*time.Millisecond {
				t.Errorf("a gap of %v", gap)
			}
		})
	}
}
