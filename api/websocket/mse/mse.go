// Package mse writes what a page feeds to Media Source Extensions through a WebSocket: packets of H.264 and AAC in the manner of
// FLV, version 2 of that packetization. A message is one packet or several.
//
// It copies no media: packets refer to the memory of the access units, which is shared. It sends nothing and keeps no time of its
// own.
package mse

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"sluice/engine/media"
)

// Types of packets, which are FLV's (E.4.1).
const (
	typeAudio = 8
	typeVideo = 9
)

// First bytes of packets of pictures: the type of frame and the codec, 7 (E.4.3.1).
const (
	keyFrame   = 0x17
	interFrame = 0x27
)

const (
	configuration = 0 // what a decoder needs comes, in pictures and in sound
	frame         = 1

	headSize = 9 // of every packet: its type, time and size

	// lead is how much later than at 0 a player's time begins, for sound that comes behind pictures that are shown after it.
	lead = time.Second
	// Players take it for a new beginning if times jump by more than anew.
	anew = 5 * time.Second
	jump = anew + time.Second
)

// Packer makes packets for one player: it keeps times on one clock that begins with the first packet. Not for several goroutines
// at once. The zero Packer is ready for Begin.
type Packer struct {
	tracks []track
	begun  bool
	base   time.Duration // what is 0 for the player
	keyed  bool          // a key frame was there since Begin
	first  int32         // the time of that
}

// track is what is remembered of one.
type track struct {
	media.Track
	last   int32  // the time of the newest packet, in ms
	config []byte // of AAC: what the decoder was told last; nil if that is to come
	// Of AAC: a frame without sound, nil if there is none, and how long every frame is.
	silence *media.Unit
	frame   time.Duration
	sets    sets // of H.264
}

// Begin says which tracks come from now on. What a decoder needs is sent anew. Times go on.
func (p *Packer) Begin(tracks []media.Track) {
	before := p.tracks
	p.tracks, p.keyed = make([]track, len(tracks)), false
	for i, t := range tracks {
		p.tracks[i].Track = t
		p.tracks[i].sets.take(t.Extra)
		p.tracks[i].silence, p.tracks[i].frame = silence(audioConfig(t))
		for _, b := range before {
			if b.Kind != t.Kind {
				continue
			}
			p.tracks[i].last = b.last
			if t.Codec == media.AAC && b.config != nil && string(b.config) != string(audioConfig(t)) {
				// The page makes its decoder of the first configuration only, unless times jump.
				p.base -= jump
				p.tracks[i].last += int32(jump.Milliseconds()) // and misses nothing of what it jumps over
			}
		}
	}
}

// Pack makes the message of an access unit of a track. It is nil for units that a player has no use for.
func (p *Packer) Pack(at int, u *media.Unit) [][]byte {
	if at < 0 || at >= len(p.tracks) {
		return nil
	}
	if !p.begun {
		p.begun, p.base = true, u.PTS-lead
	}
	ms := (u.PTS - p.base).Milliseconds()
	if ms < 0 {
		return nil // from before the beginning
	}
	t := &p.tracks[at]
	switch {
	case t.Kind == media.Video:
		t.last = max(t.last, int32(ms)) // players reorder nothing, and warn of times that fall
		return p.picture(t, u)
	case u.Bytes() == 0 || p.early(t, int32(ms)):
		return nil
	}
	return p.sound(t, max(t.last, int32(ms)), u)
}

// early tells whether a frame of sound comes before the pictures: from a frame before the first key frame on, the page can have the
// two meet.
func (p *Packer) early(t *track, ms int32) bool {
	pictures := slices.ContainsFunc(p.tracks, func(t track) bool { return t.Kind == media.Video })
	return pictures && (!p.keyed || ms < p.first-int32(t.frame.Milliseconds()))
}

// apart is how far from the end of a frame of sound the next one may begin, and the first one behind the first key frame, in ms.
// Where the page has pictures for which no sound comes but later one, it waits forever for the two to meet, or its search for
// sound runs over the beginning of what it has and it throws at every packet from then on. So what is missing is silence.
const apart = 50

// longest is how much silence is sent at a time, in ms. A page that misses more sound than that waits for a key frame.
const longest = 60_000

// sound is a frame of AAC at a time, with what has to come before it.
func (p *Packer) sound(t *track, at int32, u *media.Unit) [][]byte {
	var before []byte
	from, first := t.last, t.config == nil
	t.last = at
	if first {
		t.config = audioConfig(t.Track)
		before = append(header(nil, typeAudio, at, 1+len(t.config)), configuration)
		before = append(before, t.config...)
		if p.keyed && (from == 0 || p.first-from > int32(anew.Milliseconds())) {
			from = p.first - int32(t.frame.Milliseconds()) // as if there had been sound right before the key frame
		}
	}
	if from == 0 {
		return packet(before, at, u) // nothing is missing: it is the beginning
	}
	return append(t.missing(before, from, at, u), packet(nil, at, u)...)
}

