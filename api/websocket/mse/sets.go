package mse

import (
	"bytes"
	"encoding/binary"
)

// Types of NAL units of H.264 (table 7-1) that are not sent on as they are.
const (
	nalType = 0x1f

	typeSPS    = 7
	typePPS    = 8
	typeAUD    = 9
	typeFiller = 12
)

// carried tells whether a NAL unit goes into a packet of pictures: parameter sets go into the configuration, and what only says
// where units begin, or fills, into none.
func carried(nal []byte) bool {
	if len(nal) == 0 {
		return false
	}
	switch nal[0] & nalType {
	case typeSPS, typePPS, typeAUD, typeFiller:
		return false
	}
	return true
}

// Most parameter sets of a kind, which the configuration counts in so many bits, or fewer.
const mostSPS, mostPPS = 31, 255

// sets are the newest parameter sets of a stream.
type sets struct {
	sps, pps [][]byte
	made     []byte // the configuration of these; nil if it is to be made
}

// take takes the parameter sets among some NAL units. Those of a kind take the place of all of that kind before.
func (s *sets) take(nals [][]byte) {
	sps, pps := s.sps[:0:0], s.pps[:0:0]
	for _, nal := range nals {
		switch {
		case len(nal) < 2 || len(nal) > 1<<16-1:
		case nal[0]&nalType == typeSPS && len(nal) >= 4 && len(sps) < mostSPS:
			sps = append(sps, nal)
		case nal[0]&nalType == typePPS && len(pps) < mostPPS:
			pps = append(pps, nal)
		}
	}
	s.replace(&s.sps, sps)
	s.replace(&s.pps, pps)
}

// replace puts new sets in the place of old ones, if there are any and they are others. They are copied: a parameter set of a few
// bytes would keep the memory of its whole picture.
func (s *sets) replace(old *[][]byte, now [][]byte) {
	same := len(now) == len(*old)
	for i := 0; same && i < len(now); i++ {
		same = bytes.Equal(now[i], (*old)[i])
	}
	if same || len(now) == 0 {
		return
	}
	*old, s.made = nil, nil
	for _, nal := range now {
		*old = append(*old, bytes.Clone(nal))
	}
}

// record is the AVCDecoderConfigurationRecord (ISO 14496-15 5.3.3.1) of the sets; nil if there are none of a kind. It is not to be
// changed.
func (s *sets) record() []byte {
	if s.made != nil || len(s.sps) == 0 || len(s.pps) == 0 {
		return s.made
	}
	first := s.sps[0]
	const version, reserved, sizeOfSizes = 1, 0xfc, 4
	b := []byte{version, first[1], first[2], first[3], reserved | (sizeOfSizes - 1), 0xe0 | byte(len(s.sps))}
	for _, nal := range s.sps {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(nal))), nal...)
	}
	b = append(b, byte(len(s.pps)))
	for _, nal := range s.pps {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(nal))), nal...)
	}
	s.made = b
	return b
}
