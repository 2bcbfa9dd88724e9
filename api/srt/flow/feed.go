package flow

import (
	"sync"
	"time"

	"sluice/api/mpegts"
	"sluice/engine/media"
)

// volume is how many bytes are written with one call, about: what one slow reader holds is little more.
const volume = 64 << 10

// Feed makes a transport stream of units, for one reader. It begins with a key picture, if there are pictures. Safe for
// concurrent use.
type Feed struct {
	write func([]byte) bool // takes all or nothing
	fail  func(error)

	mu     sync.Mutex
	tracks []media.Track
	out    *mpegts.Writer
	buf    []byte        // written, and not taken yet
	open   bool          // a key picture has come, or none will
	from   time.Duration // when that is shown: the sound of those before it may come behind it, and is left out
}

// NewFeed makes one. write takes whole packets and is given them again if it gives false. fail is told of tracks that do not go into
// a transport stream.
func NewFeed(write func([]byte) bool, fail func(error)) *Feed { return &Feed{write: write, fail: fail} }

// Begin takes the tracks that come from now on.
func (f *Feed) Begin(tracks []media.Track) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tracks = tracks
	f.start()
}

// Again says that the other end is another: it knows nothing.
func (f *Feed) Again() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.start()
}

func (f *Feed) start() {
	f.out, f.buf, f.open, f.from = nil, nil, true, 0
	if len(f.tracks) == 0 {
		return
	}
	out, err := mpegts.New((*buffer)(f), f.tracks)
	if err != nil {
		f.fail(err)
		return
	}
	f.out = out
	for _, t := range f.tracks {
		f.open = f.open && t.Kind != media.Video
	}
}

// Push writes units, and gives how many were taken: all, unless the other end has no room.
func (f *Feed) Push(track int, items []*media.Unit) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.out == nil || track >= len(f.tracks) {
		return len(items)
	}
	for i, u := range items {
		if len(f.buf) >= volume && !f.flush() {
			return i
		}
		picture := f.tracks[track].Kind == media.Video
		if !f.open && u.Key && picture {
			f.open, f.from = true, u.PTS
		}
		if f.open && (picture || u.PTS >= f.from) {
			_ = f.out.Write(track, u) // a unit that cannot be carried is left out
		}
	}
	f.flush()
	return len(items)
}

// flush writes what there is; false if the other end has no room.
func (f *Feed) flush() bool {
	if len(f.buf) > 0 && !f.write(f.buf) {
		return false
	}
	f.buf = f.buf[:0]
	return true
}

// buffer is a Feed as what is written to.
type buffer Feed

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.buf = append(b.buf, p...)
	return len(p), nil
}
