package link

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/engine/fault"
)

func number(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
}

// TestGuessesOfOneAddress holds how many there may be, and whose they are.
func TestGuessesOfOneAddress(t *testing.T) {
	g, now := newGuesses(), time.Now()
	one := number(1)
	for n := range freeGuesses {
		if !g.may(one, now) {
			t.Fatalf("no more than %d", n)
		}
		g.wrong(one, now)
	}
	for _, c := range []struct {
		after time.Duration
		may   bool
	}{{0, false}, {nextGuess - 1, false}, {nextGuess, true}} {
		if may := g.may(one, now.Add(c.after)); may != c.may {
			t.Errorf("after %v it is tried: %v", c.after, may)
		}
	}
	g.wrong(one, now.Add(nextGuess))
	if g.may(one, now.Add(nextGuess)) {
		t.Error("there are two more after a second")
	}
	if !g.may(number(2), now) {
		t.Error("another address suffers for it")
	}
}

// TestGuessesOfEverybody holds how many there may be of all addresses, and that those are forgotten.
func TestGuessesOfEverybody(t *testing.T) {
	g, now := newGuesses(), time.Now()
	for n := range allGuesses {
		if !g.may(number(n), now) {
			t.Fatalf("no more than %d", n)
		}
		g.wrong(number(n), now)
	}
	if g.may(number(allGuesses), now) || g.may(number(allGuesses), now.Add(nextOfAll-1)) {
		t.Error("there are more than there may be")
	}
	tried, most := 0, 0
	for n := range 10_000 { // in ten seconds
		at := now.Add(time.Duration(n+1) * time.Millisecond)
		if a := number(1000 + n); g.may(a, at) {
			g.wrong(a, at)
			tried++
		}
		most = max(most, len(g.of))
	}
	if want := int(10 * time.Second / nextOfAll); tried != want {
		t.Errorf("%d were tried in ten seconds, not %d", tried, want)
	}
	if most > 4*allGuesses {
		t.Errorf("%d addresses are remembered", most)
	}
}

// TestWhatCounts has somebody try who is right, and who is wrong in several ways.
func TestWhatCounts(t *testing.T) {
	one := netip.MustParseAddr("2001:db8::1")
	for name, c := range map[string]struct {
		err    error
		counts bool
	}{
		"right":         {},
		"wrong":         {fault.New(fault.Unauthorized, "", "another one"), true},
		"no key at all": {fault.New(fault.ProtocolViolation, "", "what is that"), false},
	} {
		g, tried := newGuesses(), 0
		const times = 50
		for range times {
			err := g.try(one, func() error { tried++; return c.err })
			if code := fault.CodeOf(err); tried == times && code != fault.CodeOf(c.err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if braked := tried < times; braked != c.counts {
			t.Errorf("%s: %d of %d were tried", name, tried, times)
		}
		neighbour := netip.MustParseAddr("2001:db8::ffff")
		if err := g.try(neighbour, func() error { return nil }); c.counts && fault.CodeOf(err) != fault.Overloaded {
			t.Errorf("%s: one of the same network hears %v", name, err)
		}
	}
}

// TestTriesAtATime has many try at once: there are no more at work than there are processors.
func TestTriesAtATime(t *testing.T) {
	g := newGuesses()
	var now, most atomic.Int64
	var work sync.WaitGroup
	for n := range 200 {
		work.Go(func() {
			_ = g.try(number(n), func() error {
				defer now.Add(-1)
				for here := now.Add(1); ; {
					before := most.Load()
					if here <= before || most.CompareAndSwap(before, here) {
						return nil
					}
				}
			})
		})
	}
	work.Wait()
	if n := most.Load(); n < 1 || n > int64(cap(g.opening)) {
		t.Errorf("%d at once", n)
	}
}
