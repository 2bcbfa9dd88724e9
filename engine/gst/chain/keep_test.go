//go:build cgo && !nogst

package chain

import (
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/run/fake"
)

// Pushing makes no garbage; a leg's units have memory of their own, a batch of sixteen at a time.
func TestAllocations(t *testing.T) {
	c := open(t, toOpus())
	if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
		t.Fatal(err)
	}
	data, at := speech(440, 1)[0].data, time.Duration(0)
	push := func() {
		if list, err := c.Push(data, at, packet); err != nil || len(list) == 0 && at > packet {
			t.Fatal(list, err)
		}
		at += packet
	}
	push()
	if n := testing.AllocsPerRun(200, push); n != 0 {
		t.Errorf("%v allocations a push", n)
	}
	l, _ := leg(t, toOpus(), media.PCMU, media.Opus, drop{fake.NewHost()})
	if err := l.Start(); err != nil {
		t.Fatal(err)
	}
	u := &media.Unit{AU: [][]byte{data}}
	unit := func() {
		if !l.Unit(u) {
			t.Fatal("dropped")
		}
		u.PTS += packet
	}
	unit()
	if n := testing.AllocsPerRun(200, func() {
		unit()
		unit()
		unit()
		unit()
		unit()
		unit()
		unit()
		unit()
	}); n > 1 {
		t.Errorf("%v allocations in eight units", n)
	}
}

// A thousand legs, one after the other, leave nothing.
func TestNothingIsKept(t *testing.T) {
	in := toUnits(speech(440, 3))
	cycle := func(times int) {
		for i := range times {
			p, from, to := toOpus(), media.PCMU, media.Opus
			if i%2 == 1 {
				p, from, to = row1(media.PCMU, "mulawdec", "sluiceg729enc"), media.PCMU, media.G729
			}
			l := bare(p, from, to, drop{fake.NewHost()}, func(err error) { t.Error(err) })
			if err := l.Start(); err != nil {
				t.Fatal(err)
			}
			for _, u := range in {
				if !l.Unit(u) {
					t.Fatal("dropped")
				}
			}
			l.Stop()
		}
	}
	cycle(200)
	memory, files, threads := resident(t), entries(t, "/proc/self/fd"), entries(t, "/proc/self/task")
	cycle(1000)
	if grown := resident(t) - memory; grown > 6<<20 { // one kept element alone would be 20
		t.Errorf("memory grew by %d bytes in 1000 legs", grown)
	}
	if n := entries(t, "/proc/self/fd"); n > files {
		t.Errorf("%d files are open, before %d", n, files)
	}
	if n := entries(t, "/proc/self/task"); n > threads+2 {
		t.Errorf("%d threads run, before %d", n, threads)
	}
}
