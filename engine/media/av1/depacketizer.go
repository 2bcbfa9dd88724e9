package av1

import (
	"bytes"
	"errors"

	"github.com/pion/rtp/codecs"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer with a limit in bytes of a temporal unit, 0 for the standard one.
func NewDepacketizer(limit int) payload.Depacketizer {
	return payload.NewAssembler(&format{}, limit)
}

// format reads payloads with pion's AV1Depacketizer, which gives OBUs with size fields and drops delimiters, as units are
// kept here. It says nothing when a fragment has no beginning or no end, and gathers one without an end: both are told from
// its flags. gortsplib's decoder gives OBUs without sizes, at most 10 of them a unit, and keeps delimiters.
type format struct {
	decoder codecs.AV1Depacketizer
	open    bool
}

var (
	errHead  = errors.New("a packet continues an OBU that was not begun")
	errTail  = errors.New("an OBU begins before the end of another")
	errEmpty = errors.New("nothing behind the aggregation header")
)

// Begins implements payload.Format. Only a new sequence is sure to be a unit's first packet.
func (f *format) Begins(p []byte) bool { return p[0]&newSequence != 0 && p[0]&continued == 0 }

// Take implements payload.Format.
func (f *format) Take(parts [][]byte, p *media.Packet, _ bool) ([][]byte, error) {
	goesOn := p.Payload[0]&continued != 0
	switch {
	case len(p.Payload) <= aggregationHeader:
		return parts, errEmpty
	case goesOn && !f.open:
		return parts, errHead
	case !goesOn && f.open:
		return parts, errTail
	}
	data, err := f.decoder.Unmarshal(p.Payload)
	if err != nil {
		return parts, err
	}
	f.open = p.Payload[0]&continues != 0
	if len(data) > 0 {
		parts = append(parts, data)
	}
	return parts, nil
}

// Open implements payload.Format.
func (f *format) Open() bool { return f.open }

// Finish implements payload.Format.
func (f *format) Finish(u *media.Unit, parts [][]byte) error {
	key, err := look(parts)
	u.AU, u.Key = [][]byte{bytes.Join(parts, nil)}, key
	return err
}

// Reset implements payload.Format.
func (f *format) Reset() { f.decoder, f.open = codecs.AV1Depacketizer{}, false }
