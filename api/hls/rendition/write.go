package rendition

import (
	"cmp"
	"time"

	"sluice/api/hls/playlist"
)

// Begin says what the segments from now on are made of: first of all, and again when tracks change or a publisher came back. A segment that
// is growing is closed. Segments after a Begin that is not the first stand behind a discontinuity. The form must stay as it was.
func (r *Rendition) Begin(init Init) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over() {
		return
	}
	if r.init != nil && r.init.Form != init.Form {
		r.refuse("the form of segments cannot change")
		return
	}
	r.close(0)
	s := &section{Init: init, version: 1, length: length(int64(len(init.Data)))}
	if r.cfg.Part > 0 {
		r.cfg.Target.expect(upward(r.wished(s)))
	}
	if r.init != nil {
		s.version = r.init.version + 1
		r.torn = true
	}
	if init.Form == FMP4 {
		s.name = r.name(isInit, s.version, initSuffix)
	}
	r.init = s
}

// Tear says that the next segment will follow a discontinuity, from about when on, so that the other renditions hear of it in time. Open
// says so again.
func (r *Rendition) Tear(at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.totals.Segments > 0 && !r.over() {
		r.cfg.Timeline.announce(at, r.breaks)
	}
}

// Open begins a segment whose first picture or sound belongs to this moment. A segment that is growing is closed. A moment before the
// end of the segment before is taken to be that end, as dates may not be ambiguous (6.2.1).
func (r *Rendition) Open(start time.Time, discontinuity bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over() {
		return
	}
	if r.init == nil {
		r.refuse("a segment was opened before Begin")
		return
	}
	r.close(0)
	r.torn = r.torn || discontinuity
	r.begin(start)
}

// begin makes the segment that grows from now on.
func (r *Rendition) begin(start time.Time) {
	if start.Before(r.clock) {
		start = r.clock
	}
	r.open = &segment{init: r.init, start: start, first: r.parts}
}

// Add adds a part to the segment that Open began. One that would make the segment too long for the target duration begins the next segment;
// one that is too long by itself is dropped, and a discontinuity follows.
func (r *Rendition) Add(p Part) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over() {
		return
	}
	if r.open == nil || p.Duration <= 0 || len(p.Data) == 0 {
		r.refuse("a part came without a segment, or with nothing in it")
		return
	}
	if limit := r.cfg.Target.limit(); limit > 0 {
		if p.Duration >= limit {
			r.refuse("a part is longer than the target duration")
			r.cut()
			r.torn = true
			return
		}
		if sum := r.open.sum(); sum > 0 && sum+p.Duration >= limit {
			r.force()
		}
	}
	s := r.open
	if len(s.parts) == 0 {
		r.place(s)
	}
	p.length = length(int64(len(p.Data)))
	s.parts = append(s.parts, p)
	s.size += int64(len(p.Data))
	r.parts++
	r.totals.Parts++
	r.totals.Bytes += uint64(len(p.Data))
	r.totals.Memory += int64(len(p.Data))
	if r.partTarget > 0 && p.Duration > r.partTarget {
		if r.totals.Long++; r.totals.Long == 1 {
			r.cfg.Log.Warn("hls: a part is longer than the playlist says parts are", "part", p.Duration, "target", r.partTarget)
		}
	}
	switch {
	case p.Last:
		r.close(0)
	case r.cfg.Part > 0:
		r.changed(false)
	}
}

// place says on which side of which discontinuity a segment lies.
func (r *Rendition) place(s *segment) {
	if r.totals.Segments == 0 && !r.follows() {
		s.number = r.cfg.Timeline.first(s.start)
		return
	}
	s.number = r.cfg.Timeline.number(s.start, r.breaks, r.torn)
	s.torn = s.number > r.breaks
}

// follows tells whether it goes on where another rendition ended.
func (r *Rendition) follows() bool { return r.cfg.FirstMSN > 0 || r.cfg.FirstDiscontinuity > 0 }

// force cuts where the source gives no reason to.
func (r *Rendition) force() {
	if r.totals.Forced++; r.totals.Forced == 1 {
		r.cfg.Log.Warn("hls: segments are cut without a key picture, which comes too seldom", "target", r.target())
	}
	r.cut()
}

// cut closes the segment that grows and begins the next at once.
func (r *Rendition) cut() {
	s := r.open
	r.close(0)
	r.open = nil
	start := s.start.Add(s.sum())
	r.begin(start)
}

// Close ends the segment, if its last part was not marked so. Its duration is the argument, or the sum of its parts' if that is 0 or longer
// than segments may be.
func (r *Rendition) Close(duration time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.over() {
		r.close(duration)
	}
}

