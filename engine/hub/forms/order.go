package forms

import (
	"slices"
	"time"

	"sluice/engine/media/picture"
)

// deepest is how many pictures a decoder holds at most (H.264 A.3.1, H.265 A.4.2).
const deepest = 16

// least is what is between two times to decode at, at least.
const least = time.Microsecond

// order gives pictures times to decode them at, which RTP does not carry. If at most n pictures are coded before another
// one and shown after it, each can be decoded at the time at which the n-th before it in the order of showing is shown. So
// decoding times are presentation times, sorted and n places late.
type order struct {
	depth int             // n
	learn bool            // the stream does not say n, so that it grows with what is seen
	shown []time.Duration // the n+1 latest presentation times, sorted
	last  time.Duration
	begun bool
}

// reset takes what the stream says of its depth.
func (o *order) reset(said int) {
	o.learn = said == picture.Unsaid
	o.depth = max(said, 0)
	o.shown = slices.Delete(o.shown, 0, max(len(o.shown)-o.depth-1, 0))
}

// dts gives the time at which the next picture in coding order, which is shown at pts, is decoded.
func (o *order) dts(pts time.Duration) time.Duration {
	at, _ := slices.BinarySearch(o.shown, pts)
	if behind := len(o.shown) - at; o.learn && behind > o.depth {
		o.depth = min(behind, deepest)
	}
	if len(o.shown) > o.depth {
		o.shown = slices.Delete(o.shown, 0, 1)
		at = max(at-1, 0)
	}
	o.shown = slices.Insert(o.shown, at, pts)
	dts := o.shown[0]
	if o.begun {
		dts = max(dts, o.last+least)
	}
	o.last, o.begun = dts, true
	return dts
}
