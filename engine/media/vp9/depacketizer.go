package vp9

import (
	"bytes"
	"errors"

	"github.com/pion/rtp/codecs"
	"github.com/pion/rtp/codecs/vp9"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer with a limit in bytes of a unit, 0 for the standard one. The spatial layers of a
// picture make one unit, one behind the other, as decoders take them.
func NewDepacketizer(limit int) payload.Depacketizer {
	return payload.NewAssembler(&format{}, limit)
}

// format reads descriptors with pion's VP9Packet, a new one for each: one that is used again fails after some reference
// indices, as it never forgets any (1.10.6). gortsplib's decoder delivers each spatial layer as a frame of its own.
type format struct{ open bool }

var (
	errEmpty = errors.New("nothing behind the descriptor")
	errHead  = errors.New("a packet continues a frame that was not begun")
	errTail  = errors.New("a frame begins before the end of another")
)

// Begins implements payload.Format.
func (f *format) Begins(p []byte) bool {
	var v codecs.VP9Packet
	_, err := v.Unmarshal(p)
	return err == nil && v.B && v.SID == 0
}

// Take implements payload.Format.
func (f *format) Take(parts [][]byte, p *media.Packet, _ bool) ([][]byte, error) {
	var v codecs.VP9Packet
	data, err := v.Unmarshal(p.Payload)
	switch {
	case err != nil:
		return parts, err
	case len(data) == 0:
		return parts, errEmpty
	case v.B && f.open:
		return parts, errTail
	case !v.B && !f.open:
		return parts, errHead
	}
	f.open = !v.E
	return append(parts, data), nil
}

// Open implements payload.Format.
func (f *format) Open() bool { return f.open }

// Finish implements payload.Format.
func (f *format) Finish(u *media.Unit, parts [][]byte) error {
	frame := bytes.Join(parts, nil)
	var header vp9.Header
	if err := header.Unmarshal(frame); err != nil {
		return err
	}
	u.AU, u.Key = [][]byte{frame}, isKey(&header)
	return nil
}

// Reset implements payload.Format.
func (f *format) Reset() { f.open = false }
