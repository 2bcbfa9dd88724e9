package mp4

import (
	"time"

	"sluice/api/records/mux"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/paramset"
)

// maxUnit bounds a unit in bytes.
const maxUnit = 16 << 20

// sample is a picture or a frame of sound. It refers to its unit's memory.
type sample struct {
	at    int64 // when it is decoded, in ticks of its track
	later int32 // how much later it is shown
	lasts uint32
	size  uint32
	key   bool
	parts [][]byte
}

// lane is a track on its way into fragments.
type lane struct {
	rate   int
	nals   bool          // units are NAL units, written behind their lengths
	sets   *paramset.Set // nil: the codec has none
	sound  mux.Sound
	video  bool
	wait   []sample
	held   int   // bytes in wait
	due    int64 // when the next sample may begin at the earliest
	begun  bool
	before uint32 // how long the last picture lasted
}

func newLane(t mux.Track) (*lane, error) {
	if t.Kind == media.Video {
		return &lane{rate: pictureRate, nals: t.Codec == media.H264 || t.Codec == media.H265, sets: mux.Sets(t.Track), video: true}, nil
	}
	s, err := mux.SoundOf(t.Track)
	return &lane{rate: s.Rate, sound: s}, err
}

// ticks are those of a clock of a rate, rounded to the nearest.
func ticks(d time.Duration, rate int) int64 {
	whole, rest := int64(d/time.Second), int64(d%time.Second)
	return whole*int64(rate) + (rest*int64(rate)+int64(time.Second)/2)/int64(time.Second)
}

// take adds the samples of a unit.
func (l *lane) take(u *media.Unit) error {
	if n := u.Bytes(); n == 0 || n > maxUnit || u.DTS < 0 || u.PTS < 0 {
		return fault.New(fault.MediaCorrupt, "", "a unit of %d bytes at %v", n, u.DTS)
	}
	if l.video {
		l.picture(u)
		return nil
	}
	at := ticks(u.PTS, l.rate)
	for i, frame := range u.AU {
		lasts, ok := l.sound.Lasts(frame)
		if !ok {
			return fault.New(fault.MediaCorrupt, "", "a frame of sound of %d bytes that cannot be read", len(frame))
		}
		l.frame(at, uint32(lasts), u.AU[i:i+1])
		at += int64(lasts)
	}
	return nil
}

// picture adds one. Parameter sets stay in it, and every key picture has them: pictures may change their size, and then a player that
// goes back to where they had another needs those of then.
func (l *lane) picture(u *media.Unit) {
	au := u.AU
	if l.sets != nil {
		au = l.sets.Complete(au, u.Key)
	}
	s := sample{at: max(ticks(u.DTS, l.rate), l.due), key: u.Key, parts: au}
	s.later = int32(max(ticks(u.PTS, l.rate)-s.at, 0)) // a picture is not shown before it is decoded
	for _, part := range au {
		s.size += uint32(len(part))
		if l.nals {
			s.size += 4
		}
	}
	if n := len(l.wait); n > 0 {
		l.last(&l.wait[n-1], s.at)
	}
	l.due = s.at + 1
	l.add(s)
}

// last says how long a picture lasts, as the next one has come.
func (l *lane) last(s *sample, next int64) {
	s.lasts = uint32(min(next-s.at, 1<<31))
	l.before = s.lasts
}

// frame adds sound. It lies where the frame before ends unless it comes half a frame later, or more: senders round their times, and
// players make a click of every gap.
func (l *lane) frame(at int64, lasts uint32, parts [][]byte) {
	if l.begun {
		switch late := at - l.due; {
		case late <= -int64(lasts):
			return // its place is taken
		case late <= int64(lasts)/2:
			at = l.due
		}
	}
	l.begun, l.due = true, at+int64(lasts)
	l.add(sample{at: at, lasts: lasts, size: uint32(len(parts[0])), key: true, parts: parts})
}

func (l *lane) add(s sample) {
	l.wait = append(l.wait, s)
	l.held += int(s.size)
}

// ready is how many samples can be written: how long the last picture lasts is not known before the next one comes, or the end.
func (l *lane) ready(end bool) int {
	n := len(l.wait)
	if !l.video || n == 0 {
		return n
	}
	if !end {
		return n - 1
	}
	if s := &l.wait[n-1]; s.lasts == 0 {
		s.lasts = max(l.before, 1)
	}
	return n
}

// done forgets samples that were written.
func (l *lane) done(n int) {
	for _, s := range l.wait[:n] {
		l.held -= int(s.size)
	}
	rest := copy(l.wait, l.wait[n:])
	clear(l.wait[rest:])
	l.wait = l.wait[:rest]
}
