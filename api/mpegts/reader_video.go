package mpegts

import (
	"bytes"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"

	"sluice/engine/fault"
	"sluice/engine/media"
	h264key "sluice/engine/media/h264"
	h265key "sluice/engine/media/h265"
	"sluice/engine/media/paramset"
	"sluice/engine/media/picture"
)

// maxNALs is how many NAL units of a picture are taken; the hub's own bound is above it.
const maxNALs = 1000

// newParser finds who understands a stream, by its type and descriptors; nil if nobody does.
func newParser(kind StreamType, descriptors []byte) parser {
	const dvbAC3 = 0x6a // EN 300 468 annex D
	registration := string(descriptor(descriptors, tagReg))
	switch kind {
	case TypeH264:
		return &nals{
			t: media.NewTrack(media.H264), sets: paramset.New(2, h264Set, nil), set: h264Set, skip: skipH264, key: keyH264, whole: wholeH264,
		}
	case TypeH265:
		return &nals{
			t: media.NewTrack(media.H265), sets: paramset.New(3, h265Set, nil), set: h265Set, skip: skipH265, key: keyH265,
			whole: func([]byte) bool { return true },
		}
	case TypeMPEG1Video, typeMPEG2Video: // ffmpeg says the second of both
		return &mpeg1{t: media.NewTrack(media.MPEG1)}
	case TypeADTS:
		return &frames{t: media.NewTrack(media.AAC), next: nextADTS}
	case TypeMPEG1Audio, TypeMPEG2Audio:
		return &frames{t: media.Track{Kind: media.Audio}, next: nextMPEG}
	case TypeAC3:
		return &frames{t: media.NewTrack(media.AC3), next: nextAC3}
	case TypePrivate:
		switch {
		case registration == RegistrationOpus:
			return newOpus(descriptors)
		case registration == RegistrationAC3, descriptor(descriptors, dvbAC3) != nil:
			return &frames{t: media.NewTrack(media.AC3), next: nextAC3}
		}
	}
	return nil
}

// nals is H.264 and H.265 with start codes.
type nals struct {
	t     media.Track
	ready bool
	sets  *paramset.Set
	find  *picture.Finder

	set   func(nal []byte) int
	skip  func(nal []byte) bool // it says nothing that is not known
	key   func(nal []byte) bool
	whole func(nal []byte) bool // a key that is no recovery point
}

func (p *nals) track() (media.Track, bool) { return p.t, p.ready }

func (p *nals) take(at Times, data []byte, give func(Times, media.Unit)) error {
	u, ok := p.cut(startCode(data))
	if !ok {
		return fault.New(fault.MediaCorrupt, "", "a picture is not made of NAL units")
	}
	u.AU = p.sets.Complete(u.AU, u.Key)
	if u.Key {
		p.learn(u.AU)
	}
	// An encoder that reorders pictures shows them later than it decodes them; many allow for it and never do it.
	if !p.t.BFrames && p.find != nil && Later(at.PTS, at.DTS) > 0 {
		p.t.BFrames = p.find.MayReorder()
	}
	give(at, u)
	return nil
}

// cut makes a unit of NAL units; false if they are no picture.
func (p *nals) cut(b []byte) (u media.Unit, ok bool) {
	u.AU = make([][]byte, 0, 4)
	whole := false
	for len(b) > 0 && len(u.AU) < maxNALs {
		var nal []byte
		if nal, b = nextNAL(b); len(nal) == 0 || p.skip(nal) {
			continue
		}
		key := p.key(nal)
		u.Key, whole = u.Key || key, whole || key && p.whole(nal)
		ok = ok || p.slice(nal)
		u.AU = append(u.AU, nal)
	}
	u.Recovery = u.Key && !whole
	return u, ok && len(b) == 0
}

// slice tells whether a NAL unit is a part of a picture.
func (p *nals) slice(nal []byte) bool {
	if p.t.Codec == media.H264 {
		t := nal[0] & 0x1f
		return t >= 1 && t <= 5
	}
	return nal[0]>>1&0x3f < 32
}

// learn looks at the parameter sets of a key picture.
func (p *nals) learn(au [][]byte) {
	if p.find != nil {
		p.find.Unit(au)
		return
	}
	if !p.sets.Known() {
		return
	}
	for _, nal := range au {
		if p.set(nal) >= 0 {
			p.t.Extra = append(p.t.Extra, nal)
		}
	}
	p.find, p.ready = picture.NewFinder(p.t), true
}

// startCode skips what stands before the first NAL unit.
func startCode(b []byte) []byte {
	i := bytes.Index(b, []byte{0, 0, 1})
	if i < 0 {
		return nil
	}
	return b[i+3:]
}

// nextNAL gives the NAL unit at the beginning of b, without zeros behind it, and what stands behind the next start code.
func nextNAL(b []byte) (nal, rest []byte) {
	if i := bytes.Index(b, []byte{0, 0, 1}); i >= 0 {
		b, rest = b[:i:i], b[i+3:]
	}
	return bytes.TrimRight(b, "\x00"), rest
}

func skipH264(nal []byte) bool {
	switch h264.NALUType(nal[0] & 0x1f) {
	case h264.NALUTypeAccessUnitDelimiter, h264.NALUTypeFillerData, h264.NALUTypeEndOfSequence, h264.NALUTypeEndOfStream:
		return true
	}
	return nal[0]&0x1f > 23 // those of RTP
}

func keyH264(nal []byte) bool   { return h264key.KeyPacket(nal) }
func wholeH264(nal []byte) bool { return h264.NALUType(nal[0]&0x1f) == h264.NALUTypeIDR }

func skipH265(nal []byte) bool {
	const ofRTP = 48
	if len(nal) < 3 {
		return true
	}
	t := h265.NALUType(nal[0] >> 1 & 0x3f)
	switch t {
	case h265.NALUType_AUD_NUT, h265.NALUType_FD_NUT, h265.NALUType_EOS_NUT, h265.NALUType_EOB_NUT:
		return true
	}
	return t >= ofRTP
}

func keyH265(nal []byte) bool { return h265key.KeyPacket(nal) }

// mpeg1 is MPEG-1 video, a picture a PES packet.
type mpeg1 struct {
	t     media.Track
	ready bool
	last  int64 // of the times at which they are shown, the greatest
}

func (p *mpeg1) track() (media.Track, bool) { return p.t, p.ready }

func (p *mpeg1) take(at Times, data []byte, give func(Times, media.Unit)) error {
	const sequence, extension, headers = 0xb3, 0xb5, 512 // ISO 11172-2 2.4.2.3, 13818-2 6.2.2.3
	data = bytes.TrimRight(data, "\x00")
	if len(data) < 8 || data[0] != 0 || data[1] != 0 || data[2] != 1 {
		return fault.New(fault.MediaCorrupt, "", "a picture of MPEG-1 without its beginning")
	}
	key := data[3] == sequence
	if key && bytes.Contains(data[:min(len(data), headers)], []byte{0, 0, 1, extension}) {
		return fault.New(fault.MediaCorrupt, "", "pictures of MPEG-2, which are not known")
	}
	if !key && !p.ready {
		return nil
	}
	if !p.ready || Later(at.PTS, p.last) > 0 {
		p.last = at.PTS
	} else if !key {
		p.t.BFrames = true // no header says it
	}
	p.ready = p.ready || key
	give(at, media.Unit{Key: key, AU: [][]byte{data}})
	return nil
}
