package trial

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/caps"
	"sluice/engine/expect"
	"sluice/engine/media"
	"sluice/engine/value"
)

// quantity measures what is a number.
func (m *meter) quantity(c *expect.Check) (saw string, ok bool) {
	var n float64
	switch c.Key {
	case "frames":
		n, saw = float64(m.frames), strconv.Itoa(m.frames)
	case "keyframes":
		n, saw = float64(m.keys), strconv.Itoa(m.keys)
	case "bytes":
		n, saw = float64(m.bytes), amount(m.bytes)
	case "length":
		n, saw = float64(m.length()), span(m.length())
	case "rate":
		n = float64(m.bytes) * 8 / m.length().Seconds()
		saw = value.Text(value.Bits(n))
	case "fps":
		n = float64(m.frames-1) / (m.latest - m.first).Seconds()
		saw = strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "not enough passed to tell", false
	}
	return saw, c.Span.Holds(n)
}

func amount(bytes int64) string { return value.Text(value.Octets(bytes)) }

// span writes a time, to the tenth of a millisecond.
func span(d time.Duration) string { return value.Text(d.Round(100 * time.Microsecond)) }

// suits compares caps. All that were in force on a pad must be within those expected; of several pads one must suit.
func suits(s subject, c *expect.Check, f *Finding) {
	var saw []string
	for _, m := range s.pads {
		all := len(m.caps) > 0
		for _, have := range m.caps {
			saw = append(saw, brief(have))
			all = all && caps.Subset(have, c.Caps)
		}
		f.OK = f.OK || all
	}
	if f.Saw = strings.Join(saw, " and "); f.Saw == "" {
		f.Saw = "nothing passed"
	}
	if !f.OK && len(saw) == 1 {
		if why := caps.Clash(c.Caps, s.pads[0].caps[0]); why != "" {
			f.Detail = "they differ in " + why
		}
	}
}

// brief writes caps without what nobody can read: parameter sets, and other bytes in hexadecimal.
func brief(c caps.Caps) string {
	const most = 300
	text := c.String()
	var fields []string
	for field := range strings.SplitSeq(text, ", ") {
		if !strings.HasPrefix(field, "codec_data=") && !strings.HasPrefix(field, "streamheader=") {
			fields = append(fields, field)
		}
	}
	if text = strings.Join(fields, ", "); len(text) > most {
		return text[:most] + "…"
	}
	return text
}

// tracks compares the codecs of all pads, in any order.
func tracks(s subject, c *expect.Check, f *Finding) {
	left := slices.Clone(s.pads)
	missing := false
	for _, codec := range c.Tracks {
		info, _ := codec.Info()
		want, err := caps.Parse(info.MediaType)
		i := slices.IndexFunc(left, func(m *meter) bool { return err == nil && len(m.caps) > 0 && caps.Subset(m.caps[0], want) })
		if i < 0 {
			missing = true
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	f.OK = !missing && len(left) == 0
	var saw []string
	for _, m := range s.pads {
		if len(m.caps) > 0 {
			saw = append(saw, codecOf(m.caps[0]))
		}
	}
	f.Saw = "[" + strings.Join(saw, ", ") + "]"
}

// codecOf names what caps are of: our word for it, or GStreamer's.
func codecOf(c caps.Caps) string {
	for _, i := range media.Codecs() {
		if want, err := caps.Parse(i.MediaType); err == nil && caps.Subset(c, want) {
			return string(i.Codec)
		}
	}
	return strings.Join(c.MediaTypes(), "+")
}
