package packager

import (
	"time"

	"sluice/engine/fault"
)

// drain moves samples from the lanes to the output as far as it is known where they belong: a picture lasts until the next one
// comes, and a part can end only when the sound before its end has come.
func (p *Packager) drain() error {
	for {
		moved, err := p.step()
		if err != nil || !moved {
			return err
		}
	}
}

func (p *Packager) step() (moved bool, err error) {
	v, a := p.lanes[videoLane], p.lanes[audioLane]
	switch {
	case v == nil || v.absent || p.waiting(v):
		return p.alone()
	case !p.out.open:
		return p.open()
	case p.ends:
		return p.finish(a)
	}
	pending, ok := v.first()
	if at, sounds := a.first(); sounds && (ok && at < pending) {
		p.sound(a.pop())
		return true, nil
	}
	if len(v.queue) >= 2 {
		s := v.pop()
		s.end = v.queue[0].dts
		return true, p.lead(videoLane, s, v.queue[0].key, v.queue[0].fresh)
	}
	return p.lag(v, a)
}

// waiting tells whether the open segment was announced without pictures and none has come that can be begun with. The first one
// that can ends the segment.
func (p *Packager) waiting(v *lane) bool {
	if !p.out.open || !p.out.announced || p.out.included[videoLane] || p.ends {
		return false
	}
	for len(v.queue) > 0 && !v.queue[0].key {
		v.pop()
	}
	if len(v.queue) == 0 {
		return p.lanes[audioLane] != nil
	}
	p.due, p.ends, p.whole, p.more = max(v.queue[0].dts, p.out.part), true, true, false
	return false
}

// lag gives up waiting for pictures that are too far behind the sound.
func (p *Packager) lag(v, a *lane) (bool, error) {
	if a == nil || !v.seen && !a.seen || len(a.queue) == 0 {
		return false, nil
	}
	since := max(v.newest, a.since)
	if !v.seen {
		since = a.queue[0].dts
	}
	v.absent = a.newest-since > v.patience() || a.bytes > maxSegment || len(a.queue) > maxSamples
	if v.absent && p.out.open {
		return true, p.flushPictures(v)
	}
	return v.absent, nil
}

// flushPictures puts the pictures that wait into the output without knowing what follows: the last one lasts about as long as those
// before it.
func (p *Packager) flushPictures(v *lane) (err error) {
	for len(v.queue) > 0 {
		s := v.pop()
		s.end = s.dts + min(max(p.out.pace.frame, tick), shortest)
		if len(v.queue) > 0 {
			s.end = v.queue[0].dts
		}
		if late := p.before(videoLane, &s, false); err == nil {
			err = late
		}
		p.out.add(videoLane, s)
		p.out.reach = s.end
	}
	return err
}

// open begins a segment with a key picture, where both tracks are there. Sound before it is left out.
func (p *Packager) open() (bool, error) {
	v, a := p.lanes[videoLane], p.lanes[audioLane]
	for len(v.queue) > 0 && !v.queue[0].key {
		v.pop()
	}
	if len(v.queue) == 0 || !p.together(v, a) {
		return p.lag(v, a)
	}
	s := &v.queue[0]
	for a != nil && len(a.queue) > 0 && a.queue[0].dts < s.dts {
		a.pop()
	}
	p.out.start(s.dts, s)
	p.forget()
	return true, nil
}

// silence is how much later than the pictures sound may begin: hls.js (1.7) waits for ever where it lacks more.
const silence = 500 * time.Millisecond

// together leaves out pictures long before the sound: who joins gets those since the last key picture, while sound that is converted
// is live. It tells whether it is known what to begin with. Another key picture is waited for as long as a segment lasts.
func (p *Packager) together(v, a *lane) bool {
	full := v.bytes > maxSegment || len(v.queue) > maxSamples
	if a == nil || a.absent || full {
		return true
	}
	if len(a.queue) == 0 {
		a.absent = v.newest-v.queue[0].dts > a.patience()
		return a.absent
	}
	first := a.queue[0].dts
	before, behind := 0, 0
	for i := range v.queue {
		switch {
		case !v.queue[i].key:
		case v.queue[i].dts <= first:
			before = i
		case behind == 0:
			behind = i
		}
	}
	if first-v.queue[before].dts > silence {
		if behind == 0 && v.newest-first < p.out.cfg.Segment {
			return false
		}
		before = max(before, behind)
	}
	for range before {
		v.pop()
	}
	return true
}

// finish ends the part that is due, unless sound is still to come.
func (p *Packager) finish(a *lane) (bool, error) {
	at, sounds := a.first()
	if sounds && at < p.due {
		p.sound(a.pop())
		return true, nil
	}
	v := p.lanes[videoLane]
	if a != nil && !sounds && !a.absent && a.reach < p.due {
		// A picture that lasts long is no sign that the sound is late: both may have paused.
		if v.newest-max(p.due, p.end) <= a.patience() && v.bytes <= maxSegment && len(v.queue) <= maxSamples {
			return false, nil
		}
		a.absent = true
	}
	err := p.cut(v)
	if p.more {
		if late := p.decide(videoLane); err == nil {
			err = late
		}
	}
	return true, err
}

// cut ends the part that is due, or the segment; the next one begins with what waits.
func (p *Packager) cut(next *lane) error {
	p.ends = false
	p.forget()
	if !p.whole {
		return p.out.endPart(p.due, false)
	}
	err := p.out.endSegment(p.due)
	if len(next.queue) > 0 {
		p.out.start(p.due, &next.queue[0])
	}
	return err
}

