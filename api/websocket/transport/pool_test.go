package transport

import (
	"fmt"
	"slices"
	"testing"

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

func TestFirstComeFirstServed(t *testing.T) {
	p := NewPool(10)
	var players [3]player
	for i := range players {
		p.Wait(&players[i], true)
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
	p.Wait(&fresh, true)
	fresh.expect(t)
	arrive(t, p, &sock{name: "own"})
	fresh.expect(t, "given own")
	p.Wait(&script, false)
	script.expect(t, "given kept")
	p.Release(&script, true)
	if kept.closed != 0 {
		t.Error("the kept one is closed")
	}
	p.Wait(&script, false)
	script.expect(t, "given kept")
	line.Left()
	script.expect(t, "lost")
}

// TestALostSocketIsReplacedFirst holds that who lost a socket gets the next one before those who waited all the time: a socket of
// a stream that was stopped may have come to him by mistake.
func TestALostSocketIsReplacedFirst(t *testing.T) {
	p := NewPool(10)
	var first, second player
	p.Wait(&first, true)
	line := arrive(t, p, &sock{name: "a"})
	p.Wait(&second, true)
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
		p.Wait(&players[i], true)
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
	p.Wait(&one, true)
	line := arrive(t, p, a)
	arrive(t, p, b)
	p.Close()
	if a.closed != normal || b.closed != normal {
		t.Errorf("closed with %d and %d", a.closed, b.closed)
	}
	line.Left()
	p.Wait(&one, false)
	one.expect(t, "given a")
	if _, err := p.Arrive(&sock{}); fault.CodeOf(err) != fault.Closed {
		t.Errorf("after the end: %v", err)
	}
}
