package h264

import (
	"errors"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph264"
	"github.com/pion/rtp"

	"sluice/engine/media"
	"sluice/engine/media/paramset"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer of packetization modes 0 and 1, with the parameter sets that were told apart
// (sprop-parameter-sets) and a limit in bytes of a unit, 0 for the standard one. Units come without access unit delimiters
// and fillers, key units with parameter sets.
func NewDepacketizer(sets [][]byte, limit int) payload.Depacketizer {
	return payload.NewAssembler(&format{
		decoder: rtph264.Decoder{PacketizationMode: 1},
		sets:    paramset.New(parameterSets, parameterSet, sets),
	}, limit)
}

// format reads payloads with gortsplib's decoder: it gives NAL units as they are kept here, without copying what came
// whole, and takes the start codes that some cameras wrap them in. pion's writes start codes between them, ignores the
// start bit and gathers fragments without an end. Gathering units is ours: gortsplib's decoder delivers a unit although a
// packet between two of its NAL units was lost or could not be read, and allows 50 NAL units a unit.
type format struct {
	decoder rtph264.Decoder
	packet  rtp.Packet
	open    bool
	sets    *paramset.Set
}

var errUnfinished = errors.New("another NAL unit before the end of a fragmented one")

// Begins implements payload.Format (H.264 7.4.1.2.3). Delimiters and SPS come first. So do the others but for an SPS that
// may have been lost before them: if the parameter sets are known, a key unit is given with those.
func (f *format) Begins(p []byte) bool {
	switch {
	case len(p) < fuHeader:
		return false
	case p[0]&typeMask == typeSTAPA:
		return len(p) > stapHeader+lengthSize && f.begins(p[stapHeader+lengthSize], p[stapHeader+lengthSize+1:])
	case p[0]&typeMask == typeFUA:
		return p[1]&startMask != 0 && f.begins(p[1], p[fuHeader:])
	}
	return f.begins(p[0], p[1:])
}

func (f *format) begins(header byte, rest []byte) bool {
	first := len(rest) > 0 && rest[0]&0x80 != 0 // first_mb_in_slice of a slice, the exp-Golomb code of 0
	switch header & typeMask {
	case typeAUD, typeSPS:
		return true
	case typeSlice:
		return first
	case typeIDR:
		return first && f.sets.Known()
	case typeSEI, typePPS:
		return f.sets.Known()
	}
	return false
}

// Take implements payload.Format. Every packet is given as the last of its unit, so that the decoder gathers fragments
// and nothing else.
func (f *format) Take(parts [][]byte, p *media.Packet, _ bool) ([][]byte, error) {
	if f.open && !continues(p.Payload) {
		return parts, errUnfinished
	}
	f.packet.SequenceNumber, f.packet.Timestamp, f.packet.Marker = p.Header.SequenceNumber, p.Header.Timestamp, true
	f.packet.Payload = p.Payload
	nals, err := f.decoder.Decode(&f.packet)
	f.open = errors.Is(err, rtph264.ErrMorePacketsNeeded)
	if f.open {
		return parts, nil
	}
	if err != nil {
		return parts, err
	}
	for _, nal := range nals {
		if !dropped(nal) {
			parts = append(parts, nal)
		}
	}
	return parts, nil
}

func continues(p []byte) bool {
	return len(p) >= fuHeader && p[0]&typeMask == typeFUA && p[1]&startMask == 0
}

// Open implements payload.Format.
func (f *format) Open() bool { return f.open }

// Finish implements payload.Format.
func (f *format) Finish(u *media.Unit, parts [][]byte) error {
	u.Key, u.Recovery = keyOf(parts)
	u.AU = f.sets.Complete(parts, u.Key)
	if len(u.AU) == len(parts) {
		u.AU = append(make([][]byte, 0, len(parts)), parts...)
	}
	return nil
}

// Reset implements payload.Format.
func (f *format) Reset() {
	if f.open {
		f.decoder, f.open = rtph264.Decoder{PacketizationMode: 1}, false
	}
	f.packet.Payload = nil
}
