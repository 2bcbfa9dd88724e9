package conform

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// reader is the state of reading one playlist.
type reader struct {
	*checker
	d       *document
	now     segment
	section string
	seen    map[string]bool
}

// parse reads a Media Playlist, and notes what is wrong with its form.
func (c *checker) parse(body []byte) *document {
	r := &reader{checker: c, d: &document{}, seen: map[string]bool{}}
	c.lines(body, r.tag, r.address)
	r.number(&r.now)
	r.d.open = r.now
	return r.d
}

// lines gives each tag and each address of a playlist, and notes what no playlist may have.
func (c *checker) lines(body []byte, tag, address func(string)) {
	text := string(body)
	c.must(utf8.ValidString(text) && !strings.HasPrefix(text, "\ufeff"), "4.1", "the text is not UTF-8, or begins with a byte order mark")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	c.must(lines[0] == "#EXTM3U", "4.4.1.1", "the first line is %.40q, not #EXTM3U", lines[0])
	for _, line := range lines[1:] {
		line = strings.TrimSuffix(line, "\r")
		c.must(!strings.ContainsFunc(line, func(c rune) bool { return c < ' ' && c != '\t' }), "4.1", "control characters in %.60q", line)
		switch {
		case strings.HasPrefix(line, "#EXT"):
			tag(line)
		case line != "" && line[0] != '#':
			address(line)
		}
	}
}

// number gives a segment its numbers, and the section that applies.
func (r *reader) number(s *segment) {
	s.msn = r.d.sequence + int64(len(r.d.segments))
	s.number = r.d.breaks
	if n := len(r.d.segments); n > 0 {
		s.number = r.d.segments[n-1].number
	}
	if s.torn {
		s.number++
	}
	s.section = r.section
}

func (r *reader) address(line string) {
	r.now.uri = line
	r.must(r.now.timed, "4.4.4.1", "%q has no EXTINF", line)
	r.number(&r.now)
	r.d.segments = append(r.d.segments, r.now)
	r.now = segment{}
}

// once are tags that belong to the playlist as a whole: twice would say two things (4.1.1 and each tag's own section).
const once = " EXT-X-VERSION EXT-X-TARGETDURATION EXT-X-MEDIA-SEQUENCE EXT-X-DISCONTINUITY-SEQUENCE EXT-X-PART-INF EXT-X-SERVER-CONTROL " +
	"EXT-X-PLAYLIST-TYPE EXT-X-INDEPENDENT-SEGMENTS EXT-X-START EXT-X-ENDLIST "

func (r *reader) tag(line string) {
	name, value, _ := strings.Cut(line[1:], ":")
	r.must(!r.seen[name] || !strings.Contains(once, " "+name+" "), "4.4", "%s twice", name)
	r.seen[name] = true
	d := r.d
	switch name {
	case "EXT-X-VERSION":
		d.version = int(r.integer(name, value))
	case "EXT-X-TARGETDURATION":
		d.target = int(r.integer(name, value))
	case "EXT-X-MEDIA-SEQUENCE":
		r.must(len(d.segments) == 0, "4.4.3.2", "EXT-X-MEDIA-SEQUENCE after the first segment")
		d.sequence = r.integer(name, value)
	case "EXT-X-DISCONTINUITY-SEQUENCE":
		r.must(len(d.segments) == 0 && !r.seen["EXT-X-DISCONTINUITY"], "4.4.3.3", "%s after a segment or a discontinuity", name)
		d.breaks = r.integer(name, value)
	case "EXT-X-PART-INF":
		d.hasPartInf = true
		d.partTarget = r.list(value).float("PART-TARGET")
	case "EXT-X-SERVER-CONTROL":
		d.control = r.list(value)
	case "EXT-X-START":
		d.start = r.list(value)
	case "EXT-X-INDEPENDENT-SEGMENTS":
		d.independent = true
	case "EXT-X-PLAYLIST-TYPE":
		d.kind = value
	case "EXT-X-ENDLIST":
		d.ended = true
	default:
		r.metadataTag(name, value)
	}
}

