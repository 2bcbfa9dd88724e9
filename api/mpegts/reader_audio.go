package mpegts

import (
	"slices"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/ac3"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/mpa"
)

// frame is what its header says of a frame of sound.
type frame struct {
	size    int // bytes, with the header
	skip    int // bytes that the unit is without
	samples int64
	codec   media.Codec
	rate    int
	chans   int    // 0: not known
	extra   []byte // for Track.Extra
}

// minFrame is how much of a frame has its header.
const minFrame = 7

// frames is sound whose frames tell their own length: ADTS, MPEG audio, AC-3. They need not end where PES packets do.
type frames struct {
	t     media.Track
	ready bool
	next  func(b []byte) (frame, bool)

	rest []byte // the beginning of a frame
	due  int64  // when it is to be heard

	other media.Track // that frames have been of lately, in place of t
	often int         // how many in a row
}

func (p *frames) track() (media.Track, bool) { return p.t, p.ready }

func (p *frames) take(at Times, data []byte, give func(Times, media.Unit)) error {
	when, old := at.PTS, len(p.rest)
	if old > 0 { // the time is that of the first frame that begins in the packet (2.4.3.7)
		data, when = append(p.rest, data...), p.due
		p.rest = nil
	}
	skipped := 0
	for pos := 0; pos < len(data); {
		if old > 0 && pos >= old {
			when, old = at.PTS, 0
		}
		if len(data)-pos < minFrame {
			p.keep(data[pos:], when)
			break
		}
		f, ok := p.next(data[pos:])
		if !ok || p.ready && f.codec != p.t.Codec {
			pos++
			skipped++
			continue
		}
		if f.size > len(data)-pos {
			p.keep(data[pos:], when)
			break
		}
		if p.learn(f) {
			one := data[pos+f.skip : pos+f.size : pos+f.size]
			give(Times{when & maxTicks, when & maxTicks}, media.Unit{Key: true, AU: [][]byte{one}})
		}
		pos += f.size
		when += f.samples * 90000 / int64(f.rate)
	}
	if skipped > 0 {
		return fault.New(fault.MediaCorrupt, "", "%d bytes are no frames of sound", skipped)
	}
	return nil
}

// keep keeps the beginning of a frame. It is at most as long as one.
func (p *frames) keep(b []byte, due int64) { p.rest, p.due = append([]byte{}, b...), due }

// learn takes what a frame says of the track, and tells whether it is of that. What is not may only look like a frame; some in a row
// that agree are sound that goes on at another rate, say.
func (p *frames) learn(f frame) bool {
	const sure = 3
	t := f.track()
	switch {
	case !p.ready || alike(&t, &p.t):
		if !p.ready {
			p.t, p.ready = t, true
		}
		p.often = 0
		return true
	case p.often > 0 && !alike(&t, &p.other):
		p.often = 0
	}
	p.other, p.often = t, p.often+1
	if p.often < sure {
		return false
	}
	p.t, p.often = t, 0
	return true
}

// track is what a frame says of its track.
func (f *frame) track() media.Track {
	t := media.NewTrack(f.codec)
	if f.codec != media.MP3 && f.codec != media.MP2 {
		t.ClockRate = uint32(f.rate)
	}
	t.Channels = f.chans
	if f.extra != nil {
		t.Extra = [][]byte{f.extra}
	}
	return t
}

// alike tells whether frames are of one track. Those of MPEG audio each say for themselves how they are to be decoded.
func alike(a, b *media.Track) bool {
	if a.Codec == media.MP3 || a.Codec == media.MP2 {
		return a.Codec == b.Codec
	}
	return a.ClockRate == b.ClockRate && a.Channels == b.Channels && slices.EqualFunc(a.Extra, b.Extra, slices.Equal[[]byte])
}

// nextADTS reads the header of a frame of AAC (ISO/IEC 14496-3 1.A.2.2); frames with several blocks are not understood.
func nextADTS(b []byte) (frame, bool) {
	const withCRC = 9
	if b[0] != 0xff || b[1]&0xf6 != 0xf0 || b[6]&3 != 0 {
		return frame{}, false
	}
	rates, index := adtsRates(), int(b[2]>>2&0xf)
	f := frame{size: int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5), skip: minFrame, samples: 1024, codec: media.AAC}
	if b[1]&1 == 0 {
		f.skip = withCRC
	}
	if index >= len(rates) || f.size <= f.skip {
		return frame{}, false
	}
	f.rate, f.chans = rates[index], int(b[2]&1)<<2|int(b[3]>>6)
	c := mpeg4audio.AudioSpecificConfig{Type: mpeg4audio.ObjectType(b[2]>>6 + 1), SampleRate: f.rate, ChannelConfig: uint8(f.chans)}
	if f.chans == 0 { // told inside the frames
		c.ChannelConfig = 2
	}
	if f.chans == 7 {
		f.chans = 8
	}
	extra, err := c.Marshal()
	f.extra = extra
	return f, err == nil
}

