package rtmp

import (
	"errors"
	"slices"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/elements/probe"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// What a publisher sends may become something else in the middle: another codec, or AAC with another configuration. Readers were told
// of one thing, so that no publication can go on with the other: it ends, and the same client publishes anew over the same connection.
// So it is with a track that comes when the others are published already, as sound does that an encoder has to be started for.
// Its viewers see what they do when a publisher is back.

// renewal is what an intake keeps for the one that goes on where it ended.
type renewal struct {
	change func(error) // called once, within take: it is over; nil: what changes is left out
	reason error       // that change was called with
	which  place       // what has changed
	late   bool        // it has not changed, but was not there
	rest   []kept      // messages since
	size   int         // of them, in bytes
	next   *intake     // has the rest, and takes what comes
}

// kept is a message that waits.
type kept struct {
	message chunk.Message
	at      time.Time
}

// keep has a message wait, up to a bound beyond which pictures are missing.
func (r *renewal) keep(m *chunk.Message, at time.Time) {
	if r.size += len(m.Body); r.size <= probe.MaxEarly {
		r.rest = append(r.rest, kept{*m, at})
	}
}

// renewed tells whether a publication ended because its publisher goes on with something else, which he may if it has lasted. What
// came late is not held against him: of that there are not more than maxTracks.
func (p *intake) renewed(reason error, lasted bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := &p.renewal
	return r.reason != nil && errors.Is(reason, r.reason) && (lasted || r.late)
}

// changes ends what is published if a tag is of another codec than its track was published with, and tells whether what is published
// has ended so.
func (p *intake) changes(key place, t *flv.Tag) bool {
	if at, told := p.index[key]; told && p.renewable() && t.Codec != "" && t.Codec != p.tracks[at].Codec {
		p.renew(key, media.Track{Codec: t.Codec})
	}
	return p.renewal.reason != nil
}

// differs does so if sound, after a tag of it, is not what was published. What pictures need stands before each key frame.
func (p *intake) differs(key place, in *flv.Input) bool {
	at, told := p.index[key]
	if !told || key.kind != media.Audio || !p.renewable() {
		return false
	}
	was := &p.tracks[at]
	now, _ := in.Track()
	same := now.ClockRate == was.ClockRate && now.Channels == was.Channels && slices.EqualFunc(now.Extra, was.Extra, slices.Equal[[]byte])
	if !same {
		p.renew(key, now)
	}
	return !same
}

// late does so if a track is there of which nobody was told.
func (p *intake) late(key place, in *flv.Input) bool {
	if _, told := p.index[key]; told || !p.renewable() {
		return false
	}
	track, ready := in.Track()
	if ready {
		p.renewal.late = true
		p.over(key, fault.New(fault.CodecNotAvailable, "", "%s comes late: %s", key.kind, track).
			Advise("begin with all tracks: viewers were told what comes"))
	}
	return ready
}

// renew ends what is published since a track goes over to something else.
func (p *intake) renew(key place, to media.Track) {
	p.over(key, fault.New(fault.CodecNotAvailable, "", "%s goes over from %s to %s", key.kind, p.tracks[p.index[key]], to).
		Advise("publish anew: viewers were told what comes"))
}

func (p *intake) over(key place, reason error) {
	p.renewal.which, p.renewal.reason = key, reason
	p.renewal.change(reason)
}

// renewable tells whether there is anything that could be followed by something else.
func (p *intake) renewable() bool {
	return p.pub != nil && p.renewal.change != nil && p.renewal.reason == nil
}

// follow goes on where another intake ended: what it read of tracks that stay is known, and what came since is taken.
func (p *intake) follow(old *intake) {
	old.mu.Lock()
	defer old.mu.Unlock()
	p.mu.Lock()
	p.said = old.said
	for _, key := range old.places {
		if key != old.renewal.which || old.renewal.late {
			p.inputs[key], p.places = old.inputs[key], append(p.places, key)
		}
	}
	p.mu.Unlock()
	for i := range old.renewal.rest {
		k := &old.renewal.rest[i]
		p.take(&k.message, k.at)
	}
	old.renewal.rest, old.renewal.next = nil, p
}
