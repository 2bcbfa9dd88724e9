package fanout

import "slices"

// change is a feed that takes the place of another.
type change struct {
	feed
	agreed func() bool
}

// Change has a track of the sink come of another lane of the log that the reader is attached to, from the next key unit of
// that lane on, or its newest unit if that is one; the writer is asked for it. Until then it comes as before; what of the
// old lane was not written by then is left out, and so may be the rest of a unit. agreed is called on the reader's loop just
// before the first item of the new lane; if it is false, all stays as it is. A change takes the place of one of the same
// track that has not come to pass, and one to the lane that is read already only does that.
func (r *Reader[T]) Change(log *Log[T], track, lane int, agreed func() bool) {
	f := log.follow(lane, track, r.loop.index)
	f.asker.Ask()
	r.loop.post(func() {
		here := r.roster != nil && r.roster.log == log && track < len(r.feeds)
		if here {
			r.stay(track)
		}
		if !here || r.feeds[track].lane == lane {
			log.leave(lane, r.loop.index)
			return
		}
		log.mu.Lock()
		r.roster.expect(lane)
		log.mu.Unlock()
		r.coming = append(r.coming, change{f, agreed})
		r.roster.wake()
	})
}

// stay forgets a change of a track that has not come to pass.
func (r *Reader[T]) stay(track int) {
	for i, c := range r.coming {
		if c.track == track {
			r.roster.drop(c.lane)
			r.coming = slices.Delete(r.coming, i, i+1)
			return
		}
	}
}

// turn makes the changes whose key units have come, and tells whether there were any.
func (r *roster[T]) turn(reader *Reader[T]) (changed bool) {
	for i := len(reader.coming) - 1; i >= 0; i-- {
		c := &reader.coming[i]
		if c.settle(r.fresh[c.lane].view); c.waiting {
			c.asker.Ask()
			continue
		}
		out := c.lane
		if c.agreed() {
			out = reader.feeds[c.track].lane
			reader.feeds[c.track] = c.feed
		}
		r.drop(out)
		reader.coming = slices.Delete(reader.coming, i, i+1)
		changed = true
	}
	return changed
}

func (r *roster[T]) drop(lane int) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	r.ignore(lane)
}

// follow makes a feed that waits for the next key unit of a lane, and has its loop's roster woken.
func (l *Log[T]) follow(lane, track, loop int) feed {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.lanes[lane]
	ln.listen(l.rosters[loop], 1)
	window := uint64(max(ln.Window, 1))
	return feed{
		lane: lane, track: track, keyed: ln.Keyed, asker: ln.Asker, window: window, limit: window, pos: ln.view().unit, waiting: true,
	}
}

// leave takes follow back for a feed that its roster never came to know.
func (l *Log[T]) leave(lane, loop int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lanes[lane].listen(l.rosters[loop], -1)
}
