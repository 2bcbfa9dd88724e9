package records

import (
	"context"
	"time"

	"sluice/api/records/shelf"
)

// Keep says how long recordings are kept; the zero Keep keeps all. Files that somebody else has put into the folder, beside which nothing
// says that they are recordings, are kept whatever it says, and count for nothing.
type Keep struct {
	Age  time.Duration // since they ended; 0: for ever
	Size int64         // bytes of all together, of which the oldest go first; 0: no limit
}

const tidyEvery = time.Minute

// tidy deletes what is old, until ctx is done.
func (d *Door) tidy(ctx context.Context) {
	for {
		d.sweep()
		select {
		case <-d.opt.Clock.After(tidyEvery):
		case <-ctx.Done():
			return
		}
	}
}

// sweep deletes what is too old, and the oldest of what is too much. What is still to be uploaded stays.
func (d *Door) sweep() {
	now, total := d.opt.Clock.Now(), int64(0)
	for _, r := range d.opt.Shelf.List() { // the newest first
		if r.Reason == "" {
			continue
		}
		total += r.Size
		old := d.opt.Keep.Age > 0 && now.Sub(r.Ended) > d.opt.Keep.Age
		much := d.opt.Keep.Size > 0 && total > d.opt.Keep.Size
		if !old && !much || d.opt.After != nil && d.opt.After.Needs(r) {
			continue
		}
		total -= r.Size
		d.remove(r, old)
	}
}

func (d *Door) remove(r shelf.Recording, old bool) {
	why := "there are too many"
	if old {
		why = "it is old"
	}
	if err := d.opt.Shelf.Delete(r); err != nil {
		d.opt.Log.Warn("a recording cannot be deleted", "recording", r.Name, "err", err)
		return
	}
	d.opt.Log.Info("recording deleted", "recording", r.Name, "why", why)
}
