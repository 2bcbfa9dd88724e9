package able

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/run"
)

// witness is the host of a trial, and the port that its picture comes out of. It is safe for concurrent use.
type witness struct {
	epoch time.Time
	told  chan error // the first outcome
}

func newWitness() *witness { return &witness{epoch: time.Now(), told: make(chan error, 1)} }

// tell keeps the first outcome.
func (w *witness) tell(err error) {
	select {
	case w.told <- err:
	default:
	}
}

// Epoch, Outlet, Key and Tell implement run.Host.
func (w *witness) Epoch() time.Time       { return w.epoch }
func (w *witness) Outlet(string) run.Port { return w }
func (w *witness) Key(string)             {}

func (w *witness) Tell(n run.Notice) {
	switch n.Kind {
	case run.Broken, run.BranchGone:
		if n.Err == nil {
			n.Err = fault.New(fault.GstElement, n.Node, "it failed and did not say why")
		}
		w.tell(n.Err)
	}
}

// Unit, Gap, Codec and Mark implement run.Port.
func (w *witness) Unit(u *media.Unit) bool {
	if u.Bytes() > 0 {
		w.tell(nil)
	}
	return true
}

func (w *witness) Gap(_, _ time.Duration) bool { return true }
func (w *witness) Codec(media.Track)           {}

func (w *witness) Mark(m run.Mark) {
	if m == run.End {
		w.tell(fault.New(fault.GstElement, "", "it ended without a picture"))
	}
}
