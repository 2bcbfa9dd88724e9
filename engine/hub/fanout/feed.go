package fanout

import "sluice/engine/stat"

// feed is a reader's cursor in one lane. Only the reader's loop touches it.
type feed struct {
	lane    int
	track   int // what the sink knows it as
	keyed   bool
	asker   *Asker
	pos     uint64 // the next item to hand over
	window  uint64
	limit   uint64 // how far it may be behind now: more than the window while it replays what was before it came
	waiting bool   // for a key unit; pos is where one could begin
	paced   bool   // replaying at the reader's pace
	only    uint64 // where to begin to wait for a key unit, having had an old one; 0: nowhere
}

// live tells whether the feed takes what is new just as it comes.
func (f *feed) live() bool { return !f.waiting && !f.paced && f.only == 0 }

// settle finds where to go on when the feed is not in step: where it was, or beyond what must be dropped. It tells how
// much that is, and why.
func (f *feed) settle(v view) (dropped uint64, why stat.Reason) {
	from := f.pos
	switch {
	case f.waiting:
		f.await(v)
		return f.pos - from, stat.AwaitKey
	case f.pos >= v.tail && v.head-f.pos <= f.limit:
		return 0, 0
	case !f.keyed:
		f.pos = max(v.tail, v.head-min(f.window, v.head))
	case v.hasKey && v.key > f.pos && v.head-v.key <= f.window:
		f.pos = v.key
	default:
		f.waiting = true
		f.pos = max(f.pos, v.unit)
	}
	f.limit, f.paced, f.only = f.window, false, 0
	return f.pos - from, stat.Slow
}

// await goes on waiting, or ends the wait where a key unit begins.
func (f *feed) await(v view) {
	if v.hasKey && v.key >= f.pos {
		f.pos, f.waiting = v.key, false
		f.limit = f.window + v.head - v.key
		return
	}
	f.pos = max(f.pos, v.unit)
}

// had notes that the feed has had the old key unit that it began with, if that was all it should have: then it waits for the
// next one.
func (f *feed) had() bool {
	if f.only == 0 || f.pos < f.only {
		return false
	}
	f.only, f.paced, f.waiting = 0, false, true
	return true
}

// caughtUp notes that the feed has everything there is: from now on it is an ordinary reader.
func (f *feed) caughtUp() { f.limit, f.paced = f.window, false }
