package mp4

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"sluice/api/records/mux"
)

// File is a recording that can be read and written.
type File interface {
	io.ReaderAt
	mux.Output
}

// maxDescription bounds what is read of a file into memory at once: the moov that it begins with, or the description of a fragment.
const maxDescription = 16 << 20

// Repair completes a recording of a size that nobody has completed, as after a crash: what is not whole at its end goes, and players can
// seek in the rest. It gives how long it lasts. What is complete already stays as it is. A file that is no recording of New's is
// fault.MediaCorrupt, and untouched.
func Repair(f File, size int64) (time.Duration, error) {
	ftyp, err := top(f, 0, size)
	if err != nil || ftyp.kind != "ftyp" {
		return 0, strange("it does not begin with an ftyp")
	}
	place := ftyp.size
	mark, err := top(f, place, size)
	if err != nil || mark.kind != "free" && mark.kind != "mdat" {
		return 0, strange("there is nothing behind its ftyp that can become media data")
	}
	first := place + placeholder
	moov, err := whole(f, first, size, "moov")
	if err != nil {
		return 0, err
	}
	x, err := newIndex(moov)
	if err != nil {
		return 0, err
	}
	end := x.scan(f, first+int64(len(moov)), size)
	if mark.kind == "mdat" {
		return x.lasts(), nil
	}
	out := mux.NewSpool(f, size)
	if err := out.Cut(end); err != nil {
		return x.lasts(), err
	}
	return x.lasts(), finish(out, x, place)
}

// scan adds the fragments from a place on, as far as they are whole, and gives where they end.
func (x *index) scan(f io.ReaderAt, at, size int64) (end int64) {
	for {
		moof, err := whole(f, at, size, "moof")
		if err != nil {
			return at
		}
		mdat, err := top(f, at+int64(len(moof)), size)
		if err != nil || mdat.kind != "mdat" || x.fragment(moof, at) != nil {
			return at
		}
		at += int64(len(moof)) + mdat.size
	}
}

// lasts is how long the longest track does.
func (x *index) lasts() time.Duration {
	var most time.Duration
	for _, t := range x.tracks {
		if t.count > 0 {
			most = max(most, time.Duration(float64(t.next)/float64(t.rate)*float64(time.Second)))
		}
	}
	return most
}

// head of a box at the top of a file.
type header struct {
	kind string
	size int64
}

var errCut = errors.New("a box that is not whole")

// top reads the header of a box; an error if the box is not whole.
func top(f io.ReaderAt, at, size int64) (header, error) {
	var b [placeholder]byte
	n, err := f.ReadAt(b[:], at)
	if n < boxHeader {
		return header{}, errors.Join(errCut, err)
	}
	h := header{string(b[4:boxHeader]), int64(binary.BigEndian.Uint32(b[:]))}
	if h.size == 1 && n == placeholder {
		h.size = int64(min(binary.BigEndian.Uint64(b[boxHeader:]), 1<<62))
	}
	if h.size < boxHeader || h.size > size-at {
		return header{}, errCut
	}
	return h, nil
}

// whole reads a box of a kind.
func whole(f io.ReaderAt, at, size int64, kind string) ([]byte, error) {
	h, err := top(f, at, size)
	if err != nil || h.kind != kind || h.size > maxDescription {
		return nil, strange("there is no whole " + kind + " where it should be")
	}
	b := make([]byte, h.size)
	if _, err := f.ReadAt(b, at); err != nil {
		return nil, err
	}
	return b, nil
}