// metadataTag reads what may stand there more than once.
func (r *reader) metadataTag(name, value string) {
	switch name {
	case "EXT-X-PRELOAD-HINT":
		r.d.hints = append(r.d.hints, r.list(value))
	case "EXT-X-RENDITION-REPORT":
		r.d.reports = append(r.d.reports, r.list(value))
	case "EXT-X-SKIP":
		r.skip(r.list(value))
	default:
		r.segmentTag(name, value)
	}
}

// segmentTag reads what belongs to the next segment.
func (r *reader) segmentTag(name, value string) {
	early := len(r.now.parts) == 0
	switch name {
	case "EXTINF":
		length, _, comma := strings.Cut(value, ",")
		r.must(comma, "4.4.4.1", "EXTINF:%s has no comma behind the duration", value)
		seconds, err := strconv.ParseFloat(length, 64)
		r.must(err == nil && decimal(length), "4.4.4.1", "the duration %q is no decimal-integer or decimal-floating-point", length)
		r.d.fraction = r.d.fraction || strings.Contains(length, ".")
		r.now.duration, r.now.timed = seconds, true
	case "EXT-X-DISCONTINUITY":
		r.must(early, "4.4.4.9", "%s after the first part of its segment", name)
		r.now.torn = true
	case "EXT-X-PROGRAM-DATE-TIME":
		r.must(early, "4.4.4.9", "%s after the first part of its segment", name)
		date, err := time.Parse(time.RFC3339Nano, value)
		r.must(err == nil, "4.4.4.6", "the date %q is none", value)
		r.now.date = date
	case "EXT-X-MAP":
		r.must(early, "4.4.4.9", "%s after the first part of its segment", name)
		list := r.list(value)
		r.must(list.uri() != "", "4.4.4.5", "EXT-X-MAP has no URI")
		r.section, r.d.mapped = list.uri(), true
	case "EXT-X-PART":
		list := r.list(value)
		r.must(list.uri() != "" && list["DURATION"] != "", "4.4.4.9", "EXT-X-PART needs URI and DURATION: %s", value)
		r.now.parts = append(r.now.parts, part{
			uri: list.uri(), duration: list.float("DURATION"), independent: list["INDEPENDENT"] == "YES", gap: list["GAP"] == "YES",
			ranged: list["BYTERANGE"] != "",
		})
	case "EXT-X-BYTERANGE":
		r.now.ranged = true
	default:
		r.must(belongs(name) != "4.4.6", "4.4.6", "%s is a tag of Multivariant Playlists", name)
	}
}

// skip puts in what the client knows already.
func (r *reader) skip(list attributes) {
	r.d.skips = append(r.d.skips, list)
	early := len(r.d.segments) == 0 && len(r.now.parts) == 0 && !r.now.timed
	r.must(early || len(r.d.skips) > 1, "4.4.5.2", "EXT-X-SKIP stands behind segments, and not for the first ones")
	count, err := strconv.ParseInt(list["SKIPPED-SEGMENTS"], 10, 32)
	r.must(err == nil && count > 0, "4.4.5.2", "SKIPPED-SEGMENTS is %q", list["SKIPPED-SEGMENTS"])
	for i := range count {
		var known *segment
		if r.last != nil {
			known = r.last.find(r.d.sequence + i)
		}
		if known == nil || known.uri == "" {
			r.must(false, "6.2.5.1", "segment %d is skipped, which the client has never seen", r.d.sequence+i)
			break
		}
		r.d.segments = append(r.d.segments, *known)
		r.d.skippedCount++
		r.section = known.section
		r.d.mapped = r.d.mapped || known.section != ""
	}
}

func (r *reader) integer(name, value string) int64 {
	n, err := strconv.ParseInt(value, 10, 64)
	r.must(err == nil && digits(value), "4.2", "%s is %q, no decimal-integer", name, value)
	return n
}

// digits tells of 0 to 9 alone: numbers here have no signs, exponents or prefixes.
func digits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// decimal tells of digits, and perhaps a dot and more of them.
func decimal(text string) bool {
	whole, fraction, dot := strings.Cut(text, ".")
	return digits(whole) && (!dot || digits(fraction))
}
