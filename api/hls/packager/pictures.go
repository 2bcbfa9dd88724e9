package packager

import (
	"bytes"
	"slices"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/av1"
)

const (
	pictureRate = 90000  // ticks a second of the pictures' times
	nalLength   = 4      // bytes before each NAL unit
	tick        = 12_000 // a little more than one of 90 kHz, in nanoseconds
	notASet     = byte(0x7f)
	leftOut     = byte(0x80) // as a kind: neither in samples nor in the description
)

// pictures is the intake of H.264, H.265 and AV1.
type pictures struct {
	track  media.Track
	kind   func(nal []byte) byte // which of the sets it is, notASet or leftOut; nil for AV1
	sets   [][]byte              // what decoders need first, one of each kind
	strip  bool                  // parameter sets of the description do not go into samples
	last   time.Duration         // decoding time of the picture before
	begun  bool
	passed entry // of sets
	known  bool  // passed is
}

func newPictures(t media.Track, strip bool) *pictures {
	p := &pictures{track: t, strip: strip}
	switch t.Codec {
	case media.H264:
		p.kind, p.sets = h264Kind, make([][]byte, 2)
	case media.H265:
		p.kind, p.sets = h265Kind, make([][]byte, 3)
	default:
		p.sets = make([][]byte, 1)
	}
	p.learn(t.Extra)
	return p
}

func h264Kind(nal []byte) byte {
	switch h264.NALUType(nal[0] & 0x1f) {
	case h264.NALUTypeSPS:
		return 0
	case h264.NALUTypePPS:
		return 1
	case h264.NALUTypeAccessUnitDelimiter, h264.NALUTypeFillerData:
		return leftOut
	}
	return notASet
}

func h265Kind(nal []byte) byte {
	switch h265.NALUType(nal[0] >> 1 & 0x3f) {
	case h265.NALUType_VPS_NUT:
		return 0
	case h265.NALUType_SPS_NUT:
		return 1
	case h265.NALUType_PPS_NUT:
		return 2
	case h265.NALUType_AUD_NUT, h265.NALUType_FD_NUT:
		return leftOut
	}
	return notASet
}

// learn remembers the parameter sets among some NAL units, the first of each kind, and tells whether any is another than before.
func (p *pictures) learn(au [][]byte) (fresh bool) {
	if p.kind == nil {
		return p.learnSequence(au)
	}
	seen := byte(0)
	for _, nal := range au {
		if len(nal) == 0 {
			continue
		}
		k := p.kind(nal)
		if k >= notASet || seen>>k&1 != 0 {
			continue
		}
		seen |= 1 << k
		if !bytes.Equal(p.sets[k], nal) {
			p.sets[k], fresh = bytes.Clone(nal), true
		}
	}
	p.known = p.known && !fresh
	return fresh
}

// learnSequence is learn of AV1: an OBU of its own, without a size, as mediacommon wants it.
func (p *pictures) learnSequence(au [][]byte) bool {
	body := av1.Sequence(au)
	const header = 1 << 3 // OBU_SEQUENCE_HEADER
	if len(body) == 0 || len(p.sets[0]) > 0 && bytes.Equal(p.sets[0][1:], body) {
		return false
	}
	p.sets[0], p.known = append([]byte{header}, body...), false
	return true
}

func (p *pictures) take(dst []sample, u *media.Unit) ([]sample, error) {
	if n := u.Bytes(); n == 0 || n > maxUnit {
		return dst, fault.New(fault.MediaCorrupt, p.track.ID, "a picture of %d bytes, %d at most", n, maxUnit)
	}
	fresh, err := p.renew(u)
	if err != nil {
		return dst, err
	}
	s := sample{pts: u.PTS + lead, dts: u.DTS + lead, ntp: u.NTP, key: u.Key, fresh: fresh, au: u.AU}
	if s.dts < 0 || s.pts < 0 {
		return dst, fault.New(fault.MediaCorrupt, p.track.ID, "a picture long before the stream's beginning")
	}
	if p.begun && s.dts < p.last+tick {
		s.dts = p.last + tick
	}
	p.begun, p.last = true, s.dts
	if s.au = p.written(u.AU); len(s.au) == 0 {
		return dst, fault.New(fault.MediaCorrupt, p.track.ID, "a unit without a picture")
	}
	for _, part := range s.au {
		s.size += len(part)
	}
	if p.kind != nil {
		s.size += nalLength * len(s.au)
	}
	return append(dst, s), nil
}

// renew looks for new parameter sets in a key unit. Those that cannot be read do not replace the ones that can.
func (p *pictures) renew(u *media.Unit) (fresh bool, err error) {
	if !u.Key {
		return false, nil
	}
	before, known := slices.Clone(p.sets), p.known
	fresh = p.learn(u.AU)
	if _, ok := p.entry(); !ok {
		p.sets, p.known = before, known
		return false, fault.New(fault.MediaCorrupt, p.track.ID, "a key picture without parameter sets that can be read")
	}
	return fresh, nil
}

// written are the NAL units that go into a sample. Those left out are mostly at the beginning, which costs nothing.
func (p *pictures) written(au [][]byte) [][]byte {
	if p.kind == nil || !p.strip {
		return au
	}
	for len(au) > 0 && p.dropped(au[0]) {
		au = au[1:]
	}
	for i, nal := range au {
		if !p.dropped(nal) {
			continue
		}
		kept := append([][]byte(nil), au[:i]...)
		for _, nal := range au[i:] {
			if !p.dropped(nal) {
				kept = append(kept, nal)
			}
		}
		return kept
	}
	return au
}

// dropped tells of a NAL unit whether players of MP4 do without: delimiters, and the parameter sets of the description. Others
// stay, as a stream may have several.
func (p *pictures) dropped(nal []byte) bool {
	if len(nal) == 0 {
		return true
	}
	k := p.kind(nal)
	return k == leftOut || k < notASet && bytes.Equal(nal, p.sets[k])
}

func (p *pictures) entry() (entry, bool) {
	if !p.known {
		e, ok := pictureEntry(p.track, slices.Clone(p.sets))
		if !ok {
			return entry{}, false
		}
		p.passed, p.known = e, true
	}
	return p.passed, true
}

func (p *pictures) reset() { p.begun = false }
