package reel

import (
	"bufio"
	"errors"
	"io"
	"time"

	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// Types of tags (FLV 10.1, E.4.1).
const (
	soundTag   = 8
	pictureTag = 9
)

// flash is a file of FLV (10.1, annex E), with the codecs of Enhanced RTMP, too. Of each kind the first codec that is played here counts.
type flash struct {
	from   *bufio.Reader
	inputs [2]*flv.Input // of pictures and of sound; nil: none yet
	codecs [2]media.Codec
	tracks []media.Track
	index  [2]int // in tracks; -1: not played
	queue  []ofKind
	first  time.Duration // the time of the first unit
	last   time.Duration // the newest, since then
	begun  bool
	end    error
}

// ofKind is a unit of pictures (0) or of sound (1).
type ofKind struct {
	kind int
	unit media.Unit
}

func openFLV(from io.Reader) (Reel, error) {
	f := &flash{from: bufio.NewReader(from), index: [2]int{-1, -1}}
	head := make([]byte, 9)
	if _, err := io.ReadFull(f.from, head); err != nil {
		return nil, bad("the file is cut off").Because(err)
	}
	const pictures, sound, enough = 1, 4, 512
	rest := int64(head[5])<<24 | int64(head[6])<<16 | int64(head[7])<<8 | int64(head[8])
	const behind = 4 // the size of no tag before the first one
	if _, err := io.CopyN(io.Discard, f.from, max(rest-int64(len(head)), 0)+behind); err != nil {
		return nil, bad("the file is cut off").Because(err)
	}
	known := func() bool {
		for kind, flag := range []byte{pictures, sound} {
			if _, ready := f.track(kind); head[4]&flag != 0 && !ready {
				return false
			}
		}
		return head[4]&(pictures|sound) != 0
	}
	for range enough {
		if f.end != nil || known() {
			break
		}
		f.read()
	}
	if f.end != nil && !errors.Is(f.end, io.EOF) {
		return nil, f.end
	}
	for kind := range f.inputs {
		if t, ready := f.track(kind); ready {
			f.index[kind] = len(f.tracks)
			f.tracks = append(f.tracks, t)
		}
	}
	return f, nil
}

// track is what is known of the pictures or the sound, and whether that is enough.
func (f *flash) track(kind int) (media.Track, bool) {
	if f.inputs[kind] == nil {
		return media.Track{}, false
	}
	return f.inputs[kind].Track()
}

// read reads a tag.
func (f *flash) read() {
	head := make([]byte, 11)
	if _, f.end = io.ReadFull(f.from, head); f.end != nil {
		f.end = io.EOF // the last one may be cut off
		return
	}
	body := make([]byte, int(head[1])<<16|int(head[2])<<8|int(head[3]))
	_, err := io.ReadFull(f.from, body)
	if err == nil {
		_, err = f.from.Discard(4) // the size of the tag
	}
	if err != nil {
		f.end = io.EOF
		return
	}
	at := time.Duration(uint32(head[7])<<24|uint32(head[4])<<16|uint32(head[5])<<8|uint32(head[6])) * time.Millisecond
	switch head[0] & 0x1f {
	case pictureTag:
		f.take(0, at, body, flv.ParseVideo)
	case soundTag:
		f.take(1, at, body, flv.ParseAudio)
	}
}

// take takes the units of a tag. Players do without what is broken.
func (f *flash) take(kind int, at time.Duration, body []byte, parse func([]byte) ([]flv.Tag, error)) {
	tags, err := parse(body)
	if err != nil {
		return
	}
	for i := range tags {
		t := &tags[i]
		if t.Track != 0 || t.Codec == "" || f.codecs[kind] != "" && t.Codec != f.codecs[kind] {
			continue
		}
		if f.inputs[kind] == nil {
			if _, ok := newForm(t.Codec); !ok {
				continue
			}
			if f.inputs[kind], err = flv.NewInput(t); err != nil {
				return
			}
			f.codecs[kind] = t.Codec
		}
		if u, ok, err := f.inputs[kind].Take(t); err == nil && ok {
			f.put(kind, at, u)
		}
	}
}

// put puts a unit on the timeline.
func (f *flash) put(kind int, at time.Duration, u media.Unit) {
	if !f.begun {
		f.first, f.begun = at, true
	}
	const jump = 10 * time.Second
	if d := at - f.first - f.last; d.Abs() > jump { // pieces that were joined: the clock goes on where it was
		f.first += d
	}
	u.DTS = at - f.first
	f.last = max(f.last, u.DTS)
	u.PTS += max(u.DTS, 0)
	u.DTS = max(u.DTS, 0)
	f.queue = append(f.queue, ofKind{kind, u})
}

// Tracks implements Reel.
func (f *flash) Tracks() []media.Track { return f.tracks }

// Next implements Reel.
func (f *flash) Next() (int, media.Unit, error) {
	for {
		for len(f.queue) == 0 {
			if f.end != nil {
				return 0, media.Unit{}, f.end
			}
			f.read()
		}
		q := f.queue[0]
		f.queue = f.queue[1:]
		if i := f.index[q.kind]; i >= 0 {
			return i, q.unit, nil
		}
	}
}
