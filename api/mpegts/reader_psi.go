package mpegts

import "bytes"

const (
	maxSection = 1024 // ISO/IEC 13818-1 2.4.4.1, 2.4.4.8, with what stands before the length
	maxStreams = 16
	maxHeld    = 4 * maxSection

	typeMPEG2Video StreamType = 0x02
)

// sections puts the sections of one table together.
type sections struct {
	held []byte
	on   bool
}

// take takes the payload of a packet, and gives each section that is whole, without its checksum.
func (s *sections) take(payload []byte, start bool, give func([]byte)) {
	if start { // what comes before the pointer belongs to the section before (2.4.4.1)
		if len(payload) == 0 || int(payload[0]) >= len(payload) {
			return
		}
		if n := int(payload[0]); s.on && n > 0 {
			s.held = append(s.held, payload[1:1+n]...)
			s.flush(give)
		}
		s.held, s.on = append(s.held[:0], payload[1+int(payload[0]):]...), true
	} else if s.on {
		s.held = append(s.held, payload...)
	}
	s.flush(give)
}

func (s *sections) flush(give func([]byte)) {
	const header, crcd = 3, 5 + crcSize
	for s.on {
		if len(s.held) < header {
			return
		}
		n := header + int(s.held[1]&0xf)<<8 + int(s.held[2])
		if s.held[0] == stuffing || n > maxSection || n < header+crcd || len(s.held) > maxHeld {
			s.on = false
			return
		}
		if len(s.held) < n {
			return
		}
		if one := s.held[:n]; crc(one) == 0 && one[5]&1 != 0 { // of those to come we hear again when they are here
			give(one[:n-crcSize])
		}
		s.held = s.held[n:]
	}
}

// association takes a PAT: the program that is read is the first, as long as it is there.
func (r *Reader) association(b []byte) {
	const head = 8
	first := uint16(0)
	if b[0] != tablePAT {
		return
	}
	for b = b[head:]; len(b) >= 4; b = b[4:] {
		number, at := uint16(b[0])<<8|uint16(b[1]), uint16(b[2]&0x1f)<<8|uint16(b[3])
		if number == 0 || at == patPID { // where the network is described
			continue
		}
		if at == r.pmtPID {
			return
		}
		if first == 0 {
			first = at
		}
	}
	if first != 0 {
		r.pmtPID, r.pmt, r.program = first, sections{}, nil
	}
}

// programs takes a PMT.
func (r *Reader) programs(b []byte) {
	const head, version = 12, 5
	if b[0] != tablePMT || len(b) < head {
		return
	}
	b = bytes.Clone(b)
	b[version] = 0 // counts changes that need not concern us
	if bytes.Equal(b, r.program) {
		return
	}
	skip := head + int(b[10]&0xf)<<8 + int(b[11])
	if skip > len(b) {
		r.wrong("a program map is longer than its section")
		return
	}
	r.program = b
	before := r.streams
	r.streams = map[uint16]*Stream{}
	var list []*Stream
	for b = b[skip:]; len(b) >= 5 && len(list) < maxStreams; {
		size := 5 + int(b[3]&0xf)<<8 + int(b[4])
		if size > len(b) {
			r.wrong("a description in a program map is longer than its section")
			break
		}
		if s := r.stream(b[:size], before); s != nil && r.streams[s.PID] == nil {
			r.streams[s.PID] = s
			list = append(list, s)
		}
		b = b[size:]
	}
	for _, s := range before {
		if r.streams[s.PID] != s {
			r.finish(s)
		}
	}
	r.handler.Streams(list)
}

// stream makes one of an entry of a program map; nil if it is not known. One that was there is kept.
func (r *Reader) stream(entry []byte, before map[uint16]*Stream) *Stream {
	at := uint16(entry[1]&0x1f)<<8 | uint16(entry[2])
	p := newParser(StreamType(entry[0]), entry[5:])
	if p == nil {
		return nil
	}
	t, _ := p.track()
	if s := before[at]; s != nil {
		if old, _ := s.Track(); old.Codec == t.Codec || t.Codec == "" && old.Kind == t.Kind {
			return s
		}
	}
	return &Stream{PID: at, Kind: t.Kind, parse: p}
}

// descriptor finds one by its tag; nil if there is none.
func descriptor(list []byte, tag byte) []byte {
	for len(list) >= 2 {
		n := 2 + int(list[1])
		if n > len(list) {
			return nil
		}
		if list[0] == tag {
			return list[2:n]
		}
		list = list[n:]
	}
	return nil
}
