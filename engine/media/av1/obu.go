package av1

import (
	"encoding/binary"
	"errors"
)

// Types of OBUs (AV1 6.2.2).
const (
	typeSequenceHeader    = 1
	typeTemporalDelimiter = 2
	typeFrameHeader       = 3
	typeFrame             = 6
	typeTileList          = 8
	typePadding           = 15
)

// Bits of an OBU's header (AV1 5.3.2).
const (
	forbidden    = 0x80
	hasExtension = 0x04
	hasSize      = 0x02
)

var errOBU = errors.New("an OBU is cut off or has no header")

// obu is one open bitstream unit.
type obu struct {
	header []byte // one byte, or two with the extension
	body   []byte // without header and size
}

func (o obu) kind() byte { return o.header[0] >> 3 & 0x0f }

// layer gives temporal and spatial ID; false if the OBU belongs to no layer.
func (o obu) layer() (byte, bool) {
	if len(o.header) < 2 {
		return 0, false
	}
	return o.header[1], true
}

// cut takes the first OBU from b. One without a size field ends with b.
func cut(b []byte) (o obu, rest []byte, err error) {
	if len(b) == 0 || b[0]&forbidden != 0 {
		return obu{}, nil, errOBU
	}
	n := 1
	if b[0]&hasExtension != 0 {
		n = 2
	}
	if n > len(b) {
		return obu{}, nil, errOBU
	}
	o.header, rest = b[:n:n], b[n:]
	if b[0]&hasSize == 0 {
		o.body = rest
		return o, nil, nil
	}
	size, n := binary.Uvarint(rest) // leb128 is the same (AV1 4.10.5)
	if n <= 0 || size > uint64(len(rest)-n) {
		return obu{}, nil, errOBU
	}
	o.body, rest = rest[n:n+int(size)], rest[n+int(size):]
	return o, rest, nil
}

// dropped OBUs are not sent (RTP Payload Format For AV1, 5: delimiters and tile lists). Padding carries nothing.
func (o obu) dropped() bool {
	switch o.kind() {
	case typeTemporalDelimiter, typeTileList, typePadding:
		return true
	}
	return false
}

// look walks the OBUs of a temporal unit. It is a key unit if it has a sequence header and its first frame is a key frame
// that is decoded, and not shown again (AV1 5.9.2, 7.6.1).
func look(parts [][]byte) (key bool, err error) {
	const showExisting, frameType = 0x80, 0x60
	sequence, framed := false, false
	for _, rest := range parts {
		for len(rest) > 0 {
			var o obu
			if o, rest, err = cut(rest); err != nil {
				return false, err
			}
			switch o.kind() {
			case typeSequenceHeader:
				sequence = true
			case typeFrame, typeFrameHeader:
				if !framed && sequence && len(o.body) > 0 {
					key = o.body[0]&(showExisting|frameType) == 0
				}
				framed = true
			}
		}
	}
	return key, nil
}
