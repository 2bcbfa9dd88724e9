package crossing

import (
	"bytes"
	"encoding/binary"

	"sluice/engine/media"
)

// Join appends an access unit's parts in the form in which they cross: NAL units with start codes (ITU-T H.264, annex B),
// anything else end to end.
func Join(b []byte, codec media.Codec, parts [][]byte) []byte {
	for _, part := range parts {
		if codec == media.H264 || codec == media.H265 {
			b = append(b, 0, 0, 0, 1)
		}
		b = append(b, part...)
	}
	return b
}

// Split appends the parts of what crossed, which share data's memory.
func Split(parts [][]byte, codec media.Codec, data []byte) [][]byte {
	if codec != media.H264 && codec != media.H265 {
		return append(parts, data)
	}
	mark := []byte{0, 0, 1}
	i := bytes.Index(data, mark)
	for i >= 0 {
		data = data[i+len(mark):]
		i = bytes.Index(data, mark)
		nal := data
		if i >= 0 {
			nal = data[:i]
		}
		// A start code may be written with more zeros, and a NAL unit never ends in one (7.4.1).
		if nal = bytes.TrimRight(nal, "\x00"); len(nal) > 0 {
			parts = append(parts, nal[:len(nal):len(nal)])
		}
	}
	return parts
}

// Headers are what GStreamer's decoder wants before the first unit of a track and peers do not send; nil for most
// codecs. Speex over RTP and FLV comes without its header (RFC 5574, 3.1), which the decoder cannot do without.
func Headers(t media.Track) [][]byte {
	if t.Codec != media.Speex {
		return nil
	}
	return [][]byte{speexHeader(int(t.ClockRate), max(t.Channels, 1)), speexComment()}
}

// speexHeader is the first packet of a Speex stream as the Speex manual's table of the Ogg header has it.
func speexHeader(rate, channels int) []byte {
	mode := 0 // narrow band
	switch {
	case rate > 25000:
		mode = 2 // ultra-wide
	case rate > 12500:
		mode = 1 // wide
	}
	h := make([]byte, 80)
	copy(h, "Speex   1.1.12")
	for i, v := range []int32{1, 80, int32(rate), int32(mode), 4, int32(channels), -1, int32(160 << mode), 0, 1, 0, 0, 0} {
		binary.LittleEndian.PutUint32(h[28+4*i:], uint32(v))
	}
	return h
}

// speexComment is an empty comment packet: the vendor's name and no comments.
func speexComment() []byte {
	const vendor = "sluice"
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(vendor)))
	b = append(b, vendor...)
	return binary.LittleEndian.AppendUint32(b, 0)
}
