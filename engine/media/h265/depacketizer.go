package h265

import (
	"errors"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtph265"
	"github.com/pion/rtp"

	"sluice/engine/media"
	"sluice/engine/media/paramset"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer, with the parameter sets that were told apart (sprop-vps, -sps, -pps) and a limit in
// bytes of a unit, 0 for the standard one. Units come without access unit delimiters and fillers, key units with parameter
// sets. Decoding order numbers (sprop-max-don-diff > 0) are not understood; nobody sends them in real time.
func NewDepacketizer(sets [][]byte, limit int) payload.Depacketizer {
	return payload.NewAssembler(&format{sets: paramset.New(parameterSets, parameterSet, sets)}, limit)
}

// format reads payloads with gortsplib's decoder, for the reasons that h264 has; pion's for H.265 gives NAL units of one
// packet with nothing that says whether a fragment is missing. Gathering units is ours for the same reasons, and because
// the decoder does not end a unit at a new timestamp.
type format struct {
	decoder rtph265.Decoder
	packet  rtp.Packet
	open    bool
	sets    *paramset.Set
}

var errUnfinished = errors.New("another NAL unit before the end of a fragmented one")

// Begins implements payload.Format (H.265 7.4.2.4.4). Delimiters and VPS come first. So do the others but for parameter
// sets that may have been lost before them: if those are known, a key unit is given with them.
func (f *format) Begins(p []byte) bool {
	switch {
	case len(p) < fuHeader:
		return false
	case typeOf(p) == typeAggregation:
		nal := p[min(headerSize+lengthSize, len(p)):]
		return len(nal) > headerSize && f.begins(typeOf(nal), nal[headerSize:])
	case typeOf(p) == typeFragment:
		return p[headerSize]&startMask != 0 && f.begins(p[headerSize]&fragMask, p[fuHeader:])
	}
	return f.begins(typeOf(p), p[headerSize:])
}

func (f *format) begins(kind byte, rest []byte) bool {
	first := len(rest) > 0 && rest[0]&firstSlice != 0
	switch {
	case kind == typeAUD, kind == typeVPS:
		return true
	case isKey(kind):
		return first && f.sets.Known()
	case kind <= lastSlice:
		return first
	case kind == typeSPS, kind == typePPS, kind == typeSEI:
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
	f.open = errors.Is(err, rtph265.ErrMorePacketsNeeded)
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
	return len(p) >= fuHeader && typeOf(p) == typeFragment && p[headerSize]&startMask == 0
}

// Open implements payload.Format.
func (f *format) Open() bool { return f.open }

// Finish implements payload.Format.
func (f *format) Finish(u *media.Unit, parts [][]byte) error {
	u.Key = keyOf(parts)
	u.AU = f.sets.Complete(parts, u.Key)
	if len(u.AU) == len(parts) {
		u.AU = append(make([][]byte, 0, len(parts)), parts...)
	}
	return nil
}

// Reset implements payload.Format.
func (f *format) Reset() {
	if f.open {
		f.decoder, f.open = rtph265.Decoder{}, false
	}
	f.packet.Payload = nil
}
