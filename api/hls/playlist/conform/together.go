package conform

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Member is a Media Playlist of a Multivariant Playlist.
type Member struct {
	URI  string // as the Multivariant Playlist names it
	Body []byte // whole, not a delta update

	// Codecs are the formats (RFC 6381) of its media, or how they begin ("avc1"), and Times when segments and parts begin by the
	// media's own clock, by their addresses as the playlist has them. Both say what a text cannot; who leaves them out is not
	// told of it.
	Codecs []string
	Times  map[string]time.Duration
}

// CheckTogether checks a Multivariant Playlist, all Media Playlists that it names, and what holds between them. Members stand in the
// order in which they were fetched, at about the same time. In findings the Multivariant Playlist is 0, and the first member 1.
func CheckTogether(master []byte, members ...Member) []Finding {
	c := &checker{}
	m := c.master(master)
	all := make([]*kin, len(members))
	for i, member := range members {
		c.number, c.last = i+1, nil
		all[i] = &kin{Member: member, document: c.parse(member.Body), number: i + 1, path: path(member.URI)}
		c.whole(all[i], m.independent)
	}
	c.number = 0
	c.complete(m, all)
	for i, k := range all {
		c.number = k.number
		c.reported(k, all)
		for _, before := range all[:i] {
			c.match(before, k)
		}
	}
	return c.findings
}

// kin is a Member that was read.
type kin struct {
	Member
	*document
	number int
	path   string
}

// whole checks a member by itself.
func (c *checker) whole(k *kin, independent bool) {
	d := k.document
	d.independent = d.independent || independent // 4.4.2.1: it holds for all of them
	c.header(d)
	c.control(d)
	c.segments(d)
	c.parts(d)
	c.edge(d)
	c.profile(d)
	c.must(len(d.skips) == 0, "6.2.5.1", "segments were skipped that nobody asked to skip")
}

// path is what tells playlists apart: who watches is not in it.
func path(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return uri
	}
	return u.Path
}

// complete checks that all are there, and that the Multivariant Playlist says of what they are.
func (c *checker) complete(m *multivariant, all []*kin) {
	find := func(uri string) *kin {
		i := slices.IndexFunc(all, func(k *kin) bool { return k.URI == uri })
		c.must(i >= 0, "4.4.6", "nobody has fetched %q", uri)
		if i < 0 {
			return nil
		}
		return all[i]
	}
	sounds := map[string][]string{}
	for _, a := range m.media {
		if a.uri() == "" {
			continue
		}
		if k := find(a.uri()); k != nil && a["TYPE"] == "AUDIO" {
			sounds[a["GROUP-ID"]] = append(sounds[a["GROUP-ID"]], k.Codecs...)
		}
	}
	for _, s := range m.streams {
		k := find(s.uri)
		if k == nil {
			continue
		}
		for _, codec := range slices.Concat(k.Codecs, sounds[s.attributes["AUDIO"]]) {
			named := s.codecs()
			is := func(n string) bool { return n == codec || strings.HasPrefix(n, codec+".") }
			c.must(len(named) == 0 || slices.ContainsFunc(named, is), "4.4.6.2", "the CODECS of %s lack %s", s.uri, codec)
		}
	}
}

// reported checks that a playlist with parts reports all of its siblings, and what it says of them.
func (c *checker) reported(k *kin, all []*kin) {
	told := map[string]attributes{}
	for _, r := range k.reports {
		p := path(r.uri())
		c.must(told[p] == nil, "4.4.5.4", "two reports of %s", p)
		c.must(p != k.path, "4.4.5.4", "%s reports itself", p)
		told[p] = r
	}
	for _, sibling := range all {
		if sibling == k {
			continue
		}
		r := told[sibling.path]
		c.must(r != nil || !k.hasPartInf || k.ended, "B.1", "there are parts, and no report of %s", sibling.path)
		if r == nil {
			continue
		}
		msn, part := int64(r.float("LAST-MSN")), int64(r.float("LAST-PART"))
		end := fmt.Sprintf("the report of %s ends with %d.%d", sibling.path, msn, part)
		behind, ahead := sibling.behind(msn, part)
		// It is as new as the playlist that it stands in. How long ago that was, nobody can see; playlists of a live stream change
		// within a target duration (6.2.2: 1.5 of them).
		wait := 1.5*float64(k.target) + tiny
		c.must(sibling.number > k.number || behind <= wait, "4.4.5.4", "%s, and it had gone on for %g s", end, behind)
		c.must(sibling.number < k.number || !ahead, "4.4.5.4", "%s, which it does not have", end)
	}
}

// behind is how much a playlist has, in seconds, that a report of it does not, or whether it has less.
func (d *document) behind(msn, part int64) (seconds float64, ahead bool) {
	last := d.lastMSN()
	if !d.hasPartInf {
		part = -1
	}
	for _, s := range append(d.segments[:len(d.segments):len(d.segments)], d.open) {
		switch {
		case s.msn > msn && s.uri == "":
			seconds += d.tail()
		case s.msn > msn:
			seconds += s.duration
		case s.msn == msn && part >= 0:
			for _, p := range s.parts[min(int64(len(s.parts)), part+1):] {
				seconds += p.duration
			}
			ahead = part >= int64(len(s.parts)) && len(s.parts) > 0
		}
	}
	open := last
	if len(d.open.parts) > 0 {
		open++
	}
	return seconds, ahead || msn > open
}

// match checks what 6.2.4 demands of each two playlists, so that players can go from one to the other.
func (c *checker) match(a, b *kin) {
	c.must(a.target == b.target, "6.2.4", "the target duration is %d, and that of %s %d", b.target, a.path, a.target)
	c.must(maps.Equal(a.control, b.control), "6.2.4", "EXT-X-SERVER-CONTROL is %v, and that of %s %v", b.control, a.path, a.control)
	far := b.control["PART-HOLD-BACK"] == "" || b.control.float("PART-HOLD-BACK") >= 3*a.partTarget-tiny
	c.should(far, "4.4.3.8", "PART-HOLD-BACK is less than three part targets of %s", a.path)
	c.must(a.kind == b.kind, "6.2.4", "EXT-X-PLAYLIST-TYPE is %q, and that of %s %q", b.kind, a.path, a.kind)
	x, y := a.stretches(), b.stretches()
	c.must((len(x) == 0) == (len(y) == 0), "6.2.4", "it has dates, or %s has, and the other has none", a.path)
	if len(x) == 0 || len(y) == 0 {
		return
	}
	target := float64(max(a.target, b.target)) + 0.5 // to which durations are rounded
	for edge, apart := range map[string]float64{
		"begins": y[0].begin.Sub(x[0].begin).Seconds(), "ends": y[len(y)-1].end.Sub(x[len(x)-1].end).Seconds(),
	} {
		c.must(math.Abs(apart) <= target, "6.2.4", "it %s %g s after %s does, more than a target duration", edge, apart, a.path)
	}
	c.holes(a, x, y)
	c.holes(b, y, x)
	c.numbers(a, x, y)
	c.clocks(a, b)
}
