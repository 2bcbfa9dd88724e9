package conform

import (
	"maps"
	"slices"
	"strconv"
)

// reload checks a playlist against the one that the client had before.
func (c *checker) reload(a, b *document) {
	c.must(a.target == b.target, "6.2.1", "EXT-X-TARGETDURATION changed from %d to %d", a.target, b.target)
	same := a.hasPartInf == b.hasPartInf && a.partTarget == b.partTarget
	c.must(same, "6.2.1", "PART-TARGET changed from %g to %g", a.partTarget, b.partTarget)
	c.must(maps.Equal(a.control, b.control), "6.2.1", "EXT-X-SERVER-CONTROL changed from %v to %v", a.control, b.control)
	c.must(a.independent == b.independent, "6.2.1", "EXT-X-INDEPENDENT-SEGMENTS came or went")
	c.must(!a.ended || b.ended, "4.4.3.4", "EXT-X-ENDLIST went away")
	c.must(!a.ended || b.lastMSN() == a.lastMSN(), "4.4.3.4", "segments were added after EXT-X-ENDLIST")
	c.must(b.sequence >= a.sequence, "6.2.2", "EXT-X-MEDIA-SEQUENCE went back from %d to %d", a.sequence, b.sequence)
	c.must(b.breaks >= a.breaks, "6.2.2", "EXT-X-DISCONTINUITY-SEQUENCE went back from %d to %d", a.breaks, b.breaks)
	c.must(b.lastMSN() >= a.lastMSN(), "6.2.1", "segments vanished from the end: %d was the last, now it is %d", a.lastMSN(), b.lastMSN())
	if b.sequence > a.sequence {
		c.must(b.ended || b.length() >= 3*float64(b.target)-tiny, "6.2.2", "removal left less than three target durations: %g s", b.length())
	}
	for i := range b.segments {
		if old := a.find(b.segments[i].msn); old != nil {
			c.same(old, &b.segments[i])
			c.kept(old, &b.segments[i], b)
		}
	}
	if old := a.find(b.open.msn); old != nil {
		c.same(old, &b.open)
	}
	c.hinted(a, b)
	c.reports(a, b)
}

// same checks a segment that the client knows from before.
func (c *checker) same(a, b *segment) {
	if a.uri != "" {
		same := a.uri == b.uri && a.duration == b.duration
		c.must(same, "6.2.1", "segment %d changed from %q, %g s to %q, %g s", a.msn, a.uri, a.duration, b.uri, b.duration)
	}
	if a.uri == "" && len(a.parts) == 0 {
		return // the client did not know it
	}
	c.must(a.torn == b.torn && a.section == b.section && a.date.Equal(b.date), "6.2.1", "tags of segment %d changed", a.msn)
	c.must(a.number == b.number, "6.2.2", "the discontinuity sequence number of segment %d changed from %d to %d", a.msn, a.number, b.number)
	if len(b.parts) == 0 && b.uri != "" {
		return // the parts left the playlist
	}
	grown := len(b.parts) >= len(a.parts) && (a.uri == "" || len(b.parts) == len(a.parts))
	c.must(grown && slices.Equal(a.parts, b.parts[:min(len(a.parts), len(b.parts))]), "6.2.1", "parts of segment %d changed", a.msn)
}

// kept checks that parts stay while their segment is at the live edge. One that reaches beyond that may have them or not.
func (c *checker) kept(a, b *segment, now *document) {
	gone := len(a.parts) > 0 && len(b.parts) == 0
	rest := now.rest(b.msn)
	c.must(!gone || now.ended || rest > 3*float64(now.target)-tiny, "6.2.1",
		"the parts of segment %d are gone, and it begins %g s from the end", b.msn, rest)
}

// hinted checks that the part that was hinted at is the next that came.
func (c *checker) hinted(a, b *document) {
	for _, h := range a.hints {
		if h["TYPE"] != "PART" {
			continue
		}
		if next := b.after(a.open.msn, len(a.open.parts)); next != nil {
			c.must(next.uri == h.uri(), "4.4.5.3", "the hint was %q, and %q came", h.uri(), next.uri)
		}
	}
}

// after is the part behind so many of a segment: the next of it, or the first of the next one. nil if it is not there, or not listed
// any more.
func (d *document) after(msn int64, have int) *part {
	s := d.find(msn)
	for s != nil && have >= len(s.parts) {
		if s.uri == "" || len(s.parts) == 0 {
			return nil
		}
		have, msn = 0, msn+1
		s = d.find(msn)
	}
	if s == nil {
		return nil
	}
	return &s.parts[have]
}

// reports checks that siblings do not go back either.
func (c *checker) reports(a, b *document) {
	for _, old := range a.reports {
		for _, now := range b.reports {
			before, _ := strconv.ParseInt(old["LAST-MSN"], 10, 64)
			after, _ := strconv.ParseInt(now["LAST-MSN"], 10, 64)
			c.must(old["URI"] != now["URI"] || after >= before, "6.2.2", "LAST-MSN of %s went back from %d to %d", old["URI"], before, after)
		}
	}
}
