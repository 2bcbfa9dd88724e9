// Package ts writes recordings as MPEG transport streams, which need no index and are whole at every packet. The packets are package
// mpegts's.
package ts

import (
	"cmp"
	"slices"

	"sluice/api/mpegts"
	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Codecs are those that are written, best first of each kind.
func Codecs() []media.Codec {
	return []media.Codec{media.H264, media.H265, media.AAC, media.Opus, media.MP3, media.AC3}
}

// Writer writes one recording. It is a mux.Writer.
type Writer struct {
	out   *mux.Spool
	ts    *mpegts.Writer
	piece piece
	wait  []item
	held  int
}

type item struct {
	track int
	unit  media.Unit
}

type piece struct{ b []byte }

func (p *piece) Write(b []byte) (int, error) {
	p.b = append(p.b, b...)
	return len(b), nil
}

// New begins a recording in an empty file. A track that a transport stream cannot carry is fault.CodecNotAvailable.
func New(out mux.Output, tracks []mux.Track) (*Writer, error) {
	w := &Writer{out: mux.NewSpool(out, 0)}
	all := make([]media.Track, len(tracks))
	for i, t := range tracks {
		all[i] = t.Track
	}
	var err error
	w.ts, err = mpegts.New(&w.piece, all)
	return w, err
}

// Write implements mux.Writer.
func (w *Writer) Write(track int, u *media.Unit) error {
	if n := u.Bytes(); n == 0 || u.DTS < 0 {
		return fault.New(fault.MediaCorrupt, "", "a unit of %d bytes at %v", n, u.DTS)
	}
	w.wait = append(w.wait, item{track, *u})
	w.held += u.Bytes()
	return nil
}

// Held implements mux.Writer.
func (w *Writer) Held() int { return w.held }

// Flush implements mux.Writer. What a transport stream cannot carry, such as a frame of AAC that is too long, is left out.
func (w *Writer) Flush() error {
	slices.SortStableFunc(w.wait, func(a, b item) int { return cmp.Compare(a.unit.DTS, b.unit.DTS) })
	w.piece.b = w.piece.b[:0]
	for i := range w.wait {
		_ = w.ts.Write(w.wait[i].track, &w.wait[i].unit)
	}
	if err := w.out.Append(w.piece.b); err != nil {
		return err
	}
	w.Forget()
	return nil
}

// Forget implements mux.Writer.
func (w *Writer) Forget() {
	clear(w.wait)
	w.wait, w.held = w.wait[:0], 0
}

// Close implements mux.Writer.
func (w *Writer) Close() error { return w.Flush() }

// Repair cuts off a packet that is not whole, as after a crash.
func Repair(out mux.Output, size int64) error {
	if rest := size % mpegts.PacketSize; rest != 0 {
		return out.Truncate(size - rest)
	}
	return nil
}