// close publishes the segment that grows, if there is anything in it.
func (r *Rendition) close(d time.Duration) {
	s := r.open
	r.open = nil
	if s == nil || len(s.parts) == 0 {
		return
	}
	sum := s.sum()
	r.cfg.Target.fix(sum)
	limit := r.cfg.Target.limit()
	if d <= 0 || d >= limit {
		d = sum
	}
	if d >= limit { // only a first segment, when a sibling has fixed a shorter target meanwhile
		r.totals.Memory -= s.size
		r.refuse("the first segment is longer than the target duration that a sibling has fixed")
		r.torn = true
		return
	}
	s.duration = d
	r.publish(s)
}

// publish appends a whole segment to the playlist.
func (r *Rendition) publish(s *segment) {
	s.msn, s.length, s.name = r.next, length(s.size), r.name(isSegment, uint64(r.next), s.init.Form.Suffix())
	r.settle(s)
	s.join()
	r.tags(s)
	r.torn, r.breaks = false, s.number
	if r.totals.Segments == 0 && !s.torn {
		r.discontinuity = s.number
	}
	r.next++
	r.media += s.duration
	r.listed += s.duration
	r.clock = s.start.Add(s.duration)
	s.born = r.media
	r.segments = append(r.segments, s)
	r.totals.Segments++
	r.slide()
	r.longest = max(r.longest, r.listed)
	if r.disk != nil {
		r.disk.keep(s)
	}
	r.changed(true)
	if r.totals.Segments == 1 {
		close(r.ready)
	}
}

// settle decides with the first segment what the playlist may never change again.
func (r *Rendition) settle(s *segment) {
	if r.totals.Segments > 0 {
		return
	}
	if r.cfg.Part > 0 {
		longest := r.wished(s.init)
		for _, p := range s.parts {
			longest = max(longest, p.Duration)
		}
		r.settleParts(upward(longest))
	}
	boundary := 6 * r.target()
	r.skips = r.cfg.DVR > boundary || r.cfg.DVR == 0 && time.Duration(r.cfg.Window-1)*r.target() > boundary
}

// settleParts decides about PART-TARGET and PART-HOLD-BACK. If siblings have fixed that before, it may be too short for parts that are
// much longer than was wished: such ones are not listed, since what all renditions say must be the same (6.2.4).
func (r *Rendition) settleParts(target time.Duration) {
	r.partTarget, r.holdBack = target, r.cfg.Target.holdBack(target)
	if 2*target > r.holdBack { // 4.4.3.8
		r.cfg.Log.Warn("hls: no parts are listed, as they are too long for what its siblings have players keep from the end",
			"part", target, "hold_back", r.holdBack)
		r.cfg.Part, r.partTarget = 0, 0
	}
}

// wished is how long parts are to be: whole pictures, if the packager says so, and not what these are the nearest to. Parts of 85 % of the
// one may be too short for the other (4.4.4.9).
func (r *Rendition) wished(s *section) time.Duration { return cmp.Or(s.PartTarget, r.cfg.Part) }

// upward is the next whole millisecond.
func upward(d time.Duration) time.Duration {
	return (d + time.Millisecond - 1).Truncate(time.Millisecond)
}

// tags writes the lines of a segment, once.
func (r *Rendition) tags(s *segment) {
	s.mapped = r.remapped(s)
	s.head = r.headOf(s)
	for i, p := range s.parts {
		s.list.Part(r.name(isPart, s.first+uint64(i), s.init.Form.Suffix()), p.Duration, p.Independent)
	}
	s.tail = playlist.Lines{}
	s.tail.Segment(s.name, s.duration)
}

// headOf is what stands before the parts of a segment.
func (r *Rendition) headOf(s *segment) playlist.Lines {
	var l playlist.Lines
	if s.torn {
		l.Discontinuity()
	}
	if r.remapped(s) {
		l.Map(s.init.name)
	}
	l.Date(s.start)
	return l
}

// remapped says whether the next segment needs another section than the last one had.
func (r *Rendition) remapped(s *segment) bool {
	n := len(r.segments)
	return n > 0 && r.segments[n-1].init != s.init && s.init.name != ""
}

// End says that nothing follows: the playlist gets EXT-X-ENDLIST. A segment that is growing is closed.
func (r *Rendition) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over() {
		return
	}
	r.close(0)
	r.ended = true
	if r.totals.Segments == 0 {
		close(r.ready)
	}
	r.changed(true)
}

// Limit is what the next segments must stay shorter than; 0 while the first one may have any length.
func (r *Rendition) Limit() time.Duration { return r.cfg.Target.limit() }

func (r *Rendition) over() bool { return r.ended || r.removed }

// refuse notes what the writer did wrong. The first time is logged, as the next ones would say the same.
func (r *Rendition) refuse(why string) {
	if r.totals.Refused++; r.totals.Refused == 1 {
		r.cfg.Log.Error("hls: media was dropped", "why", why)
	}
}
