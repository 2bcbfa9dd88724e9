// Package layout says where the pictures of guests lie in a mixer's picture. A layout is one of the built-in ones or a
// description in YAML, which docs/mixer.md explains; the built-in ones are written in the same language. The package is pure:
// it moves no media, and it knows neither elements nor GStreamer.
package layout

import "slices"

// Fill says what becomes of a picture whose sides are in another ratio than those of its place.
type Fill uint8

// The ways to fill a place.
const (
	Fit  Fill = iota // all of the picture, with room beside it
	Crop             // all of the place, with the picture's edges cut off
)

// Box is a part of a picture in pixels, from its left upper corner.
type Box struct{ X, Y, Width, Height int64 }

// Placement is where one guest's picture lies.
type Placement struct {
	Box
	Layer int64 // a higher one covers a lower one; from 1
	Fill  Fill
	Shown bool // false: there is no place for it, and Box means nothing
}

// Scene is what a layout is applied to.
type Scene struct {
	Guests        []string // their keys, in their order
	Large         string   // the one whom a layout shows as its speaker; one who is not there is nobody
	Width, Height int64    // of the whole, even
}

// Layout is a choice of arrangements by how many guests there are. It is immutable.
type Layout struct{ choices []choice }

// choice is one arrangement of a layout.
type choice struct {
	when    bound
	more    bool // guests beyond the places have all of them lie in a grid; else they are not shown
	regions []region
}

// region is a part of the whole: a place for one, or, arranged, for several.
type region struct {
	left, top, right, bottom measure
	take                     []selector // in order of preference; none: anybody
	arrange                  string     // "" is one place
	end                      bool       // a row or column begins at its end
	most                     int        // guests; 0 is any number
	cells                    int        // into how many a row or column is divided at least
	gap                      measure
	layer                    int64
	fill                     Fill
}

// Lay gives a placement for each guest, in the order of the scene.
func (l Layout) Lay(s Scene) []Placement {
	out := make([]Placement, len(s.Guests))
	for _, c := range l.choices {
		if !c.when.holds(len(s.Guests)) {
			continue
		}
		seats, rest := c.seat(s)
		if rest > 0 && c.more {
			for i, b := range grid(Box{Width: s.Width, Height: s.Height}, len(s.Guests), 0) {
				out[i] = Placement{Box: b, Layer: 1, Shown: true}
			}
			return out
		}
		for n, r := range c.regions {
			for i, b := range r.boxes(len(seats[n]), s.Width, s.Height) {
				out[seats[n][i]] = Placement{Box: b, Layer: r.layer, Fill: r.fill, Shown: b.Width > 0 && b.Height > 0}
			}
		}
		return out
	}
	return out
}

// seat says which guests, by number, go to each region, and how many are left over. Who wants somebody in particular chooses
// before those who take anybody.
func (c choice) seat(s Scene) (seats [][]int, rest int) {
	seats = make([][]int, len(c.regions))
	seated := make([]bool, len(s.Guests))
	for _, particular := range []bool{true, false} {
		for n, r := range c.regions {
			if (len(r.take) > 0) != particular {
				continue
			}
			for r.room(len(seats[n])) {
				i := r.next(s, seated)
				if i < 0 {
					break
				}
				seated[i], seats[n] = true, append(seats[n], i)
			}
		}
	}
	for _, is := range seated {
		if !is {
			rest++
		}
	}
	return seats, rest
}

// room tells whether a region with some guests takes one more.
func (r region) room(has int) bool {
	if r.arrange == "" {
		return has == 0
	}
	return r.most == 0 || has < r.most
}

// next is the number of the guest that the region wants next; -1 if it wants none of those without a seat.
func (r region) next(s Scene, seated []bool) int {
	if len(r.take) == 0 {
		return slices.Index(seated, false)
	}
	for _, t := range r.take {
		if i := t.pick(s, seated); i >= 0 {
			return i
		}
	}
	return -1
}