// nextMPEG reads the header of a frame of MP2 or MP3.
func nextMPEG(b []byte) (frame, bool) {
	h, err := mpa.ParseHeader(b)
	if err != nil || h.Size < minFrame {
		return frame{}, false
	}
	f := frame{size: h.Size, samples: int64(h.Samples), codec: media.MP2, rate: h.Rate, chans: 2}
	if h.Layer == 3 {
		f.codec = media.MP3
	}
	const mono = 3
	if b[3]>>6 == mono {
		f.chans = 1
	}
	return f, true
}

// nextAC3 reads the header of a frame of AC-3 (A/52 5.3).
func nextAC3(b []byte) (frame, bool) {
	var s ac3.SyncInfo
	const newest = 10 // above it is E-AC-3
	if s.Unmarshal(b) != nil || b[5]>>3 > newest {
		return frame{}, false
	}
	modes := [8]int{2, 1, 2, 3, 3, 4, 4, 5} // channels without that of low frequencies
	return frame{size: s.FrameSize(), samples: 1536, codec: media.AC3, rate: s.SampleRate(), chans: modes[b[6]>>5]}, true
}

// opusFrames is Opus behind control headers (ETSI TS Opus 0.1.3 4.4).
type opusFrames struct{ t media.Track }

func newOpus(descriptors []byte) parser {
	t := media.NewTrack(media.Opus)
	t.Channels = 2
	if d := descriptor(descriptors, tagExt); len(d) >= 2 && d[0] == extOpus && d[1] >= 1 && d[1] <= 8 {
		t.Channels = int(d[1])
	}
	return &opusFrames{t}
}

func (p *opusFrames) track() (media.Track, bool) { return p.t, true }

func (p *opusFrames) take(at Times, data []byte, give func(Times, media.Unit)) error {
	when := at.PTS
	for len(data) > 0 {
		packet, rest, ok := nextOpus(data)
		if !ok {
			return fault.New(fault.MediaCorrupt, "", "no packet of Opus")
		}
		give(Times{when & maxTicks, when & maxTicks}, media.Unit{Key: true, AU: [][]byte{packet}})
		when += opusTicks(packet)
		data = rest
	}
	return nil
}

// nextOpus gives the first packet of b, and what is behind it.
func nextOpus(b []byte) (packet, rest []byte, ok bool) {
	const prefix, prefixMask, startTrim, endTrim, extended = 0x7f, 0xe0, 0x10, 0x08, 0x04
	if len(b) < 3 || b[0] != prefix || b[1]&prefixMask != prefixMask {
		return nil, nil, false
	}
	flags, size := b[1], 0
	for b = b[2:]; ; b = b[1:] {
		if len(b) == 0 {
			return nil, nil, false
		}
		if size += int(b[0]); b[0] != 0xff {
			b = b[1:]
			break
		}
	}
	skip := 0
	for _, flag := range []byte{startTrim, endTrim} {
		if flags&flag != 0 {
			skip += 2
		}
	}
	if flags&extended != 0 {
		if len(b) <= skip {
			return nil, nil, false
		}
		skip += 1 + int(b[skip])
	}
	if size == 0 || skip+size > len(b) {
		return nil, nil, false
	}
	return b[skip : skip+size : skip+size], b[skip+size:], true
}

// opusTicks is how long a packet of Opus lasts (RFC 6716 3.1).
func opusTicks(packet []byte) int64 {
	toc, count := packet[0], int64(1)
	switch toc & 3 {
	case 1, 2:
		count = 2
	case 3:
		if len(packet) > 1 {
			count = int64(packet[1] & 0x3f)
		}
	}
	const millisecond = 90
	silk, hybrid, celt := [4]int64{10, 20, 40, 60}, [2]int64{10, 20}, [4]int64{25, 50, 100, 200}
	switch config := toc >> 3; {
	case config < 12:
		return count * silk[config%4] * millisecond
	case config < 16:
		return count * hybrid[config%2] * millisecond
	default:
		return count * celt[config%4] * millisecond / 10
	}
}
