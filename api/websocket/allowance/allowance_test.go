package allowance

import (
	"errors"
	"testing"
	"time"

	"sluice/engine/fault"
)

func TestAllowance(t *testing.T) {
	now := time.Unix(1000, 0)
	a := New(10, 100)
	spend := func(bytes int) int {
		n := 0
		for a.Take(bytes, now) == nil {
			n++
		}
		return n
	}
	if n := spend(0); n != 20 {
		t.Errorf("%d events at once", n)
	}
	if err := a.Take(0, now); !errors.Is(err, fault.Overloaded) {
		t.Errorf("got %v", err)
	}
	now = now.Add(time.Second)
	if n := spend(40); n != 10 { // 400 bytes, which are as many as may be said at once
		t.Errorf("%d events a second later", n)
	}
	now = now.Add(time.Second)
	if n := spend(40); n != 2 {
		t.Errorf("%d events of 40 bytes in a second", n)
	}
	if err := a.Take(20, now); err != nil { // what was refused took nothing
		t.Error(err)
	}
	now = now.Add(time.Hour)
	if n := spend(100); n != 4 {
		t.Errorf("%d events of 100 bytes after an hour", n)
	}
}

func TestWhatIsNotSet(t *testing.T) {
	now := time.Unix(1000, 0)
	a := New(0, 0)
	n := 0
	for a.Take(Bytes/100, now) == nil {
		n++
	}
	if n != 2*Events {
		t.Errorf("%d events at once", n)
	}
	if a = New(0, 0); a.Take(4*Bytes, now) != nil || a.Take(1, now) == nil {
		t.Error("not four times the bytes of a second are let through")
	}
}
