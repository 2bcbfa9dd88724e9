package reel

import (
	"errors"
	"io"
	"time"

	"sluice/api/mpegts"
	"sluice/engine/media"
)

// packet is how long those of a transport stream are.
const packet = mpegts.PacketSize

// sync is what each of them begins with.
const sync = 0x47

// ts is a transport stream.
type ts struct {
	from    io.Reader
	reader  *mpegts.Reader
	streams []*mpegts.Stream
	tracks  []media.Track
	index   map[*mpegts.Stream]int
	queue   []ofStream
	first   int64 // when the first unit is decoded
	last    int64 // when the newest is, as ticks since then
	begun   bool
	end     error
}

// ofStream is a unit of a stream.
type ofStream struct {
	from *mpegts.Stream
	unit media.Unit
}

func openTS(from io.Reader) (Reel, error) {
	t := &ts{from: from, index: map[*mpegts.Stream]int{}}
	t.reader = mpegts.NewReader(t)
	const enough = 1024
	for t.end == nil && (len(t.queue) < enough && !t.known()) {
		t.read()
	}
	if t.end != nil && !errors.Is(t.end, io.EOF) {
		return nil, bad("the file cannot be read").Because(t.end)
	}
	t.choose()
	return t, nil
}

// known tells whether all streams are, and each has given something.
func (t *ts) known() bool {
	seen := map[*mpegts.Stream]bool{}
	for _, q := range t.queue {
		seen[q.from] = true
	}
	for _, s := range t.streams {
		if _, ready := s.Track(); !ready || !seen[s] {
			return false
		}
	}
	const reordered = 24 // units until it shows whether pictures are
	return len(t.streams) > 0 && len(t.queue) >= reordered*len(t.streams)
}

// choose takes the first stream of pictures and of sound.
func (t *ts) choose() {
	for _, kind := range []media.Kind{media.Video, media.Audio} {
		for _, s := range t.streams {
			if track, ready := s.Track(); ready && s.Kind == kind {
				t.index[s] = len(t.tracks)
				t.tracks = append(t.tracks, track)
				break
			}
		}
	}
}

// read reads some more.
func (t *ts) read() {
	b := make([]byte, 64*packet)
	n, err := t.from.Read(b)
	_, _ = t.reader.Write(b[:n]) // it never fails
	if t.end = err; err != nil {
		t.reader.Flush()
	}
}

// Tracks implements Reel.
func (t *ts) Tracks() []media.Track { return t.tracks }

// Next implements Reel.
func (t *ts) Next() (int, media.Unit, error) {
	for {
		for len(t.queue) == 0 {
			if t.end != nil {
				return 0, media.Unit{}, t.end
			}
			t.read()
		}
		q := t.queue[0]
		t.queue = t.queue[1:]
		if i, ok := t.index[q.from]; ok {
			return i, q.unit, nil
		}
	}
}

// Streams implements mpegts.Handler. A program that changes plays on with what it had.
func (t *ts) Streams(list []*mpegts.Stream) {
	if len(t.tracks) == 0 {
		t.streams = list
		return
	}
	for _, s := range list {
		for was, i := range t.index {
			now, _ := s.Track()
			if _, has := t.index[s]; !has && was.PID == s.PID && now.Codec == t.tracks[i].Codec {
				t.index[s] = i
			}
		}
	}
}

// Unit implements mpegts.Handler.
func (t *ts) Unit(s *mpegts.Stream, at mpegts.Times, u media.Unit) {
	if !t.begun {
		t.first, t.begun = at.DTS, true
	}
	ahead := mpegts.Later(at.DTS, t.first)
	const jump = 10 * 90000
	if d := ahead - t.last; d > jump || d < -jump { // pieces that were joined: the clock goes on where it was
		t.first += d
		ahead = t.last
	}
	t.last = max(t.last, ahead)
	u.DTS = ticks(ahead)
	u.PTS = u.DTS + ticks(mpegts.Later(at.PTS, at.DTS))
	t.queue = append(t.queue, ofStream{s, u})
}

// Wrong implements mpegts.Handler: players do without what is broken.
func (*ts) Wrong(error) {}

// ticks is how long some ticks of 90 kHz last.
func ticks(n int64) time.Duration { return span(n, 90000) }
