package ctl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

// units is how many passed, or a dash where that is not counted.
func units(c *wire.Counts) string {
	if c == nil {
		return "-"
	}
	return show.Count(float64(c.Units))
}

func sizeOf(c *wire.Counts) string {
	if c == nil {
		return "-"
	}
	return show.Size(float64(c.Bytes))
}

// drops is what was lost, by reason; "" if nothing was.
func drops(c wire.Counts) string {
	var out []string
	for _, why := range slices.Sorted(maps.Keys(c.Drops)) {
		if n := c.Drops[why]; n > 0 {
			out = append(out, fmt.Sprintf("%s %d", why, n))
		}
	}
	return show.Several(out)
}

// silent is how long ago the last unit passed.
func silent(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.1fs", *s)
}

// manner is what is special about how a node runs.
func manner(n wire.Node) string {
	switch {
	case n.Passes:
		return "nothing to convert"
	case n.Lazy:
		return "lazy"
	}
	return ""
}

func branches(list []wire.Branch) *show.Table {
	t := &show.Table{Head: []string{"branch", "kind", "runs", "readers", "why not"}}
	for _, b := range list {
		t.Add(b.Name, b.Kind, yes(b.Runs), strconv.Itoa(b.Readers), faultText(b.Fault))
	}
	return t
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// trackText is a track in a few words: "h264 1280x720 42e01f".
func trackText(t wire.Track) string {
	out := []string{t.Codec}
	if t.Width > 0 {
		out = append(out, fmt.Sprintf("%dx%d", t.Width, t.Height))
	}
	if t.Kind == "audio" && t.ClockRate > 0 {
		out = append(out, fmt.Sprintf("%d Hz", t.ClockRate))
	}
	if t.Channels > 0 {
		out = append(out, fmt.Sprintf("%d ch", t.Channels))
	}
	if t.Profile != "" {
		out = append(out, t.Profile)
	}
	if t.Layer != "" {
		out = append(out, "layer "+t.Layer)
	}
	if t.BFrames {
		out = append(out, "B-frames")
	}
	return strings.Join(out, " ")
}
