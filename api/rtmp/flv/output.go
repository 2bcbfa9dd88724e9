package flv

import (
	"encoding/binary"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/mpa"
)

// Frame is a unit as messages carry it. It is shared and not changed.
type Frame struct {
	Config []byte   // the body that a decoder needs before, if the unit brings what it is made of; nil if not
	Bodies [][]byte // usually one
	Key    bool
}

// Make writes a unit of a track. It is nil for what no message carries.
func Make(t *media.Track, u *media.Unit) *Frame {
	if len(u.AU) == 0 {
		return nil
	}
	f := &Frame{Key: u.Key || t.Kind == media.Audio}
	switch t.Codec {
	case media.H264, media.H265:
		f.pictures(t, u)
	case media.AV1, media.VP9, media.VP8:
		f.ex(t, u)
	case media.Sorenson, media.ScreenFlv, media.VP6:
		f.Bodies = [][]byte{join(oldVideo(t, u.Key), u.AU)}
	default:
		f.sound(t, u)
	}
	if len(f.Bodies) == 0 {
		return nil
	}
	return f
}

// Config is the body that a decoder of a track needs first, by what is known of the track; nil if it is not known, or nothing.
func Config(t *media.Track) []byte {
	switch t.Codec {
	case media.AAC:
		if c := configAAC(t); c != nil {
			return append([]byte{idAAC<<4 | 0x0f, 0}, c...)
		}
	case media.Opus:
		return append(append([]byte{idEx<<4 | exStart}, "Opus"...), opusHead(t)...)
	case media.VP9, media.VP8:
		return append(exHead(t.Codec, true, exStart), vpConfig()...)
	case media.H264, media.H265:
		return configOf(t.Codec, t.Extra)
	}
	return nil
}

// configOf writes the configuration of parameter sets; nil if they do not do.
func configOf(c media.Codec, sets [][]byte) []byte {
	if c == media.H264 {
		if r := makeAVC(sets); r != nil {
			return append([]byte{typeKey<<4 | idAVC, 0, 0, 0, 0}, r...)
		}
		return nil
	}
	if r := makeHEVC(sets); r != nil {
		return append(exHead(c, true, exStart), r...)
	}
	return nil
}

// exHead begins a body of Enhanced RTMP with pictures.
func exHead(c media.Codec, key bool, how byte) []byte {
	kind := byte(typeInter)
	if key {
		kind = typeKey
	}
	return append([]byte{0x80 | kind<<4 | how}, FourCC(c)...)
}

// pictures writes a unit of NAL units. Parameter sets go apart.
func (f *Frame) pictures(t *media.Track, u *media.Unit) {
	kind := kindH264
	if t.Codec == media.H265 {
		kind = kindH265
	}
	var sets [][]byte
	size := 0
	for _, nal := range u.AU {
		switch {
		case len(nal) == 0:
		case kind(nal) >= 0:
			sets = append(sets, nal)
		case kind(nal) != dropped:
			size += 4 + len(nal)
		}
	}
	if len(sets) > 0 {
		f.Config = configOf(t.Codec, sets)
	}
	if size == 0 {
		return
	}
	b := make([]byte, 0, 8+size)
	cts := uint32(max(u.PTS-u.DTS, 0) / time.Millisecond)
	if t.Codec == media.H264 {
		first := byte(typeInter<<4 | idAVC)
		if u.Key {
			first = typeKey<<4 | idAVC
		}
		b = append(b, first, 1)
	} else {
		b = append(b, exHead(t.Codec, u.Key, exFrames)...)
	}
	b = append(b, byte(cts>>16), byte(cts>>8), byte(cts))
	for _, nal := range u.AU {
		if len(nal) > 0 && kind(nal) == -1 {
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(nal))), nal...)
		}
	}
	f.Bodies = [][]byte{b}
}

// ex writes a unit of a codec that only Enhanced RTMP has.
func (f *Frame) ex(t *media.Track, u *media.Unit) {
	if t.Codec == media.AV1 && u.Key {
		f.Config = configAV1(u.AU)
	}
	f.Bodies = [][]byte{join(exHead(t.Codec, u.Key, exFrames), u.AU)}
}

// oldVideo is what stands before a picture of Flash's own codecs.
func oldVideo(t *media.Track, key bool) []byte {
	kind := byte(typeInter << 4)
	if key {
		kind = typeKey << 4
	}
	switch t.Codec {
	case media.Sorenson:
		return []byte{kind | idSorenson}
	case media.ScreenFlv:
		return []byte{kind | idScreen}
	}
	crop := byte(0)
	if len(t.Extra) > 0 && len(t.Extra[0]) > 0 {
		crop = t.Extra[0][0]
	}
	return []byte{kind | idVP6, crop}
}

// sound writes a unit of sound: AAC and Opus have a message for each frame.
func (f *Frame) sound(t *media.Track, u *media.Unit) {
	var head []byte
	switch t.Codec {
	case media.AAC:
		head = []byte{idAAC<<4 | 0x0f, 1}
	case media.Opus:
		head = append([]byte{idEx<<4 | exFrames}, "Opus"...)
	default:
		if b, ok := soundHead(t, u); ok {
			f.Bodies = [][]byte{join([]byte{b}, u.AU)}
		}
		return
	}
	for _, frame := range u.AU {
		f.Bodies = append(f.Bodies, join(head, [][]byte{frame}))
	}
}

// soundHead is the first byte of the codecs that Flash always had (E.4.2.1).
func soundHead(t *media.Track, u *media.Unit) (byte, bool) {
	const wide = 2 // 16 bits a sample
	stereo := byte(0)
	if t.Channels > 1 {
		stereo = 1
	}
	switch t.Codec {
	case media.PCMA:
		return idPCMA<<4 | wide | stereo, true
	case media.PCMU:
		return idPCMU<<4 | wide | stereo, true
	case media.Speex:
		return idSpeex<<4 | wide, true
	case media.Nellymoser:
		switch t.ClockRate {
		case 16000:
			return idNelly16<<4 | wide, true
		case 8000:
			return idNelly8<<4 | wide, true
		}
		return idNelly<<4 | rateBits(int(t.ClockRate)) | wide | stereo, true
	case media.MP3:
		h, err := mpa.ParseHeader(u.AU[0])
		if err != nil {
			return 0, false
		}
		if h.Rate == 8000 {
			return idMP3At8<<4 | wide | stereo, true
		}
		return idMP3<<4 | rateBits(h.Rate) | wide | stereo, true
	}
	return 0, false
}

// rateBits is the rate that comes nearest.
func rateBits(hz int) byte {
	switch {
	case hz >= 32000:
		return 3 << 2
	case hz >= 16000:
		return 2 << 2
	case hz >= 8000:
		return 1 << 2
	}
	return 0
}

// join puts parts behind a head.
func join(head []byte, parts [][]byte) []byte {
	n := len(head)
	for _, p := range parts {
		n += len(p)
	}
	b := append(make([]byte, 0, n), head...)
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}
