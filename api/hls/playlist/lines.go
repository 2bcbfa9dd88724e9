package playlist

import (
	"strconv"
	"time"
)

// Lines are lines of a Media Playlist, and where in them addresses end. The zero value is empty. Names must be free of quotes and line
// ends.
type Lines struct {
	text []byte
	ends []int // offsets behind each address
}

// Grow makes room for bytes more of text and for so many more addresses.
func (l *Lines) Grow(bytes, addresses int) {
	l.text = append(make([]byte, 0, len(l.text)+bytes), l.text...)
	l.ends = append(make([]int, 0, len(l.ends)+addresses), l.ends...)
}

// Len is the length of the text in bytes.
func (l *Lines) Len() int { return len(l.text) }

// Add appends other lines.
func (l *Lines) Add(o Lines) {
	base := len(l.text)
	l.text = append(l.text, o.text...)
	for _, e := range o.ends {
		l.ends = append(l.ends, base+e)
	}
}

// Map is EXT-X-MAP (4.4.4.5).
func (l *Lines) Map(name string) {
	l.str(`#EXT-X-MAP:URI="`)
	l.address(name)
	l.str("\"\n")
}

// Discontinuity is EXT-X-DISCONTINUITY (4.4.4.3).
func (l *Lines) Discontinuity() { l.str("#EXT-X-DISCONTINUITY\n") }

// Date is EXT-X-PROGRAM-DATE-TIME (4.4.4.6), in UTC with milliseconds.
func (l *Lines) Date(t time.Time) {
	l.str("#EXT-X-PROGRAM-DATE-TIME:")
	l.text = t.UTC().AppendFormat(l.text, "2006-01-02T15:04:05.000Z")
	l.str("\n")
}

// Part is EXT-X-PART (4.4.4.9).
func (l *Lines) Part(name string, d time.Duration, independent bool) {
	l.str("#EXT-X-PART:DURATION=")
	l.seconds(d)
	l.str(`,URI="`)
	l.address(name)
	l.str(`"`)
	if independent {
		l.str(",INDEPENDENT=YES")
	}
	l.str("\n")
}

// Segment is EXTINF and the address (4.4.4.1).
func (l *Lines) Segment(name string, d time.Duration) {
	l.str("#EXTINF:")
	l.seconds(d)
	l.str(",\n")
	l.address(name)
	l.str("\n")
}

// Hint is EXT-X-PRELOAD-HINT for a part (4.4.5.3).
func (l *Lines) Hint(name string) {
	l.str(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="`)
	l.address(name)
	l.str("\"\n")
}

// Skip is EXT-X-SKIP (4.4.5.2).
func (l *Lines) Skip(segments int) {
	l.tag("#EXT-X-SKIP:SKIPPED-SEGMENTS=", int64(segments))
}

// Report is EXT-X-RENDITION-REPORT (4.4.5.4); a negative part says that the rendition has none.
func (l *Lines) Report(uri string, msn, part int64) {
	l.str(`#EXT-X-RENDITION-REPORT:URI="`)
	l.address(uri)
	l.str(`",LAST-MSN=`)
	l.text = strconv.AppendInt(l.text, msn, 10)
	if part >= 0 {
		l.str(",LAST-PART=")
		l.text = strconv.AppendInt(l.text, part, 10)
	}
	l.str("\n")
}

// End is EXT-X-ENDLIST (4.4.3.4).
func (l *Lines) End() { l.str("#EXT-X-ENDLIST\n") }

func (l *Lines) str(s string) { l.text = append(l.text, s...) }

func (l *Lines) address(name string) {
	l.str(name)
	l.ends = append(l.ends, len(l.text))
}

func (l *Lines) tag(name string, n int64) {
	l.str(name)
	l.text = strconv.AppendInt(l.text, n, 10)
	l.str("\n")
}

func (l *Lines) seconds(d time.Duration) { l.text = appendSeconds(l.text, d) }

// appendSeconds writes a duration with microseconds. It cuts off what is finer and never rounds up: a segment a little shorter than the
// limit must not seem to reach it.
func appendSeconds(b []byte, d time.Duration) []byte {
	b = strconv.AppendInt(b, int64(d/time.Second), 10)
	frac := int64(d % time.Second / time.Microsecond)
	b = append(b, '.')
	for unit := int64(100_000); unit > 0; unit /= 10 {
		b = append(b, byte('0'+frac/unit%10))
		if frac%unit == 0 {
			break
		}
	}
	return b
}
