// Package floor decides who speaks, by how loud everybody is. It is pure: it is told levels and the time, and neither measures
// nor waits. Who makes something of its decision, and shows the speaker large, is none of its business.
package floor

import (
	"maps"
	"slices"
	"time"
)

// Rules are what a decision goes by.
type Rules struct {
	Loud   float64       // from here on somebody speaks, in dBFS of RMS
	Attack time.Duration // for so long somebody speaks before the floor is given
	Hold   time.Duration // for so long at least nobody else gets it
	Pause  time.Duration // silence between words, which is no end of speaking
	Lead   float64       // by so many dB one has to be louder than a speaker who goes on
}

// Usual are the rules for people who talk to each other.
func Usual() Rules {
	return Rules{Loud: -45, Attack: 500 * time.Millisecond, Hold: 2 * time.Second, Pause: 400 * time.Millisecond, Lead: 6}
}

const (
	quiet = -100.0 // all that is softer is as loud as this
	most  = 256    // voices that are listened to
)

// Floor is who speaks among some. It is not safe for concurrent use.
type Floor struct {
	rules  Rules
	holder string
	took   time.Time // when the holder got the floor
	voices map[string]*voice
}

// voice is one of those who may speak.
type voice struct {
	level float64   // in dBFS, the mean of what was heard, the latest most
	since time.Time // since when it speaks; zero if it does not
	loud  time.Time // when it was loud last
	heard time.Time // when there was a level last
}

// New makes a Floor that nobody has.
func New(r Rules) *Floor { return &Floor{rules: r, voices: map[string]*voice{}} }

// Holder is who has the floor: who spoke last; "" as long as nobody has spoken.
func (f *Floor) Holder() string { return f.holder }

// Hear takes how loud everybody is, in dBFS, and tells whether somebody else has the floor now. Levels come every few hundred
// milliseconds, and one who is not among them is not there.
func (f *Floor) Hear(now time.Time, levels map[string]float64) bool {
	maps.DeleteFunc(f.voices, func(_ string, v *voice) bool { return now.Sub(v.heard) > f.rules.Hold })
	for _, key := range slices.Sorted(maps.Keys(levels)) {
		f.listen(now, key, levels[key])
	}
	best := f.challenger(now)
	if best == "" || !f.yields(now, f.voices[best]) {
		return false
	}
	f.holder, f.took = best, now
	return true
}

// listen takes one level.
func (f *Floor) listen(now time.Time, key string, level float64) {
	if !(level > quiet) { // also NaN
		level = quiet
	}
	v := f.voices[key]
	if v == nil {
		if len(f.voices) >= most {
			return
		}
		v = &voice{level: level}
		f.voices[key] = v
	}
	v.level, v.heard = (v.level+level)/2, now
	switch {
	case level >= f.rules.Loud:
		if v.loud = now; v.since.IsZero() {
			v.since = now
		}
	case now.Sub(v.loud) > f.rules.Pause:
		v.since = time.Time{}
	}
}

// challenger is the loudest of those who speak, have done so long enough, and do not have the floor; "" if there is none.
func (f *Floor) challenger(now time.Time) string {
	best := ""
	for _, key := range slices.Sorted(maps.Keys(f.voices)) {
		v := f.voices[key]
		if key == f.holder || !v.loud.Equal(now) || now.Sub(v.since) < f.rules.Attack {
			continue
		}
		if best == "" || v.level > f.voices[best].level {
			best = key
		}
	}
	return best
}

// yields tells whether the floor goes to another voice.
func (f *Floor) yields(now time.Time, to *voice) bool {
	if f.holder != "" && now.Sub(f.took) < f.rules.Hold {
		return false
	}
	holder := f.voices[f.holder]
	return holder == nil || holder.since.IsZero() || now.Sub(holder.heard) > f.rules.Pause || to.level >= holder.level+f.rules.Lead
}
