package crossing

import (
	"bytes"

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
