//go:build cgo && !nogst

package gst_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/caps"
	"sluice/engine/gst"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/trial/measure"
	"sluice/engine/value"
)

// rawEars gives a room in which what guests hear leaves uncoded.
func rawEars(p *plan.Plan, guests ...string) *plan.Plan {
	for _, g := range guests {
		p = changed(p, "seat-"+g+"-earenc", func(e *plan.Element) { e.Factory, e.Props = "identity", nil })
		p = changed(p, "seat-"+g+"-own-audio-out", func(e *plan.Element) {
			e.Props = slices.DeleteFunc(slices.Clone(e.Props), func(s plan.Setting) bool { return s.Name == "caps" })
		})
	}
	return p
}

// tone makes a second of Opus of one pitch.
func tone(t testing.TB, hz int) (media.Track, []*media.Unit) {
	t.Helper()
	host, _ := begin(t, open(t), resolve(t, template(t, "tone", fmt.Sprintf(`
graph: v1
about: A tone.
nodes:
  in: test.in audio=opus tone=%d length=1s
  out: stream.out name=x
links:
  - in -> out
`, hz)), plan.Inputs{}))
	port := host.Port("out-audio-out")
	until(t, "the end", func() bool { return len(port.Marks()) > 0 })
	return port.Tracks()[0], port.Units()
}

// live hands units to an inlet at the speed of life, over and over, until the test is over or stop is called.
func live(t testing.TB, host *fake.Host, in run.Port, track media.Track, list []*media.Unit) (stop func()) {
	t.Helper()
	over := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		in.Codec(track)
		begun := time.Since(host.Epoch())
		for n := 0; ; n++ {
			u := *list[n%len(list)]
			u.PTS = begun + time.Duration(n)*20*time.Millisecond
			u.DTS = u.PTS
			for time.Since(host.Epoch()) < u.PTS {
				select {
				case <-tick.C:
				case <-over:
					return
				}
			}
			select {
			case <-over:
				return
			default:
				in.Unit(&u)
			}
		}
	})
	stop = sync.OnceFunc(func() {
		close(over)
		done.Wait()
	})
	t.Cleanup(stop)
	return stop
}

// hears measures what left by a port from a number of units on, until there is half a second of it.
func hears(t testing.TB, port *fake.Port) []int {
	t.Helper()
	c, err := caps.Parse("audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved")
	if err != nil {
		t.Fatal(err)
	}
	format, err := measure.NewSound(c)
	if err != nil {
		t.Fatal(err)
	}
	from := len(port.Units())
	frames := func() (n int, data []byte) {
		for _, u := range port.Units()[from:] {
			for _, part := range u.AU {
				n += format.Frames(part)
				data = append(data, part...)
			}
		}
		return n, data
	}
	until(t, "half a second of sound", func() bool { n, _ := frames(); return n > 24_000 })
	s := measure.NewSpectrum(format)
	_, data := frames()
	s.Add(data)
	var out []int
	for _, tone := range s.Tones() {
		if tone.Share > 0.1 {
			out = append(out, int(tone.Hz+25)/50*50)
		}
	}
	slices.Sort(out)
	return out
}

// Each of three guests hears the other two and not itself, and goes on doing so when one leaves.
func TestEachHearsTheOthers(t *testing.T) {
	t.Parallel()
	guests := []string{"ann", "bob", "cid"}
	pitches := map[string]int{"ann": 400, "bob": 1000, "cid": 2500}
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	stops := map[string]func(){}
	for i, g := range guests {
		here := guests[:i+1]
		p := rawEars(room(t, here...), here...)
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[" + g + "]", Plan: p})
		track, list := tone(t, pitches[g])
		stops[g] = live(t, host, res.Inlets["seat-"+g+"-adec-audio-in"], track, list)
	}
	for _, g := range guests {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "seat[" + g + "]/own"})
	}
	wants := func(g string, others ...int) {
		t.Helper()
		port := host.Port("seat-" + g + "-own-audio-out")
		until(t, fmt.Sprintf("%s hearing %v", g, others), func() bool { return slices.Equal(hears(t, port), others) })
	}
	wants("ann", 1000, 2500)
	wants("bob", 400, 2500)
	wants("cid", 400, 1000)
	stops["bob"]()
	apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[bob]", Plan: rawEars(room(t, "ann", "cid"), "ann", "cid")})
	wants("ann", 2500)
	wants("cid", 400)
	quiet(t, host)
}

// placed gives a plan in which pictures lie side by side, in the order of guests.
func placed(p *plan.Plan, guests ...string) *plan.Plan {
	out := *p
	out.Pipelines = slices.Clone(p.Pipelines)
	for i := range out.Pipelines {
		list := slices.Clone(out.Pipelines[i].Links)
		for k := range list {
			for n, g := range guests {
				if list[k].To.Of == "picture-mix" && strings.HasPrefix(list[k].From.Of, "seat-"+g+"-") {
					x := fmt.Sprint(n * 320 / len(guests))
					list[k].PadProps = []plan.Setting{{Name: "xpos", Type: value.Int, Text: x}}
				}
			}
		}
		out.Pipelines[i].Links = list
	}
	return &out
}

// When a guest comes or leaves, the pictures of the others move.
func TestPicturesMove(t *testing.T) {
	rt := open(t)
	host, _ := begin(t, rt, placed(room(t, "ann"), "ann"))
	at := func(want ...string) {
		t.Helper()
		got := gst.PadProperty(t, rt, "picture-mix", "xpos")
		if !slices.Equal(got[1:], want) { // the first is the background
			t.Errorf("pictures at %v, want %v", got[1:], want)
		}
	}
	at("0")
	apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[bob]", Plan: placed(room(t, "bob", "ann"), "bob", "ann")})
	at("160", "0")
	apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[bob]", Plan: placed(room(t, "ann"), "ann")})
	at("0")
	wrong := placed(room(t, "ann"), "ann")
	for i := range wrong.Pipelines {
		for k := range wrong.Pipelines[i].Links {
			if l := &wrong.Pipelines[i].Links[k]; len(l.PadProps) > 0 {
				l.PadProps = []plan.Setting{{Name: "xpos", Type: value.Int, Text: "77"}, {Name: "ypos", Type: value.Int, Text: "high"}}
			}
		}
	}
	if _, err := rt.Apply(within(t), run.Change{Verb: run.Set, Plan: wrong}); err == nil {
		t.Error("a place that is none was taken")
	}
	at("0")
	quiet(t, host)
}
