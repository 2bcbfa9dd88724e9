// Package wsplayer writes what the Web SDK's player in JavaScript takes from a WebSocket: a message for each picture of MPEG-1
// and for every 20 ms of G.711 (µ-law), and sender reports by which the two are put together.
//
// It copies no pictures: messages refer to the memory of the access units, which is shared. It sends nothing and keeps no time of
// its own.
package wsplayer

import (
	"encoding/binary"
	"time"

	"sluice/engine/media"
)

// The first byte of a message.
const (
	withTime = 1 << 0
	withSSRC = 1 << 1
	video    = 1 << 2
	audio    = 2 << 2
	report   = 3 << 2
	key      = 1 << 4
)

const (
	// The sources. The player compares those of reports as signed numbers, so they are small.
	videoSSRC, audioSSRC = 1, 2
	videoRate, audioRate = 90_000, 8_000

	// every is how often a report is due, and hurry how often in the first seconds: the player forgets those that come before it
	// was told to play, and begins with none.
	every, hurry = 2 * time.Second, 250 * time.Millisecond
	start        = 5 * time.Second

	// lead is how much later than at 0 a player's time begins, for sound that comes behind pictures that are shown after it.
	lead = time.Second
)

// Packer makes messages for one player: it keeps times on clocks that begin with the first unit. Not for several goroutines at
// once. Epoch is the wall clock's time of a unit whose PTS is 0.
type Packer struct {
	Epoch time.Time

	tracks []media.Track
	begun  bool
	base   time.Duration // what is 0 for the player
	sound  sound
	told   [2]told       // of pictures and of sound
	calm   time.Duration // until when reports hurry; 0: not known yet
	keyed  bool          // a key frame was there
}

// told is what is remembered of reports.
type told struct {
	any  bool
	last time.Duration
}

// Begin says which tracks come from now on. Times go on.
func (p *Packer) Begin(tracks []media.Track) {
	p.tracks, p.keyed, p.told, p.calm = tracks, false, [2]told{}, 0
	p.sound.broken = true
}

// Pack makes the messages of an access unit of a track; none for units that a player has no use for.
func (p *Packer) Pack(at int, u *media.Unit) [][][]byte {
	if at < 0 || at >= len(p.tracks) {
		return nil
	}
	if !p.begun {
		p.begun, p.base = true, u.PTS-lead
	}
	since := u.PTS - p.base
	if since < 0 {
		return nil // from before the beginning
	}
	if p.calm == 0 {
		p.calm = since + start
	}
	if p.tracks[at].Kind == media.Video {
		return p.picture(since, u)
	}
	return p.samples(since, u)
}

// picture is a picture, as it is.
func (p *Packer) picture(since time.Duration, u *media.Unit) [][][]byte {
	if !p.keyed && !u.Key {
		return nil
	}
	p.keyed = true
	flags := byte(video)
	if u.Key {
		flags |= key
	}
	head := header(flags, videoSSRC, ticks(since, videoRate))
	return p.report([][][]byte{append([][]byte{head}, u.AU...)}, 0, since)
}

// samples are as many packets of 20 ms as a unit completes.
func (p *Packer) samples(since time.Duration, u *media.Unit) [][][]byte {
	at := int64(ticks64(since, audioRate))
	p.sound.add(at, u.AU)
	var out [][][]byte
	for {
		from, packet := p.sound.next()
		if packet == nil {
			break
		}
		out = append(out, [][]byte{append(header(audio, audioSSRC, uint32(from)), packet...)})
	}
	if len(out) == 0 {
		return nil
	}
	return p.report(out, 1, since)
}

// report puts a sender report behind messages of a kind, if one is due. It is behind and not before them, because the player
// learns from them which source is which.
func (p *Packer) report(out [][][]byte, kind int, since time.Duration) [][][]byte {
	t := &p.told[kind]
	pause := every
	if since < p.calm {
		pause = hurry
	}
	if t.any && since-t.last < pause {
		return out
	}
	t.any, t.last = true, since
	ssrc, rate := uint32(videoSSRC), int64(videoRate)
	if kind == 1 {
		ssrc, rate = audioSSRC, audioRate
	}
	// The moment and the timestamp of the same place, whatever is said at it: reports of both kinds agree exactly.
	seconds, fraction := ntp(p.Epoch.Add(p.base + since))
	b := binary.BigEndian.AppendUint32([]byte{report}, ssrc)
	for _, v := range []uint32{ticks(since, rate), seconds, fraction} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return append(out, [][]byte{b})
}

// header is what a message of media begins with.
func header(flags byte, ssrc, ticks uint32) []byte {
	b := make([]byte, 0, 9+packetSize)
	b = binary.BigEndian.AppendUint32(append(b, flags|withSSRC|withTime), ssrc)
	return binary.BigEndian.AppendUint32(b, ticks)
}

func ticks(d time.Duration, rate int64) uint32 { return uint32(ticks64(d, rate)) }

func ticks64(d time.Duration, rate int64) uint64 {
	seconds, rest := d/time.Second, d%time.Second
	return uint64(int64(seconds)*rate + int64(rest)*rate/int64(time.Second))
}

// ntp is a moment in NTP's form (RFC 5905 6): seconds since 1900, and parts of one.
func ntp(t time.Time) (seconds, fraction uint32) {
	const since1900 = 2_208_988_800
	return uint32(t.Unix() + since1900), uint32(uint64(t.Nanosecond()) << 32 / uint64(time.Second))
}
