package rendition

import "time"

// slide takes out of the playlist, out of memory, and away for good what is too old for each.
func (r *Rendition) slide() {
	for r.tooLong() {
		r.unlist()
	}
	if r.disk != nil {
		r.release()
	}
	for r.head > 0 && r.expired(r.segments[0]) {
		r.drop(r.segments[0])
		r.segments[0] = nil
		r.segments = r.segments[1:]
		r.head--
	}
}

// tooLong says whether the first segment may leave the playlist: three target durations must stay (6.2.2).
func (r *Rendition) tooLong() bool {
	n := len(r.segments) - r.head
	if n == 0 {
		return false
	}
	rest := r.listed - r.segments[r.head].duration
	if rest < 3*r.target() {
		return false
	}
	if r.disk != nil {
		return rest >= r.cfg.DVR
	}
	return n > r.cfg.Window
}

// unlist takes the first segment out of the playlist.
func (r *Rendition) unlist() {
	s := r.segments[r.head]
	r.head++
	r.listed -= s.duration
	if s.torn {
		r.discontinuity++
	}
	r.full, r.delta = nil, nil
}

// recent says whether parts of a segment may still be asked for: for three target durations after they leave the playlist, which they do
// three target durations from its end (6.2.2).
func (r *Rendition) recent(s *segment) bool { return r.media-s.born < s.duration+6*r.target() }

// expired says whether nobody can expect to get a segment that is not in the playlist: a duration of its own and of the longest
// playlist that had it after it was published (6.2.2).
func (r *Rendition) expired(s *segment) bool {
	return !r.recent(s) && r.media-s.born >= s.duration+r.longest
}

// drop forgets a segment altogether.
func (r *Rendition) drop(s *segment) {
	r.unload(s)
	if s.disk == stored {
		r.totals.Disk -= s.size
		r.disk.discard(s.name)
	}
	s.disk = lost
}

func (r *Rendition) unload(s *segment) {
	if s.data != nil {
		r.totals.Memory -= s.size
		s.forget()
	}
}

// behind is how many segments may be in memory longer than need be since the disk has not taken them yet.
const behind = 4

// release takes out of memory what is on disk. What the disk refused, or has not taken in time, leaves the playlist with all before it,
// since a playlist has no holes: the DVR window shrinks, and the live stream goes on in bounded memory.
func (r *Rendition) release() {
	late := 0
	for i := len(r.segments) - 1; i >= 0; i-- {
		s := r.segments[i]
		if s.data == nil || r.recent(s) {
			continue
		}
		switch s.disk {
		case stored:
			r.unload(s)
			continue
		case waiting:
			if late++; late <= behind {
				continue
			}
			s.disk = lost
			r.totals.Unstored++
			r.disk.giveUp(s)
		case unstored, lost:
		}
		for r.head <= i {
			r.unlist()
		}
		if r.expired(s) || s.disk == lost {
			r.unload(s)
		}
	}
}

// shed gives up the oldest quarter of what is on disk, to make room. It says what may be deleted.
func (r *Rendition) shed() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, s := range r.segments {
		if s.disk == stored && s.data == nil {
			n++
		}
	}
	var names []string
	for range (n + 3) / 4 {
		s := r.segments[0]
		if s.disk == stored {
			names = append(names, s.name)
			r.totals.Disk -= s.size
			s.disk = lost
		}
		if r.head == 0 {
			r.unlist()
		}
		r.segments = r.segments[1:]
		r.head--
	}
	return names
}

// growing is how long the parts are that follow the last whole segment in the playlist.
func (r *Rendition) growing() time.Duration {
	if r.open == nil || r.partTarget == 0 {
		return 0
	}
	return r.open.sum()
}