// forget notes which tracks have not come for a long time.
func (p *Packager) forget() {
	v, a := p.lanes[videoLane], p.lanes[audioLane]
	if v != nil && a != nil {
		p.out.gone[videoLane] = !v.seen || a.newest-v.newest > forgotten
		p.out.gone[audioLane] = !a.seen || v.newest-a.newest > forgotten
	}
}

// sound puts a frame into the open part, whose time the pictures decide.
func (p *Packager) sound(s sample) { p.out.add(audioLane, s) }

// alone moves sound where there are no pictures.
func (p *Packager) alone() (bool, error) {
	a := p.lanes[audioLane]
	if a == nil {
		return false, nil
	}
	if p.ends {
		return true, p.cut(a)
	}
	if len(a.queue) == 0 {
		return false, nil
	}
	if !p.out.open {
		p.out.start(a.queue[0].dts, &a.queue[0])
	}
	return true, p.lead(audioLane, a.pop(), true, false)
}

// lead puts a sample of the track that decides about time into the output, and decides what ends behind it.
func (p *Packager) lead(at int, s sample, nextKey, nextFresh bool) error {
	err := p.before(at, &s, p.filled(at))
	p.out.add(at, s)
	p.out.reach = s.end
	p.out.pace.observe(s.end - s.dts)
	p.end, p.nextKey, p.nextFresh, p.due = s.end, nextKey, nextFresh, p.out.part
	if late := p.decide(at); err == nil {
		err = late
	}
	return err
}

// filled tells whether a part may end while a picture lasts, since there is sound to go on with.
func (p *Packager) filled(at int) bool {
	a := p.lanes[audioLane]
	return at == videoLane && a != nil && !a.absent
}

// decide says what ends next. A picture that lasts longer than a part is followed by parts of sound alone, if there is some.
func (p *Packager) decide(at int) error {
	if p.filled(at) && p.out.pace.over(p.end-p.due) {
		p.due, p.ends, p.whole, p.more = p.due+p.out.pace.goal, true, false, true
		return nil
	}
	p.more = false
	return p.behind(at, p.end, p.nextKey, p.nextFresh)
}

// before ends what a sample does not fit into since it lasts longer than those before let expect. A part that would be too short
// then goes on where it is filled, and ends in the middle of the sample.
func (p *Packager) before(at int, s *sample, filled bool) error {
	o := &p.out
	switch {
	case s.dts > o.segment && s.end-o.segment >= p.limit():
		end, gap := s.dts, s.dts-o.segment >= p.limit() // a gap that no segment can have
		if gap {
			end = max(o.part, min(o.reach, s.dts))
		}
		err := o.endSegment(end)
		if gap {
			o.tear(s.pts, s.ntp)
		}
		o.start(s.dts, s)
		if err == nil && !s.key {
			err = p.unkeyed(at)
		}
		return err
	case s.dts > o.part && o.pace.over(s.end-o.part) && (!filled || o.pace.full(s.dts-o.part)):
		return o.endPart(s.dts, false)
	}
	return nil
}

// behind decides what ends at a time, where a sample comes that can be begun with or not.
func (p *Packager) behind(at int, end time.Duration, key, fresh bool) error {
	o := &p.out
	lasted := end - o.segment
	full := lasted+o.pace.frame >= p.limit() || o.bytes > maxSegment || o.count > maxSamples
	if key {
		p.late = false
	}
	switch {
	case full, key && (fresh || lasted >= o.cfg.Segment-p.slack(at)):
		p.due, p.ends, p.whole = end, true, true
	case o.pace.full(end - o.part):
		p.due, p.ends, p.whole = end, true, false
	}
	if full && !key {
		return p.unkeyed(at)
	}
	return nil
}

// slack is how much shorter than wished a segment may be: the times of key pictures tremble, while sound can be cut anywhere.
func (p *Packager) slack(at int) time.Duration {
	if at == audioLane {
		return p.out.pace.frame / 2
	}
	const part = 20
	return p.out.cfg.Segment / part
}

// unkeyed says, once until there is a key picture again, that segments are cut without any.
func (p *Packager) unkeyed(at int) error {
	if p.late || at != videoLane {
		return nil
	}
	p.late = true
	return fault.New(fault.MediaCorrupt, "", "no key picture came within %v: the segment ends without one", p.limit()).
		Advise("let the encoder make a key picture every %v", p.out.cfg.Segment)
}

// limit is what the open segment must stay below.
func (p *Packager) limit() time.Duration {
	if l := p.out.sink.Limit(); l > 0 {
		return l
	}
	return max(3*p.out.cfg.Segment, firstAtMost)
}

// flush hands on all that waits and ends the segment, with the last picture lasting as long as those before it.
func (p *Packager) flush() error {
	first := p.drain()
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	v, a := p.lanes[videoLane], p.lanes[audioLane]
	defer p.out.drop()
	if p.ends {
		keep(p.out.endPart(p.due, false))
		p.ends, p.more = false, false
	}
	if !p.out.open {
		return first
	}
	if v != nil {
		keep(p.flushPictures(v))
	}
	for a != nil && len(a.queue) > 0 {
		p.out.add(audioLane, a.pop())
	}
	keep(p.out.endSegment(max(p.out.part, p.out.reach)))
	return first
}
