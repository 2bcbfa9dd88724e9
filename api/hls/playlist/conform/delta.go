package conform

import "strings"

// skipped checks a delta update by itself.
func (c *checker) skipped(d *document, f Fetch) {
	if len(d.skips) == 0 {
		return
	}
	boundary := d.control.float("CAN-SKIP-UNTIL")
	c.must(len(d.skips) == 1, "4.4.5.2", "EXT-X-SKIP %d times", len(d.skips))
	c.must(f.Skip, "6.2.5.1", "segments were skipped that nobody asked to skip")
	c.must(boundary > 0, "6.2.5.1", "segments were skipped without CAN-SKIP-UNTIL")
	c.must(!d.ended, "6.2.5.1", "segments were skipped of a playlist that has ended")
	rest := d.length() + d.tail()
	for _, s := range d.segments[:d.skippedCount] {
		rest -= s.duration
		c.must(rest > boundary-tiny, "6.2.5.1", "segment %d was skipped, though it ends %g s from the end", s.msn, rest)
	}
}

// asked checks that a blocking reload brought what was asked for.
func (c *checker) asked(d *document, f Fetch) {
	if f.MSN < 0 || d.ended {
		return
	}
	last := d.lastMSN()
	if f.Part < 0 || !d.hasPartInf {
		c.must(last >= f.MSN, "6.2.5.2", "segment %d was asked for, and the last is %d", f.MSN, last)
		return
	}
	s := d.find(f.MSN)
	there := last > f.MSN || s != nil && f.Part < int64(len(s.parts)) || last == f.MSN && len(d.open.parts) > 0
	c.must(there, "6.2.5.2", "part %d of segment %d was asked for and is not there", f.Part, f.MSN)
}

// CheckDelta checks a delta update against the whole playlist of the same moment: they may differ in what was skipped, and in the version.
func CheckDelta(full, delta []byte) []Finding {
	c := &checker{}
	whole := c.parse(full)
	c.last = whole
	d := c.parse(delta)
	c.skipped(d, Fetch{Skip: true})
	if d.skippedCount == 0 {
		c.must(string(full) == string(delta), "6.2.5.1", "nothing was skipped, and yet the playlists differ")
		return c.findings
	}
	head, tail, _ := strings.Cut(string(delta), "#EXT-X-SKIP:")
	_, tail, _ = strings.Cut(tail, "\n")
	c.must(strings.HasSuffix(string(full), tail), "6.2.5.1", "tags that were not skipped are missing or differ")
	kept := strings.Count(tail, "\n#EXTINF:") + min(1, strings.Count(tail[:min(8, len(tail))], "#EXTINF:"))
	all := len(whole.segments)
	c.must(kept+d.skippedCount == all, "4.4.5.2", "%d segments are skipped and %d there, of %d", d.skippedCount, kept, all)
	for line := range strings.Lines(head) {
		version := strings.HasPrefix(line, "#EXT-X-VERSION:")
		c.must(version || strings.Contains(string(full), line), "6.2.5.1", "the whole playlist has no %q", strings.TrimSpace(line))
	}
	for line := range strings.Lines(string(full)) {
		if strings.HasPrefix(line, "#EXTINF:") || strings.HasPrefix(line, "#EXT-X-MAP:") {
			break
		}
		c.must(segmentOrVersion(line) || strings.Contains(head, line), "6.2.5.1", "the delta update has no %q", strings.TrimSpace(line))
	}
	return c.findings
}

func segmentOrVersion(line string) bool {
	for _, tag := range []string{"#EXT-X-VERSION:", "#EXT-X-PROGRAM-DATE-TIME:", "#EXT-X-DISCONTINUITY\n", "#EXT-X-PART:"} {
		if strings.HasPrefix(line, tag) {
			return true
		}
	}
	return false
}
