package worker

import (
	"testing"
	"time"

	"sluice/engine/fault"
)

// No worker is started before the pause after a failed one is over, and then one, to see whether it works again.
func TestMissing(t *testing.T) {
	now := time.Now()
	p := New(Options{Path: "none", Spare: 3, Shared: 1, Most: 9})
	if n, _ := p.missing(now); n != 3 {
		t.Errorf("%d workers at first", n)
	}
	p.failure, p.retry = fault.New(fault.GstUnavailable, "", "it died"), now.Add(time.Second)
	if n, wait := p.missing(now); n != 0 || wait != time.Second {
		t.Errorf("%d workers during the pause, asked again in %s", n, wait)
	}
	if n, _ := p.missing(now.Add(time.Second)); n != 1 {
		t.Errorf("%d workers after the pause", n)
	}
	p.failure = nil
	p.starting = 2
	if n, wait := p.missing(now.Add(time.Second)); n != 1 || wait < time.Minute {
		t.Errorf("%d workers beside two that start, asked again in %s", n, wait)
	}
}
