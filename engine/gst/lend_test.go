//go:build cgo && !nogst

package gst_test

import (
	"bytes"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// pass is a graph whose sound crosses into GStreamer and back and stays as it is.
const pass = `
graph: v1
nodes:
  in: stream.in name=a
  pass: identity
  out: stream.out name=b
links:
  - in.audio -> pass -> out.audio
`

// talk is a graph that is a chain.
const talk = `
graph: v1
nodes:
  in: stream.in name=a
  pass: convert codec=pcma
  out: stream.out name=b
links:
  - in.audio -> pass -> out.audio
`

// seen is what a port was given, and what was in it then.
type seen struct {
	unit  *media.Unit
	bytes []byte
}

// keeper is a port that tells of every unit.
type keeper struct {
	run.Port
	came chan seen
}

func (k keeper) Unit(u *media.Unit) bool {
	k.came <- seen{u, bytes.Join(u.AU, nil)}
	return true
}

// copier is a keeper that keeps nothing.
type copier struct{ keeper }

func (copier) CopiesUnits() {}

// reader is a host with one outlet.
type reader struct {
	*fake.Host
	port run.Port
}

func (r reader) Outlet(string) run.Port { return r.port }

// inlet plays a graph and gives the way into it.
func inlet(t testing.TB, graph string, codec media.Codec, port run.Port) run.Port {
	t.Helper()
	rt := open(t)
	p := resolve(t, template(t, "a", graph), plan.Inputs{Given: given(media.Audio, codec)})
	in, err := rt.Prepare(within(t), p, reader{fake.NewHost(), port})
	if err != nil {
		t.Fatal(err)
	}
	if err := rt.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	to := in[only(t, p, plan.IntoGst)]
	to.Codec(media.NewTrack(codec))
	return to
}

func (k keeper) next(t testing.TB) seen {
	t.Helper()
	select {
	case s := <-k.came:
		return s
	case <-within(t).Done():
		t.Fatal("nothing comes")
		return seen{}
	}
}

// Who copies gets one unit over and over; who may keep what he gets has every unit as it was when it came.
func TestUnitsAreLentToWhoCopies(t *testing.T) {
	for _, c := range []struct {
		name, graph string
		codec       media.Codec
	}{{"pipeline", pass, media.PCMU}, {"chain", talk, media.PCMU}} {
		t.Run(c.name, func(t *testing.T) {
			for _, lends := range []bool{true, false} {
				k := keeper{fake.NewPort(), make(chan seen, 16)}
				var port run.Port = k
				if lends {
					port = copier{k}
				}
				in := inlet(t, c.graph, c.codec, port)
				if _, ok := in.(run.Copier); !ok {
					t.Errorf("%T does not say that it copies", in)
				}
				u := &media.Unit{Key: true, AU: [][]byte{make([]byte, 160)}}
				var all []seen
				for n := range 4 {
					u.PTS = time.Duration(n) * 20 * time.Millisecond
					u.DTS = u.PTS
					for i := range u.AU[0] {
						u.AU[0][i] = byte(16 * (n + 1))
					}
					if !in.Unit(u) {
						t.Fatalf("unit %d is refused", n)
					}
					all = append(all, k.next(t))
				}
				check(t, all, lends)
			}
		})
	}
}

func check(t *testing.T, all []seen, lends bool) {
	t.Helper()
	for i, s := range all[1:] {
		if bytes.Equal(s.bytes, all[i].bytes) || len(s.bytes) == 0 {
			t.Errorf("lent %t: units %d and %d hold the same, %x", lends, i, i+1, s.bytes)
		}
		if same := s.unit == all[i].unit; same != lends {
			t.Errorf("lent %t: unit %d is the same as %d: %t", lends, i+1, i, same)
		}
	}
	if lends {
		return
	}
	for i, s := range all {
		if now := bytes.Join(s.unit.AU, nil); !bytes.Equal(now, s.bytes) {
			t.Errorf("unit %d was changed after it was handed over: %x to %x", i, s.bytes, now)
		}
	}
}

// BenchmarkCrossing is one unit into GStreamer, through an element that does nothing, and out: what crossing costs within a
// worker. Lent, it is to allocate nothing.
func BenchmarkCrossing(b *testing.B) {
	for _, lends := range []bool{true, false} {
		name := map[bool]string{true: "lent", false: "kept"}[lends]
		b.Run(name, func(b *testing.B) {
			k := scale{fake.NewPort(), make(chan int, 16)}
			var port run.Port = k
			if lends {
				port = copies{k}
			}
			in := inlet(b, pass, media.Opus, port)
			u := &media.Unit{Key: true, AU: [][]byte{make([]byte, 160)}}
			b.ReportAllocs()
			for b.Loop() {
				u.PTS += 20 * time.Millisecond
				u.DTS = u.PTS
				in.Unit(u)
				<-k.came
			}
		})
	}
}

// scale is a port that tells how much came.
type scale struct {
	run.Port
	came chan int
}

func (s scale) Unit(u *media.Unit) bool {
	s.came <- u.Bytes()
	return true
}

type copies struct{ scale }

func (copies) CopiesUnits() {}
