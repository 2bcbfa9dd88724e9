package mp4

import (
	"encoding/binary"

	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Writer writes one recording. It is a mux.Writer.
type Writer struct {
	out      *mux.Spool
	lanes    []*lane
	piece    boxes
	sequence uint32
	index    *index
	place    int64 // of the header that makes the fragments media data in the end
}

// placeholder is how long that header is: a box with a size of 64 bits.
const placeholder = 16

// New begins a recording in an empty file with one track of pictures, one of sound, or both. Tracks are complete (mux.Track.Complete).
// One that cannot be described is fault.MediaCorrupt, one that does not go into an MP4 fault.CodecNotAvailable; other errors are the
// file's.
func New(out mux.Output, tracks []mux.Track) (*Writer, error) {
	w := &Writer{out: mux.NewSpool(out, 0)}
	var rates []int
	for _, t := range tracks {
		l, err := newLane(t)
		if err != nil {
			return nil, err
		}
		w.lanes, rates = append(w.lanes, l), append(rates, l.rate)
	}
	ftyp, moov, err := head(tracks, rates)
	if err != nil {
		return nil, err
	}
	if w.index, err = newIndex(moov); err != nil {
		return nil, err
	}
	w.place = int64(len(ftyp))
	b := &w.piece
	b.bytes(ftyp)
	free := b.open("free")
	b.zeros(placeholder - boxHeader)
	b.close(free)
	b.bytes(moov)
	return w, w.out.Append(b.b)
}

// Write implements mux.Writer.
func (w *Writer) Write(track int, u *media.Unit) error {
	if track < 0 || track >= len(w.lanes) {
		return fault.New(fault.InvalidParams, "", "track %d of %d", track, len(w.lanes))
	}
	return w.lanes[track].take(u)
}

// Held implements mux.Writer.
func (w *Writer) Held() int {
	n := 0
	for _, l := range w.lanes {
		n += l.held
	}
	return n
}

// Flush implements mux.Writer.
func (w *Writer) Flush() error { return w.flush(false) }

func (w *Writer) flush(end bool) error {
	some := 0
	for _, l := range w.lanes {
		some += l.ready(end)
	}
	if some == 0 {
		return nil
	}
	description, at := w.fragment(end), w.out.Size()
	if err := w.out.Append(w.piece.b); err != nil {
		return err
	}
	for _, l := range w.lanes {
		l.done(l.ready(end))
	}
	return w.index.fragment(w.piece.b[:description], at)
}

// Forget implements mux.Writer.
func (w *Writer) Forget() {
	for _, l := range w.lanes {
		l.done(len(l.wait))
	}
}

// Close implements mux.Writer.
func (w *Writer) Close() error {
	if err := w.flush(true); err != nil {
		return err
	}
	return finish(w.out, w.index, w.place)
}

// finish writes the index behind the fragments, and makes them media data. At every moment in between the file can be played.
func finish(out *mux.Spool, x *index, place int64) error {
	end := out.Size()
	if err := out.Append(x.moov()); err != nil {
		return err
	}
	var header [placeholder]byte
	binary.BigEndian.PutUint32(header[:], 1) // the size is behind the kind (4.2)
	copy(header[4:], "mdat")
	binary.BigEndian.PutUint64(header[8:], uint64(end-place))
	return out.Patch(header[:], place)
}
