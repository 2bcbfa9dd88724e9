//go:build cgo && !nogst

package chain

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/gst/crossing"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/fake"
)

// calls that are bridged at once, each with a leg either way.
const calls = 40

// used is the processor time that this process has taken.
func used(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Skip(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// piped is a leg as a pipeline with an appsrc and an appsink.
type piped struct {
	pipeline *gst.Pipeline
	src      *gst.Element
}

// pipe makes the pipeline of a plan with its caps complete; came counts what comes out of it.
func pipe(b *testing.B, p *plan.Pipeline, track media.Track, came func()) *piped {
	b.Helper()
	words := []string{"appsrc name=src is-live=true format=time block=false leaky-type=downstream max-time=500000000 caps=\"" +
		crossing.Caps(setting(p.Elements[0].Props, "caps"), track) + "\""}
	for i := 1; i < len(p.Elements)-1; i++ {
		if c := p.Links[i-1].Caps; c != "" {
			words = append(words, c)
		}
		words = append(words, p.Elements[i].Factory)
		for _, s := range p.Elements[i].Props {
			words[len(words)-1] += " " + s.Name + "=" + s.Text
		}
	}
	words = append(words, "appsink name=sink sync=false async=false emit-signals=false")
	made, err := gst.NewPipelineFromString(strings.Join(words, " ! "))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { made.SetState(gst.StateNull) })
	out := &piped{pipeline: made}
	end, err := made.GetElementByName("sink")
	if err != nil {
		b.Fatal(err)
	}
	if out.src, err = made.GetElementByName("src"); err != nil {
		b.Fatal(err)
	}
	shim.Drain(end.Unsafe(), func(*shim.Buffer) { came() })
	if err := made.SetState(gst.StatePlaying); err != nil {
		b.Fatal(err)
	}
	return out
}

// sides are the two directions of a call: its pipeline, what goes in, and a second of that.
type side struct {
	p     *plan.Pipeline
	track media.Track
	out   media.Codec
	in    []frame
}

func sides(b *testing.B) []side {
	b.Helper()
	phone := speech(440, 50)
	web, _ := through(b, toOpus(), media.NewTrack(media.PCMU), media.Opus, phone)
	return []side{
		{toOpus(), media.NewTrack(media.PCMU), media.Opus, phone},
		{toPhone(), media.NewTrack(media.Opus), media.PCMU, web},
	}
}

// BenchmarkCalls bridges calls between PCMU and Opus, by chains and by a pipeline for each leg, in turns: every operation is
// 20 ms of all calls by the one, and then by the other, at the pace of real calls. As these have nothing to do with each other,
// their packets are spread over the 20 ms, four every millisecond. It reports the ratio of
// what either costs, and once more, with how many calls that are for a core, less what the benchmark's own clock costs; and what
// a leg costs in threads and memory.
func BenchmarkCalls(b *testing.B) {
	kinds := sides(b)
	memory := resident(b)
	legs := chains(b, kinds)
	chained := func(i, n int) {
		if !legs[i].Unit(&media.Unit{PTS: time.Duration(n) * packet, AU: [][]byte{kinds[i%2].in[n%50].data}}) {
			b.Error("dropped")
		}
	}
	all(chained, 0)
	ofChains, memory := resident(b)-memory, resident(b)
	threads := entries(b, "/proc/self/task")

	var due sync.WaitGroup
	var pipes []*piped
	for i := range 2 * calls {
		pipes = append(pipes, pipe(b, kinds[i%2].p, kinds[i%2].track, due.Done))
	}
	pushed := func(i, n int) {
		due.Add(1)
		shim.Push(pipes[i].src.Unsafe(), kinds[i%2].in[n%50].data, time.Duration(n)*packet, time.Duration(n)*packet, 0)
	}
	for n := range 3 {
		all(pushed, n)
		all(chained, n+1)
		due.Wait()
	}
	ofPipes, more := resident(b)-memory, entries(b, "/proc/self/task")-threads

	clock := time.NewTicker(time.Millisecond)
	defer clock.Stop()
	round := func(push func(i, n int), n int) time.Duration {
		at := used(b)
		for i := range 2 * calls {
			if i%(2*calls/20) == 0 {
				<-clock.C
			}
			push(i, n)
		}
		due.Wait()
		return used(b) - at
	}
	var idle, chainCPU, pipeCPU time.Duration
	n := 4
	for b.Loop() {
		idle += round(func(int, int) {}, n)
		chainCPU += round(chained, n)
		pipeCPU += round(pushed, n)
		n++
	}
	sound := float64(time.Duration(n-4) * packet * calls)
	b.ReportMetric(float64(pipeCPU)/float64(chainCPU), "ratio")
	chainCPU, pipeCPU = max(chainCPU-idle, 1), max(pipeCPU-idle, 1)
	b.ReportMetric(sound/float64(chainCPU), "calls/core(chain)")
	b.ReportMetric(sound/float64(pipeCPU), "calls/core(pipeline)")
	b.ReportMetric(float64(pipeCPU)/float64(chainCPU), "ratio(less-clock)")
	b.ReportMetric(float64(ofChains)/float64(len(legs))/1024, "KiB/leg(chain)")
	b.ReportMetric(float64(ofPipes)/float64(len(pipes))/1024, "KiB/leg(pipeline)")
	b.ReportMetric(float64(more)/float64(len(pipes)), "threads/leg(pipeline)")
}

// all gives a packet to every leg.
func all(push func(i, n int), n int) {
	for i := range 2 * calls {
		push(i, n)
	}
}

// chains are the legs of all calls, started.
func chains(b *testing.B, kinds []side) []*Leg {
	b.Helper()
	var legs []*Leg
	for i := range 2 * calls {
		s := kinds[i%2]
		l, _ := leg(b, s.p, s.track.Codec, s.out, drop{fake.NewHost()})
		if err := l.Start(); err != nil {
			b.Fatal(err)
		}
		l.Codec(s.track)
		legs = append(legs, l)
	}
	return legs
}

// BenchmarkPush is one packet of 20 ms.
func BenchmarkPush(b *testing.B) {
	for _, s := range sides(b) {
		b.Run(string(s.track.Codec)+"-"+string(s.out), func(b *testing.B) {
			b.ReportAllocs()
			c := open(b, s.p)
			if _, err := c.Describe(s.track); err != nil {
				b.Fatal(err)
			}
			n := 0
			for b.Loop() {
				if _, err := c.Push(s.in[n%50].data, time.Duration(n)*packet, packet); err != nil {
					b.Fatal(err)
				}
				n++
			}
		})
	}
}

// BenchmarkOpen makes a leg, puts the first packet through and ends it.
func BenchmarkOpen(b *testing.B) {
	in := speech(440, 1)[0].data
	for b.Loop() {
		c, err := New(toOpus())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
			b.Fatal(err)
		}
		if _, err := c.Push(in, 0, packet); err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
