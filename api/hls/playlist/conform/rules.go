package conform

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
)

// tiny is what rounding to microseconds may make of a sum.
const tiny = 0.001

// header checks versions and what every playlist has.
func (c *checker) header(d *document) {
	needed, why := 1, "nothing"
	for _, need := range []struct {
		is      bool
		version int
		why     string
	}{{d.fraction, 3, "an EXTINF with a fraction"}, {d.mapped, 6, "EXT-X-MAP"}, {len(d.skips) > 0, 9, "EXT-X-SKIP"}} {
		if need.is {
			needed, why = need.version, need.why
		}
	}
	c.must(max(d.version, 1) >= needed, "8", "%s needs version %d, and it is %d", why, needed, d.version)
	c.should(d.version <= needed, "6.2.1", "version %d, where %d is enough", d.version, needed)
	c.must(d.target > 0, "4.4.3.1", "there is no EXT-X-TARGETDURATION")
	c.must(d.kind == "" || d.ended, "6.2.2", "a live playlist has EXT-X-PLAYLIST-TYPE:%s", d.kind)
	if d.start != nil {
		offset := d.start.float("TIME-OFFSET")
		c.must(d.start["TIME-OFFSET"] != "", "4.4.2.2", "EXT-X-START has no TIME-OFFSET")
		c.should(d.ended || offset >= 0 || -offset >= 3*float64(d.target), "4.4.2.2", "EXT-X-START is within three target durations of the end")
	}
}

// control checks EXT-X-SERVER-CONTROL.
func (c *checker) control(d *document) {
	target := float64(d.target)
	if _, ok := d.control["CAN-SKIP-UNTIL"]; ok {
		c.must(d.control.float("CAN-SKIP-UNTIL") >= 6*target, "4.4.3.8", "CAN-SKIP-UNTIL is less than six target durations")
	}
	if _, ok := d.control["CAN-SKIP-DATERANGES"]; ok {
		c.must(d.control["CAN-SKIP-UNTIL"] != "", "4.4.3.8", "CAN-SKIP-DATERANGES without CAN-SKIP-UNTIL")
	}
	if _, ok := d.control["HOLD-BACK"]; ok {
		c.must(d.control.float("HOLD-BACK") >= 3*target, "4.4.3.8", "HOLD-BACK is less than three target durations")
	}
	if !d.hasPartInf {
		return
	}
	back, ok := d.control["PART-HOLD-BACK"]
	c.must(ok, "4.4.3.8", "there are parts but no PART-HOLD-BACK")
	if ok {
		c.must(d.control.float("PART-HOLD-BACK") >= 2*d.partTarget, "4.4.3.8", "PART-HOLD-BACK %s is less than two part targets", back)
		c.should(d.control.float("PART-HOLD-BACK") >= 3*d.partTarget-tiny, "4.4.3.8", "PART-HOLD-BACK %s is less than three part targets", back)
	}
}

// segments checks durations and dates.
func (c *checker) segments(d *document) {
	c.addresses(d)
	for i, s := range d.segments {
		short := math.Round(s.duration) <= float64(d.target)
		c.must(short, "4.4.3.1", "segment %d of %g s is longer than the target duration %d", s.msn, s.duration, d.target)
		if i > 0 {
			c.dates(d.segments[i-1], s)
		}
	}
	if n := len(d.segments); n > 0 && len(d.open.parts) > 0 {
		c.dates(d.segments[n-1], d.open)
	}
}

// addresses checks that two segments, or parts, have two URIs. Behind a discontinuity the same may come again; elsewhere its timestamps
// would go back.
func (c *checker) addresses(d *document) {
	seen := map[string]int64{}
	first := func(uri string, ranged bool, number int64) {
		before, again := seen[uri]
		again = again && before == number && uri != "" && !ranged
		c.must(!again, "4.4.4.3", "%s stands there twice, without EXT-X-DISCONTINUITY between", uri)
		seen[uri] = number
	}
	for _, s := range append(d.segments[:len(d.segments):len(d.segments)], d.open) {
		first(s.uri, s.ranged, s.number)
		for i, p := range s.parts {
			whole := len(s.parts) == 1 && p.uri == s.uri // a segment of one part may be that
			first(p.uri, p.ranged || whole && i == 0, s.number)
		}
	}
}