// missing is the silence between two frames of AAC, behind what comes before it, if they are apart. For want of silence it is the
// second of them again and again.
func (t *track) missing(before []byte, from, to int32, second *media.Unit) [][]byte {
	quiet := cmp.Or(t.silence, second)
	var out [][]byte
	if before != nil {
		out = append(out, before)
	}
	if step := int32(t.frame.Milliseconds()); to-from > step+apart {
		for n := time.Duration(1); ; n++ {
			at := from + int32((n * t.frame).Milliseconds())
			if at > min(to-step, from+longest) {
				break
			}
			out = append(out, packet(nil, at, quiet)...)
		}
	}
	return out
}

// packet is a frame of AAC behind what comes before it.
func packet(before []byte, at int32, u *media.Unit) [][]byte {
	return append([][]byte{append(header(before, typeAudio, at, 1+u.Bytes()), frame)}, u.AU...)
}

// The sound that is made for a player who cannot have what is published. What makes it tells its codec before it knows more, so a
// track of which nothing else is known is of this.
const (
	Rate     = 48000 // samples a second
	Channels = 2
)

// audioConfig is the AudioSpecificConfig (ISO 14496-3 1.6.2.1) of a track; made of its rate and channels if it has none.
func audioConfig(t media.Track) []byte {
	if len(t.Extra) > 0 && len(t.Extra[0]) >= 2 {
		return t.Extra[0]
	}
	t.ClockRate, t.Channels = cmp.Or(t.ClockRate, Rate), cmp.Or(t.Channels, Channels)
	const lowComplexity = 2
	index := uint32(otherRate)
	for i, rate := range rates() {
		if rate == t.ClockRate {
			index = uint32(i)
		}
	}
	channels := uint32(max(1, min(t.Channels, 2)))
	if index != otherRate {
		return binary.BigEndian.AppendUint16(nil, uint16(lowComplexity<<11|index<<7|channels<<3))
	}
	// The rate itself: 5 bits of type, 4 of escape, 24 of rate, 4 of channels, and 3 that are 0.
	bits := uint64(lowComplexity)<<35 | uint64(otherRate)<<31 | uint64(t.ClockRate&0xffffff)<<7 | uint64(channels)<<3
	return binary.BigEndian.AppendUint64(nil, bits<<24)[:5]
}

// picture is a picture, with the decoder's configuration before a key frame: exactly one, as the page takes it for the beginning
// of a fragment.
func (p *Packer) picture(t *track, u *media.Unit) [][]byte {
	if !p.keyed && !u.Key {
		return nil
	}
	nals := make([][]byte, 0, len(u.AU))
	size := 0
	for _, nal := range u.AU {
		if carried(nal) {
			nals = append(nals, nal)
			size += 4 + len(nal)
		}
	}
	if len(nals) == 0 {
		return nil
	}
	offset := (u.PTS - u.DTS).Milliseconds()
	if offset < 0 || offset > 1<<22 {
		offset = 0
	}
	heads := make([]byte, 0, 2*(headSize+5)+4*len(nals))
	kind := byte(interFrame)
	if u.Key {
		kind = keyFrame
		t.sets.take(u.AU)
		record := t.sets.record()
		if record == nil {
			return nil // nobody could decode it
		}
		if !p.keyed {
			p.keyed, p.first = true, t.last
		}
		heads = append(header(heads, typeVideo, t.last, 5+len(record)), keyFrame, configuration, 0, 0, 0)
		heads = append(heads, record...)
	}
	heads = append(header(heads, typeVideo, t.last, 5+size), kind, frame, byte(offset>>16), byte(offset>>8), byte(offset))
	return interleave(heads, nals)
}

// interleave puts the size of each NAL unit before it, behind what is first.
func interleave(heads []byte, nals [][]byte) [][]byte {
	pieces := make([][]byte, 0, 2*len(nals))
	begin := 0
	for _, nal := range nals {
		heads = binary.BigEndian.AppendUint32(heads, uint32(len(nal)))
		pieces = append(pieces, heads[begin:len(heads):len(heads)], nal)
		begin = len(heads)
	}
	return pieces
}

// header appends the head of a packet.
func header(b []byte, kind byte, ms int32, size int) []byte {
	b = binary.BigEndian.AppendUint32(append(b, kind), uint32(ms))
	return binary.BigEndian.AppendUint32(b, uint32(size))
}
