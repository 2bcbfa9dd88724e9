package media

import (
	"slices"
	"strings"

	"sluice/engine/fault"
)

// Description says what a stream is made of. It is a value that is replaced, never changed, once published.
type Description struct {
	Tracks []Track
}

// Track finds the first track of a kind; false if there is none.
func (d Description) Track(k Kind) (Track, bool) {
	i := d.Index(k)
	if i < 0 {
		return Track{}, false
	}
	return d.Tracks[i], true
}

// Index is the place of the first track of a kind; -1 if there is none.
func (d Description) Index(k Kind) int {
	return slices.IndexFunc(d.Tracks, func(t Track) bool { return t.Kind == k })
}

// Check says what is wrong with a description as fault.InvalidRequest; nil if nothing is.
func (d Description) Check() error {
	if len(d.Tracks) == 0 {
		return fault.New(fault.InvalidRequest, "", "a stream needs at least one track")
	}
	for i, t := range d.Tracks {
		if err := t.Check(); err != nil {
			return err
		}
		if slices.ContainsFunc(d.Tracks[:i], func(o Track) bool { return o.ID == t.ID }) {
			return fault.New(fault.InvalidRequest, "", "two tracks are called %q", t.ID)
		}
	}
	return nil
}

// String reads "h264 1280x720, opus 48000/2".
func (d Description) String() string {
	words := make([]string, len(d.Tracks))
	for i, t := range d.Tracks {
		words[i] = t.String()
	}
	return strings.Join(words, ", ")
}
