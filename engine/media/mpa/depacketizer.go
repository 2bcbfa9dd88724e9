package mpa

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer. Each frame becomes a unit. It is our own because gortsplib's (5.6.4) takes the
// lengths of frames from mediacommon's header, which is wrong for MP3 below 32 kHz. A frame has at most 2881 bytes, so
// there is no limit to set.
func NewDepacketizer() payload.Depacketizer { return payload.NewFramer(&framing{unsure: true}) }

// framing reads payloads and gathers the fragments of one frame.
type framing struct {
	unsure bool // whether the next packet begins a frame
	open   bool
	pts    time.Duration
	whole  int
	frame  []byte
}

var (
	errHead   = errors.New("the header of MPEG audio is cut off or not zero")
	errOffset = errors.New("a fragment does not follow the one before")
	errWhole  = errors.New("whole frames and a fragment in one packet")
)

// Take implements payload.Framing.
func (f *framing) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	if len(p.Payload) <= head || binary.BigEndian.Uint16(p.Payload) != 0 {
		return dst, errHead
	}
	offset, data := int(binary.BigEndian.Uint16(p.Payload[2:])), p.Payload[head:]
	unsure := f.unsure
	f.unsure = unsure && offset > 0
	switch {
	case offset > 0 && !f.open && unsure:
		return dst, payload.ErrRest
	case offset > 0 != f.open:
		return dst, errOffset
	case f.open:
		return f.more(dst, offset, data)
	}
	return f.begin(dst, p.PTS, data)
}

// begin reads frames one behind the other, or the first fragment of one.
func (f *framing) begin(dst []media.Unit, pts time.Duration, data []byte) ([]media.Unit, error) {
	first := true
	for len(data) > 0 {
		h, err := ParseHeader(data)
		if err != nil {
			return dst, err
		}
		if h.Size > len(data) {
			if !first {
				return dst, errWhole
			}
			f.open, f.pts, f.whole, f.frame = true, pts, h.Size, append(f.frame[:0], data...)
			return dst, nil
		}
		dst = append(dst, media.Unit{PTS: pts, AU: [][]byte{data[:h.Size:h.Size]}})
		data, pts, first = data[h.Size:], pts+h.Lasts(), false
	}
	return dst, nil
}

// more takes the next fragment.
func (f *framing) more(dst []media.Unit, offset int, data []byte) ([]media.Unit, error) {
	if offset != len(f.frame) || offset+len(data) > f.whole {
		return dst, errOffset
	}
	if f.frame = append(f.frame, data...); len(f.frame) < f.whole {
		return dst, nil
	}
	f.open = false
	return append(dst, media.Unit{PTS: f.pts, AU: [][]byte{bytes.Clone(f.frame)}}), nil
}

// Open implements payload.Framing.
func (f *framing) Open() bool { return f.open }

// Reset implements payload.Framing.
func (f *framing) Reset() { f.open, f.unsure = false, true }
