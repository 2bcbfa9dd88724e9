// Package mse writes what a page feeds to Media Source Extensions through a WebSocket: packets of H.264 and AAC in the manner of
// FLV, version 2 of that packetization. A message is one packet or several.
//
// It copies no media: packets refer to the memory of the access units, which is shared. It sends nothing and keeps no time of its
// own.
package mse

import (
	"cmp"
	"encoding/binary"
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
	// jump is what players take for a new beginning: more than 5 s.
	jump = 6 * time.Second
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
	sets   sets   // of H.264
}

// Begin says which tracks come from now on. What a decoder needs is sent anew. Times go on.
func (p *Packer) Begin(tracks []media.Track) {
	before := p.tracks
	p.tracks, p.keyed = make([]track, len(tracks)), false
	for i, t := range tracks {
		p.tracks[i].Track = t
		p.tracks[i].sets.take(t.Extra)
		for _, b := range before {
			if b.Kind != t.Kind {
				continue
			}
			p.tracks[i].last = b.last
			if t.Codec == media.AAC && b.config != nil && string(b.config) != string(audioConfig(t)) {
				// The page makes its decoder of the first configuration only, unless times jump.
				p.base -= jump
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
	last := t.last
	t.last = max(t.last, int32(ms)) // players reorder nothing, and warn of times that fall
	switch {
	case t.Kind == media.Video:
		return p.picture(t, u)
	case u.Bytes() == 0:
		return nil
	case t.config != nil:
		return t.sound(nil, t.last, u)
	}
	t.config = audioConfig(t.Track)
	head := append(header(nil, typeAudio, t.last, 1+len(t.config)), configuration)
	head = append(head, t.config...)
	if p.keyed && t.last-p.first > apart && p.first >= last {
		return append(t.sound(head, p.first, u), t.sound(nil, t.last, u)...)
	}
	return t.sound(head, t.last, u)
}

// apart is how far behind the first key frame sound may begin, in ms. If it begins more than 100 ms behind that, and no picture
// happens to be right before it, the page waits forever for the two to meet. Then the first sound is sent twice, once for the
// moment of the key frame; the page fills what is missing between with silence.
const apart = 50

// sound is a frame of AAC at a time, behind what comes before it.
func (t *track) sound(before []byte, at int32, u *media.Unit) [][]byte {
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
	const lowComplexity, otherRate = 2, 15
	index := uint32(otherRate)
	for i, rate := range []uint32{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350} {
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
