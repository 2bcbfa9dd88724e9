package webm

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Codecs are those that are written, best first of each kind.
func Codecs() []media.Codec { return []media.Codec{media.VP8, media.VP9, media.AV1, media.Opus} }

const (
	maxUnit  = 16 << 20
	patience = 2 * time.Second  // how far a track may be behind the other until that is written without it
	longest  = 20 * time.Second // of a cluster: times in it have 16 bits, in milliseconds (RFC 9559 10.2)
	cueEvery = 2 * time.Second  // of sound without pictures
)

// Writer writes one recording. It is a mux.Writer.
type Writer struct {
	out    *mux.Spool
	tracks []track
	wait   []block
	held   int
	piece  elements
	layout layout
	cues   []cue
	end    time.Duration // of what was written
}

// track is what of a track matters for its blocks.
type track struct {
	video  bool
	sound  mux.Sound
	newest time.Duration
	seen   bool
}

// block is a frame. It refers to its unit's memory.
type block struct {
	track int
	at    time.Duration
	lasts time.Duration // 0: not known
	key   bool
	parts [][]byte
	size  int
}

// cue says where to begin to play from a moment on.
type cue struct {
	at    time.Duration
	track int
	place int64 // of the cluster, in the segment
}

// New begins a recording in an empty file. Tracks and errors are as those of mp4.New.
func New(out mux.Output, tracks []mux.Track) (*Writer, error) {
	w := &Writer{out: mux.NewSpool(out, 0)}
	for _, t := range tracks {
		one := track{video: t.Kind == media.Video}
		if !one.video {
			var err error
			if one.sound, err = mux.SoundOf(t.Track); err != nil {
				return nil, err
			}
		}
		w.tracks = append(w.tracks, one)
	}
	if err := w.head(tracks); err != nil {
		return nil, err
	}
	return w, w.out.Append(w.piece.b)
}

// Write implements mux.Writer.
func (w *Writer) Write(number int, u *media.Unit) error {
	if number < 0 || number >= len(w.tracks) {
		return fault.New(fault.InvalidParams, "", "track %d of %d", number, len(w.tracks))
	}
	n := u.Bytes()
	if n == 0 || n > maxUnit || u.PTS < 0 {
		return fault.New(fault.MediaCorrupt, "", "a unit of %d bytes at %v", n, u.PTS)
	}
	t := &w.tracks[number]
	t.newest, t.seen = max(t.newest, u.PTS), true
	if t.video {
		w.add(block{track: number, at: u.PTS, key: u.Key, parts: u.AU, size: n})
		return nil
	}
	at := u.PTS
	for i, frame := range u.AU {
		ticks, ok := t.sound.Lasts(frame)
		if !ok {
			return fault.New(fault.MediaCorrupt, "", "a frame of sound of %d bytes that cannot be read", len(frame))
		}
		lasts := time.Duration(ticks) * time.Second / time.Duration(t.sound.Rate)
		w.add(block{track: number, at: at, lasts: lasts, key: true, parts: u.AU[i : i+1], size: len(frame)})
		at += lasts
	}
	return nil
}

func (w *Writer) add(b block) {
	w.wait = append(w.wait, b)
	w.held += b.size
}

// Held implements mux.Writer.
func (w *Writer) Held() int { return w.held }

// Flush implements mux.Writer.
func (w *Writer) Flush() error { return w.flush(w.horizon()) }

// horizon is up to when all tracks have come.
func (w *Writer) horizon() time.Duration {
	newest := time.Duration(0)
	for _, t := range w.tracks {
		newest = max(newest, t.newest)
	}
	at := newest
	for _, t := range w.tracks {
		if newest-t.newest < patience {
			at = min(at, t.newest)
		}
	}
	return at
}

// flush writes the frames up to a moment, as clusters: one begins with every key picture.
func (w *Writer) flush(until time.Duration) error {
	slices.SortStableFunc(w.wait, func(a, b block) int { return cmp.Compare(a.at, b.at) })
	n, _ := slices.BinarySearchFunc(w.wait, until+1, func(b block, at time.Duration) int { return cmp.Compare(b.at, at) })
	if n == 0 {
		return nil
	}
	e, known, end := &w.piece, len(w.cues), w.end
	e.b = e.b[:0]
	var cluster int
	var began time.Duration
	for i := range w.wait[:n] {
		b := &w.wait[i]
		if i == 0 || w.tracks[b.track].video && b.key || b.at-began > longest {
			if i > 0 {
				e.close(cluster)
			}
			w.cue(b, w.out.Size()+int64(len(e.b))-w.layout.segment)
			began = b.at.Truncate(time.Millisecond)
			cluster = e.open(idCluster)
			e.uint(idTimestamp, uint64(began.Milliseconds()))
		}
		e.block(b, began)
		end = max(end, b.at+b.lasts)
	}
	e.close(cluster)
	if err := w.out.Append(e.b); err != nil {
		w.cues = w.cues[:known]
		return err
	}
	for _, b := range w.wait[:n] {
		w.held -= b.size
	}
	w.end = end
	rest := copy(w.wait, w.wait[n:])
	clear(w.wait[rest:])
	w.wait = w.wait[:rest]
	return nil
}

// cue notes the beginning of a cluster, if one can begin to play there.
func (w *Writer) cue(b *block, place int64) {
	for _, t := range w.tracks {
		if t.video && (!w.tracks[b.track].video || !b.key) {
			return
		}
	}
	if n := len(w.cues); n > 0 && !w.tracks[b.track].video && b.at-w.cues[n-1].at < cueEvery {
		return
	}
	w.cues = append(w.cues, cue{b.at, b.track, place})
}

// block writes a SimpleBlock (RFC 9559 10.2).
func (e *elements) block(b *block, began time.Duration) {
	const keyframe = 0x80
	e.id(idSimpleBlock)
	e.size4(4 + b.size)
	e.b = append(e.b, 0x80|byte(b.track+1))
	e.b = binary.BigEndian.AppendUint16(e.b, uint16(int16((b.at - began).Milliseconds())))
	if b.key {
		e.b = append(e.b, keyframe)
	} else {
		e.b = append(e.b, 0)
	}
	for _, part := range b.parts {
		e.b = append(e.b, part...)
	}
}

// Forget implements mux.Writer.
func (w *Writer) Forget() {
	clear(w.wait)
	w.wait, w.held = w.wait[:0], 0
}

// Close implements mux.Writer.
func (w *Writer) Close() error {
	if err := w.flush(1<<63 - 2); err != nil {
		return err
	}
	return finish(w.out, w.layout, w.cues, w.end)
}
