package mpegts

const (
	patPID    = 0
	pmtPID    = 0x1000
	firstPID  = 0x100 // of the tracks
	program   = 1
	tablePAT  = 0
	tablePMT  = 2
	crcSize   = 4
	tagReg    = 0x05 // registration_descriptor (ISO/IEC 13818-1 2.6.8)
	tagExt    = 0x7f // extension_descriptor of DVB (EN 300 468 6.2.16)
	extOpus   = 0x80 // opus_audio_descriptor (ETSI TS Opus 0.1.3 4.3)
	reserved3 = 0xe0
	reserved4 = 0xf0
)

// section wraps a table in its header, pointer and checksum (ISO/IEC 13818-1 2.4.4), version 0 and the only one of its kind.
func section(table byte, id uint16, body []byte) []byte {
	n := 5 + len(body) + crcSize
	s := []byte{0, table, 0xb0 | byte(n>>8), byte(n), byte(id >> 8), byte(id), 0xc1, 0, 0}
	s = append(s, body...)
	c := crc(s[1:])
	return append(s, byte(c>>24), byte(c>>16), byte(c>>8), byte(c))
}

// programAssociation is the body of the one program's PAT.
func programAssociation() []byte {
	return []byte{program >> 8, program, reserved3 | pmtPID>>8, pmtPID & 0xff}
}

// programMap is the body of the PMT (2.4.4.8).
func programMap(clock uint16, streams []*stream) []byte {
	b := []byte{reserved3 | byte(clock>>8), byte(clock), reserved4, 0}
	for _, s := range streams {
		d := s.descriptors()
		b = append(b, byte(s.how.stream), reserved3|byte(s.pid.number>>8), byte(s.pid.number), reserved4|byte(len(d)>>8), byte(len(d)))
		b = append(b, d...)
	}
	return b
}

// descriptors say what the stream type does not.
func (s *stream) descriptors() []byte {
	var d []byte
	if r := s.how.registration; r != "" {
		d = append(append(d, tagReg, byte(len(r))), r...)
	}
	if s.how.registration == RegistrationOpus {
		d = append(d, tagExt, 2, extOpus, byte(s.channels)) // channel_config_code: up to 8 it is the number of channels
	}
	return d
}

// crc is CRC-32/MPEG-2, which is that of package hash/crc32 with neither its bit order nor its inversions.
func crc(b []byte) uint32 {
	sum := ^uint32(0)
	for _, v := range b {
		sum ^= uint32(v) << 24
		for range 8 {
			if top := sum >> 31; top != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