// dates checks two segments in a row. What the client skipped has been checked.
func (c *checker) dates(a, b segment) {
	c.should(b.date.IsZero() == a.date.IsZero() || !b.date.IsZero(), "6.2.1", "segment %d has no date, unlike the one before", b.msn)
	if a.date.IsZero() || b.date.IsZero() {
		return
	}
	gap := b.date.Sub(a.date).Seconds() - a.duration
	c.must(gap > -1 && b.date.After(a.date), "6.2.1", "the date of segment %d lies %g s before the end of the one before", b.msn, -gap)
	c.must(gap < 1 || b.torn, "6.2.1", "the date of segment %d jumps by %g s without a discontinuity", b.msn, gap)
}

// parts checks EXT-X-PART.
func (c *checker) parts(d *document) {
	rest := d.length() + d.tail()
	for _, s := range append(d.segments[:len(d.segments):len(d.segments)], d.open) {
		c.must(len(s.parts) == 0 || d.hasPartInf, "4.4.3.7", "there are parts but no EXT-X-PART-INF")
		sum := 0.0
		alone := !d.independent || len(s.parts) == 0 || s.parts[0].independent || s.parts[0].gap
		c.should(alone, "4.4.4.9", "all segments are independent, and the first part of segment %d does not say so", s.msn)
		for i, p := range s.parts {
			sum += p.duration
			name := fmt.Sprintf("part %d of segment %d is %g s", i, s.msn, p.duration)
			c.must(!d.hasPartInf || p.duration <= d.partTarget+tiny/1000, "4.4.4.9", "%s, longer than PART-TARGET", name)
			last := i == len(s.parts)-1 || s.parts[i+1].gap
			short := p.duration < 0.85*d.partTarget-tiny
			c.must(!short || last || p.independent || p.gap, "4.4.4.9", "%s, less than 85 %% of PART-TARGET", name)
			c.must(sum <= float64(d.target)+0.5, "4.4.3.1", "the parts of segment %d are longer than the target duration", s.msn)
		}
		if s.uri == "" {
			break
		}
		agree := len(s.parts) == 0 || math.Abs(sum-s.duration) < 0.02
		c.must(agree, "4.4.4.9", "the parts of segment %d are %g s long, it %g s", s.msn, sum, s.duration)
		c.should(len(s.parts) == 0 || rest-sum < 3*float64(d.target)+tiny, "6.2.2", "parts of segment %d stand far from the end", s.msn)
		rest -= s.duration
	}
}

// edge checks hints and reports.
func (c *checker) edge(d *document) {
	kinds := map[string]bool{}
	for _, h := range d.hints {
		kind := h["TYPE"]
		there := kind == "PART" && h["BYTERANGE-START"] == "" && d.lists(h.uri())
		c.must(!there, "4.4.5.3", "the hint at %s is one at a part that is listed", h.uri())
		c.must((kind == "PART" || kind == "MAP") && h.uri() != "", "4.4.5.3", "a hint needs TYPE and URI")
		c.should(!kinds[kind], "6.2.6", "two hints of type %s", kind)
		c.must(!d.ended, "4.4.5.3", "a playlist that has ended hints at more")
		kinds[kind] = true
	}
	for _, report := range d.reports {
		uri, err := url.Parse(report.uri())
		c.must(err == nil && uri.Path != "" && !uri.IsAbs(), "4.4.5.4", "a report needs a relative URI: %q", report.uri())
		_, err = strconv.ParseUint(report["LAST-MSN"], 10, 63)
		c.must(err == nil, "4.4.5.4", "a report needs LAST-MSN")
		_, err = strconv.ParseUint(report["LAST-PART"], 10, 63)
		c.must(err == nil || !d.hasPartInf, "4.4.5.4", "a report needs LAST-PART where there are parts")
	}
}
