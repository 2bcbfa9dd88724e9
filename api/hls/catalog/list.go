package catalog

import (
	"slices"
	"strings"
)

// Listed is a stream of the catalogue as lists have it.
type Listed struct {
	Path     string
	Viewers  int  // and those who wait for it
	Made     bool // somebody makes it now
	Variants []Variant
}

// Variant is a rendition of which there is something to play.
type Variant struct {
	Rung          string // its name among the stream's renditions; "" if it is the only one
	Codecs        string // as RFC 6381 writes them
	Width, Height int    // 0 for sound alone
	FPS           float64
	Rate          int // bits a second, on average
}

// List lists all streams, also those that nobody makes yet or any longer, by their paths.
func (c *Catalog) List() []Listed {
	c.mu.Lock()
	streams := make([]*Stream, 0, len(c.streams))
	out := make([]Listed, 0, len(c.streams))
	for path, s := range c.streams {
		streams = append(streams, s)
		out = append(out, Listed{Path: path, Viewers: s.viewers, Made: s.made()})
	}
	c.mu.Unlock()
	for i, s := range streams {
		for _, v := range s.variants() {
			out[i].Variants = append(out[i].Variants, Variant{
				Rung: v.rung, Codecs: v.codecs, Width: v.width, Height: v.height, FPS: v.fps, Rate: v.average,
			})
		}
	}
	slices.SortFunc(out, func(a, b Listed) int { return strings.Compare(a.Path, b.Path) })
	return out
}
