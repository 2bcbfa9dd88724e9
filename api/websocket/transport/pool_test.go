package transport

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
)

// sock is a socket that only notes what is done with it.
type sock struct {
	name   string
	closed int
}

func (s *sock) Full() bool          { return false }
func (s *sock) SendBinary([][]byte) {}
func (s *sock) Close(code int)      { s.closed = code }

// player notes what it is told.
type player struct{ told []string }

func (p *player) Given(s Socket) { p.told = append(p.told, "given "+s.(*sock).name) }
func (p *player) Lost()          { p.told = append(p.told, "lost") }
func (p *player) Room()          { p.told = append(p.told, "room") }

func (p *player) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(p.told, want) {
		t.Errorf("told %q, want %q", p.told, want)
	}
	p.told = nil
}

func arrive(t *testing.T, p *Pool, s *sock) *Line {
	t.Helper()
	l, err := p.Arrive(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// next has a player wait for the next socket, whoever else does.
func next(t *testing.T, p *Pool, who *player) {
	t.Helper()
	if !p.WaitForNext(t.Context(), who, 0) {
		t.Error("it does not wait")
	}
}

// TestOneAnswerAtATime holds that who waits for the next socket is alone with that, for as long as there is hope.
func TestOneAnswerAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := NewPool(10)
		var players [4]player
		p.Wait(&players[3]) // takes any, and is in nobody's way
		order := make(chan int, len(players))
		begin := func(i int) {
			go func() {
				p.WaitForNext(t.Context(), &players[i], time.Minute)
				order <- i
			}()
			synctest.Wait()
		}
		begin(0)
		begin(1)
		if got := <-order; got != 0 || len(order) > 0 {
			t.Error("both wait at a time")
		}
		arrive(t, p, &sock{name: "x"}) // of who waited first
		arrive(t, p, &sock{name: "a"})
		if <-order != 1 {
			t.Error("the second one does not wait")
		}
		begin(2)
		start := time.Now()
		if <-order != 2 || time.Since(start) != time.Minute {
			t.Errorf("the third one waited %v", time.Since(start))
		}
		arrive(t, p, &sock{name: "b"})
		arrive(t, p, &sock{name: "c"})
		for i, want := range []string{"given a", "given b", "given c", "given x"} {
			players[i].expect(t, want)
		}
		next(t, p, &players[0])
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if p.WaitForNext(ctx, &players[1], time.Minute) {
			t.Error("it waits after its end")
		}
		p.Release(&players[0], false)
		next(t, p, &players[1])
	})
}

func TestFirstComeFirstServed(t *testing.T) {
	p := NewPool(10)
	var players [3]player
	for i := range players {
		next(t, p, &players[i])
	}
	p.Release(&players[1], false) // it does not wait any more
	a, b := &sock{name: "a"}, &sock{name: "b"}
	line := arrive(t, p, a)
	arrive(t, p, b)
	players[0].expect(t, "given a")
	players[1].expect(t)
	players[2].expect(t, "given b")
	line.Room()
	players[0].expect(t, "room")
	p.Release(&players[0], false)
	if a.closed != normal || b.closed != 0 {
		t.Errorf("closed with %d and %d", a.closed, b.closed)
	}
	line.Room() // it belongs to nobody now
	line.Left()
	players[0].expect(t)
}

// TestOldSocketsAreNotForThoseWhoOpenTheirOwn holds that a socket which was there before is one of the player in JavaScript.
func TestOldSocketsAreNotForThoseWhoOpenTheirOwn(t *testing.T) {
	p := NewPool(10)
	kept := &sock{name: "kept"}
	line := arrive(t, p, kept)
	var fresh, script player
	next(t, p, &fresh)
	fresh.expect(t)
	arrive(t, p, &sock{name: "own"})
	fresh.expect(t, "given own")
	p.Wait(&script)
	script.expect(t, "given kept")
	p.Release(&script, true)
	if kept.closed != 0 {
		t.Error("the kept one is closed")
	}
	p.Wait(&script)
	script.expect(t, "given kept")
	line.Left()
	script.expect(t, "lost")
}

// TestKeptSocketsAreNotForThoseWhoOpenTheirOwn: one that is given back goes past who waits for a new one, to the next who takes any.
func TestKeptSocketsAreNotForThoseWhoOpenTheirOwn(t *testing.T) {
	p := NewPool(10)
	kept := &sock{name: "kept"}
	arrive(t, p, kept)
	var script, fresh, other, late player
	p.Wait(&script)
	script.expect(t, "given kept")
	next(t, p, &fresh)
	p.Wait(&other)
	p.Release(&script, true)
	fresh.expect(t)
	other.expect(t, "given kept")
	p.Release(&other, true) // nobody wants it now
	fresh.expect(t)
	p.Wait(&late) // though another one waits
	late.expect(t, "given kept")
	arrive(t, p, &sock{name: "own"})
	fresh.expect(t, "given own")
	if kept.closed != 0 {
		t.Error("the kept one is closed")
	}
}

// TestALostSocketIsReplacedFirst holds that who lost a socket gets the next one before those who waited all the time: a socket of
// a stream that was stopped may have come to him by mistake.
func TestALostSocketIsReplacedFirst(t *testing.T) {
	p := NewPool(10)
	var first, second player
	next(t, p, &first)
	line := arrive(t, p, &sock{name: "a"})
	next(t, p, &second)
	line.Left()
	first.expect(t, "given a", "lost")
	arrive(t, p, &sock{name: "b"})
	first.expect(t, "given b")
	second.expect(t)
}

func TestBounds(t *testing.T) {
	p := NewPool(idle + 2)
	for i := range idle {
		arrive(t, p, &sock{name: fmt.Sprint(i)})
	}
	if _, err := p.Arrive(&sock{}); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("one more that nobody waits for: %v", err)
	}
	var players [3]player
	for i := range players {
		next(t, p, &players[i])
	}
	arrive(t, p, &sock{name: "x"})
	arrive(t, p, &sock{name: "y"})
	if _, err := p.Arrive(&sock{}); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("one more than there may be: %v", err)
	}
	players[2].expect(t)
}

func TestClose(t *testing.T) {
	p := NewPool(10)
	a, b := &sock{name: "a"}, &sock{name: "b"}
	var one player
	next(t, p, &one)
	line := arrive(t, p, a)
	arrive(t, p, b)
	p.Close()
	if a.closed != normal || b.closed != normal {
		t.Errorf("closed with %d and %d", a.closed, b.closed)
	}
	line.Left()
	p.Wait(&one)
	one.expect(t, "given a")
	if _, err := p.Arrive(&sock{}); fault.CodeOf(err) != fault.Closed {
		t.Errorf("after the end: %v", err)
	}
}
