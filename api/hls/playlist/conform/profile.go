package conform

// profile checks that what has parts has what players need to stay near the edge: the Low-Latency Server Configuration Profile, so far
// as a playlist tells. Reports are looked at where the siblings are known.
func (c *checker) profile(d *document) {
	if !d.hasPartInf {
		return
	}
	c.must(d.partTarget > 0, "4.4.3.7", "EXT-X-PART-INF has no PART-TARGET")
	c.must(d.control["CAN-BLOCK-RELOAD"] == "YES", "B.1", "there are parts, and nobody can wait for them: no CAN-BLOCK-RELOAD=YES")
	for _, s := range d.segments[d.skippedCount:] {
		c.must(!s.date.IsZero(), "B.1", "segment %d has no EXT-X-PROGRAM-DATE-TIME", s.msn)
	}
	if d.ended {
		return
	}
	hinted := false
	for _, h := range d.hints {
		hinted = hinted || h["TYPE"] == "PART"
	}
	c.must(hinted, "B.1", "there are parts, and no hint at the next")
	recent := d.lastMSN()
	if s := d.find(recent); s != nil && recent >= d.sequence {
		c.should(len(s.parts) > 0, "6.2.2", "segment %d is the last, and its parts are not listed", recent)
	}
}
