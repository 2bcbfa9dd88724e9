package hls

import (
	"strconv"
	"testing"
	"time"
)

// TestProofsAreBounded: so many are noted of an address and in all; what is known is noted again however many there are.
func TestProofsAreBounded(t *testing.T) {
	p, now := newProofs(5, 2), time.Now()
	of := func(i int) mark { return credential{param: "token", secret: strconv.Itoa(i)}.mark("cam") }
	p.note(mark{}, "a", now) // nothing
	for i := range 9 {
		p.note(of(i), string(rune('a'+i/3)), now)
	}
	for i, want := range []bool{true, true, false, true, true, false, true, false, false} {
		if p.hold(of(i), now) != want {
			t.Errorf("%d is held: %v", i, !want)
		}
	}
	if p.hold(mark{}, now) {
		t.Error("nothing opens it")
	}
	p.note(of(0), "b", now.Add(time.Second)) // from elsewhere
	p.sweep(now.Add(proof))
	if len(p.all) != 1 || !p.hold(of(0), now.Add(proof)) || len(p.each) != 1 || p.each["a"] != 1 {
		t.Errorf("after a while %v and %v are left", p.all, p.each)
	}
	if p.hold(of(0), now.Add(proof+time.Second)) {
		t.Error("it holds for longer")
	}
	p.sweep(now.Add(proof + time.Second))
	p.note(of(2), "a", now.Add(proof))
	if len(p.all) != 1 || len(p.each) != 1 || !p.hold(of(2), now.Add(proof)) {
		t.Errorf("there is no room for another: %v and %v", p.all, p.each)
	}
}

// TestMarks: what differs in anything has another mark, wherever one part ends and the next begins.
func TestMarks(t *testing.T) {
	seen := map[mark]string{}
	for _, stream := range []string{"cam", "camt"} {
		for _, c := range []credential{
			{param: "token", secret: "abc"}, {param: "t", secret: "okenabc"}, {param: "tokena", secret: "bc"}, {param: "oken", secret: "abc"},
			{header: "tokenabc"}, {param: "tokenabc"}, {secret: "tokenabc"}, {param: "token", secret: "abd"},
		} {
			m := c.mark(stream)
			if seen[m] != "" || m == (mark{}) {
				t.Errorf("%+v of %s has the mark of %s", c, stream, seen[m])
			}
			seen[m] = stream
		}
		if (credential{}).mark(stream) != (mark{}) {
			t.Error("nothing has a mark")
		}
	}
}
