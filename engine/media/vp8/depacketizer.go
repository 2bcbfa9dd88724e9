package vp8

import (
	"bytes"
	"errors"

	"github.com/pion/rtp/codecs"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer with a limit in bytes of a frame, 0 for the standard one.
func NewDepacketizer(limit int) payload.Depacketizer {
	return payload.NewAssembler(format{}, limit)
}

// format reads descriptors with pion's VP8Packet, which allocates nothing and checks every length. gortsplib's decoder is
// pion's with a gathering of its own, which a unit that is spoiled from without would confuse.
type format struct{}

var (
	errEmpty = errors.New("nothing behind the descriptor")
	errHead  = errors.New("the first packet of a frame does not begin one")
)

// Begins implements payload.Format.
func (format) Begins(p []byte) bool { return p[0]&startOfPart != 0 && p[0]&partition == 0 }

// Take implements payload.Format.
func (f format) Take(parts [][]byte, p *media.Packet, first bool) ([][]byte, error) {
	var v codecs.VP8Packet
	data, err := v.Unmarshal(p.Payload)
	switch {
	case err != nil:
		return parts, err
	case len(data) == 0:
		return parts, errEmpty
	case first && !f.Begins(p.Payload):
		return parts, errHead
	}
	return append(parts, data), nil
}

// Open implements payload.Format.
func (format) Open() bool { return false }

// Finish implements payload.Format.
func (format) Finish(u *media.Unit, parts [][]byte) error {
	frame := bytes.Join(parts, nil)
	u.AU, u.Key = [][]byte{frame}, frame[0]&interFrame == 0
	return nil
}

// Reset implements payload.Format.
func (format) Reset() {}
