//go:build cgo && !nogst

package gst_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
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

// hears measures what leaves by a port from now on, until there is half a second of it.
func hears(t testing.TB, port *fake.Port) (tones []int) {
	t.Helper()
	return pitches(spectrum(t, leaves(t, port)))
}

// pitches are those of tones, in steps of 50 Hz.
func pitches(of []measure.Tone) (tones []int) {
	for _, tone := range of {
		tones = append(tones, int(tone.Hz+25)/50*50)
	}
	slices.Sort(tones)
	return tones
}

// spectrum gives the tones of a sound that are not next to nothing.
func spectrum(t testing.TB, data []byte) []measure.Tone {
	t.Helper()
	s := measure.NewSpectrum(stereo(t))
	s.Add(data)
	return slices.DeleteFunc(s.Tones(), func(tone measure.Tone) bool { return tone.Share <= 0.1 })
}

// stereo is the form of what listeners get.
func stereo(t testing.TB) measure.Sound {
	t.Helper()
	c, err := caps.Parse("audio/x-raw,format=S16LE,rate=48000,channels=2,layout=interleaved")
	if err != nil {
		t.Fatal(err)
	}
	format, err := measure.NewSound(c)
	if err != nil {
		t.Fatal(err)
	}
	return format
}

// leaves is half a second of what leaves by a port from now on.
func leaves(t testing.TB, port *fake.Port) (data []byte) {
	t.Helper()
	const half = 24_000 * 4
	from := len(port.Units())
	until(t, "half a second of sound", func() bool {
		data = data[:0]
		for _, u := range port.Units()[from:] {
			for _, part := range u.AU {
				data = append(data, part...)
			}
		}
		return len(data) > half
	})
	return data
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
		stops[g] = live(t, host, res.Inlets["seat-"+g+"-guest-adec-audio-in"], track, list)
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

// Three guests are so loud that together they are louder than can be said. Who hears them hears all three alike, and no crackling: hardly
// a sample is at the end of the scale.
func TestLoudGuests(t *testing.T) {
	t.Parallel()
	guests := []string{"ann", "bob", "cid", "dan"}
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	for i, g := range guests {
		p := rawEars(room(t, guests[:i+1]...), guests[:i+1]...)
		for _, loud := range guests[:i+1] {
			p = changed(p, "sound-gain-"+loud, func(e *plan.Element) {
				e.Props = []plan.Setting{{Name: "volume", Type: value.Float, Text: "3"}} // of 0.2 of the loudest
			})
		}
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[" + g + "]", Plan: p})
		if g != "dan" {
			track, list := tone(t, []int{400, 1000, 2500}[i])
			live(t, host, res.Inlets["seat-"+g+"-guest-adec-audio-in"], track, list)
		}
	}
	apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "seat[dan]/own"})
	port := host.Port("seat-dan-own-audio-out")
	var data []byte
	var heard []measure.Tone
	t.Cleanup(func() { t.Logf("heard at last: %+v", heard) })
	until(t, "dan hearing all, each as loud as he is", func() bool { // of half a second in which nobody came too late to be heard
		data = leaves(t, port)
		heard = spectrum(t, data)
		return slices.Equal(pitches(heard), []int{400, 1000, 2500}) &&
			!slices.ContainsFunc(heard, func(tone measure.Tone) bool { return tone.Level < -8 || tone.Level > -4 }) // 0.6 is -4.4 dB
	})
	rail := 0
	for i := 0; i+1 < len(data); i += 2 {
		if v := int16(binary.LittleEndian.Uint16(data[i:])); v >= math.MaxInt16-1 || v <= math.MinInt16+1 {
			rail++
		}
	}
	if samples := len(data) / 2; rail*1000 > samples {
		t.Errorf("%d of %d samples are at the end of the scale", rail, samples)
	}
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
				if list[k].To.Of == "picture-mix" && strings.HasPrefix(list[k].From.Of, "picture-mark-"+g) {
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

// A mixer says how loud its guests are, all at once and not more often than is of use.
func TestLevels(t *testing.T) {
	t.Parallel()
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	begun := time.Now()
	for i, g := range []string{"ann", "bob"} {
		here := []string{"ann", "bob"}[:i+1]
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[" + g + "]", Plan: rawEars(room(t, here...), here...)})
		if g == "ann" {
			track, list := tone(t, 1000)
			live(t, host, res.Inlets["seat-ann-guest-adec-audio-in"], track, list)
		}
	}
	seen := 0
	for {
		n, err := host.Next(within(t))
		if err != nil {
			t.Fatal(err)
		}
		if n.Kind != run.Said {
			continue
		}
		if n.Node != "sound" || n.Event != run.Levels || n.Vars["text"] != "" {
			t.Fatalf("%+v", n)
		}
		seen++
		if db, err := strconv.ParseFloat(n.Vars["ann"], 64); err == nil && db > -30 && db < 0 {
			break // the first may hear the beginning of a codec's first frame
		}
		if seen > 20 {
			t.Fatalf("after %d notices: %+v", seen, n)
		}
	}
	if most := int(time.Since(begun)/(200*time.Millisecond)) + 2; seen > most {
		t.Errorf("%d notices, of %d", seen, most)
	}
}
