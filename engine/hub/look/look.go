// Package look is how the hub looks at what is written to it, once for all who read it: what begins a unit, what a key
// frame, when it came; and what the pictures of a track are like. It changes nothing and keeps nothing but a few numbers.
package look

import (
	"cmp"
	"time"

	"sluice/engine/hub/fanout"
	"sluice/engine/media"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/picture"
)

// Found is what pictures were found to be like. It is a value.
type Found struct {
	Width, Height int    // in pixels; 0 if not known
	BFrames       bool   // pictures are shown in another order than they are coded in
	Profile       string // in the codec's own words; "" if not known
}

// First is what is known of a track's pictures before any came: by what was said of them and its parameter sets.
func First(t media.Track) Found {
	found := Found{t.Width, t.Height, t.BFrames, t.Profile}
	if f := picture.NewFinder(t); f != nil {
		if s := f.Shape(); s.Width > 0 {
			found.Width, found.Height, found.Profile = s.Width, s.Height, cmp.Or(s.Profile, t.Profile)
		}
	}
	return found
}

// watch tells what is found, when it is another than before.
type watch struct {
	*picture.Finder             // nil for audio and data
	tell            func(Found) // nil: nobody wants to know
	now             Found
}

func newWatch(t media.Track, tell func(Found)) watch {
	return watch{picture.NewFinder(t), tell, First(t)}
}

// changed takes a new shape. Reordering that it allows has to be seen to be believed: some encoders allow for it and never
// do it. What it rules out is over.
func (w *watch) changed() {
	s := w.Shape()
	w.found(Found{s.Width, s.Height, w.now.BFrames && s.Reorder != 0, cmp.Or(s.Profile, w.now.Profile)})
}

func (w *watch) found(f Found) {
	if f != w.now && w.tell != nil {
		w.tell(f)
	}
	w.now = f
}

// reorders notes that pictures are reordered.
func (w *watch) reorders() {
	f := w.now
	f.BFrames = true
	w.found(f)
}

// Packets looks at packets of a track in their order: units are told apart by their timestamps, key frames by their codec,
// and at says when a packet came. tell hears what the pictures are like when they are not as the track says, or as before;
// it is called while the log is locked, so it must neither wait nor use the log. It may be nil.
func Packets(t media.Track, at func(*media.Packet) time.Duration, tell func(Found)) func(*media.Packet) fanout.Glance {
	w := newWatch(t, tell)
	var now, before uint32 // timestamps of the newest unit and of the one before it
	back := false          // the newest is shown before the one before it, or so it seems
	return func(p *media.Packet) fanout.Glance {
		// A packet of the unit before is a late one, and does not begin that unit again.
		ts := p.Header.Timestamp
		first := ts != now && ts != before
		if first {
			back = int32(ts-now) < 0
			now, before = ts, now
		}
		key := false
		if w.Finder != nil {
			var changed bool
			if key, changed = w.Packet(p.Payload); changed {
				w.changed()
			}
			if back && !w.now.BFrames && ts == now && w.Reorders(p.Payload) {
				w.reorders()
			}
		}
		return fanout.Glance{At: at(p), Bytes: p.Bytes(), Size: p.Size(), First: first, Key: key && ts == now}
	}
}

// Units looks at units of a track in their order, and believes what they say of themselves. tell is as in Packets.
func Units(t media.Track, tell func(Found)) func(*media.Unit) fanout.Glance {
	w := newWatch(t, tell)
	latest := time.Duration(0)
	return func(u *media.Unit) fanout.Glance {
		key := u.Key || t.Codec == media.MJPEG // which codes every picture by itself
		if w.Finder != nil {
			if key && w.Unit(u.AU) {
				w.changed()
			}
			if u.PTS < latest && !w.now.BFrames && w.MayReorder() {
				w.reorders()
			}
			latest = max(latest, u.PTS)
		}
		return fanout.Glance{
			At: u.DTS, Bytes: u.Bytes(), Size: u.Size(), First: true, Key: key, Spare: !key && spare(t.Codec, u.AU),
		}
	}
}

// spare tells whether no other picture refers to this one: of units alone, as packets that are left out would make a gap
// that looks like a loss.
func spare(c media.Codec, au [][]byte) bool {
	switch c {
	case media.H264:
		return h264.Unreferenced(au)
	case media.H265:
		return h265.Unreferenced(au)
	}
	return false
}
