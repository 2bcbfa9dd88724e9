package rendition

import (
	"time"

	"sluice/api/hls/playlist"
)

// text is the playlist as it is, rendered at most once between two changes.
func (r *Rendition) text(delta bool, reports []Report) *playlist.Text {
	which, skip := &r.full, 0
	if delta && r.skips && !r.ended {
		skip = r.skippable()
	}
	if skip > 0 {
		which = &r.delta
	}
	if *which == nil {
		*which = r.render(skip, reports)
		r.totals.Renderings++
	}
	return *which
}

// skippable is how many segments a delta update leaves out: those that end further from the end of the playlist than the Skip Boundary.
func (r *Rendition) skippable() int {
	boundary, n := 6*r.target(), 0
	rest := r.listed + r.growing()
	for _, s := range r.segments[r.head:] {
		if rest -= s.duration; rest <= boundary {
			break
		}
		n++
	}
	return n
}

func (r *Rendition) render(skip int, reports []Report) *playlist.Text {
	first := r.segments[r.head]
	l := playlist.Open(playlist.Header{
		Target: r.cfg.Target.Seconds(), PartTarget: r.partTarget, PartHoldBack: r.holdBack, SkipUntil: r.boundary(),
		Map: first.init.name != "", Independent: r.cfg.Independent, Sequence: first.msn, Discontinuity: r.discontinuity,
	}, skip)
	shown := r.segments[r.head+skip:]
	l.Grow(len(shown)*160+8192, len(shown)*2+128)
	if skip == 0 && first.init.name != "" && !first.mapped {
		l.Map(first.init.name)
	}
	rest := r.listed + r.growing()
	for _, s := range r.segments[r.head : r.head+skip] {
		rest -= s.duration
	}
	for _, s := range shown {
		l.Add(s.head)
		if r.partTarget > 0 && rest <= 3*r.target() { // parts further from the end leave the playlist (6.2.2)
			l.Add(s.list)
		}
		l.Add(s.tail)
		rest -= s.duration
	}
	r.edge(&l, reports)
	return playlist.Finish(l, r.cfg.Target.Seconds(), &r.packer)
}

// boundary is the Skip Boundary, the least that 4.4.3.8 permits.
func (r *Rendition) boundary() time.Duration {
	if r.skips {
		return 6 * r.target()
	}
	return 0
}

// edge is what follows the last whole segment.
func (r *Rendition) edge(l *playlist.Lines, reports []Report) {
	if r.ended {
		l.End()
		return
	}
	if r.partTarget > 0 {
		suffix := r.init.Form.Suffix()
		if s := r.open; s != nil && len(s.parts) > 0 {
			l.Add(r.headOf(s))
			for i, p := range s.parts {
				l.Part(r.name(isPart, s.first+uint64(i), suffix), p.Duration, p.Independent)
			}
		}
		l.Hint(r.name(isPart, r.parts, suffix))
	}
	for _, s := range reports {
		if s.MSN >= 0 {
			l.Report(s.URI, s.MSN, s.Part)
		}
	}
}
