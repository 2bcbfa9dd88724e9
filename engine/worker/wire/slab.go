package wire

import "sluice/engine/media"

// What is allocated at a time for units that are kept. Neighbours of one track share memory, since they are kept and
// dropped together; one that is kept alone holds no more than this.
const (
	slabBytes = 16 << 10
	slabUnits = 16
	slabParts = 32
	slabMost  = slabBytes / 4 // a larger unit gets memory of its own
)

// slab gives units memory of their own, many with one allocation. It belongs to one goroutine; the units do not.
type slab struct {
	bytes []byte
	units []media.Unit
	parts [][]byte
}

// keep copies the unit.
func (s *slab) keep(u *media.Unit) *media.Unit {
	if len(s.units) == 0 {
		s.units = make([]media.Unit, slabUnits)
	}
	out := &s.units[0]
	s.units = s.units[1:]
	*out = *u
	out.AU = s.heads(len(u.AU))
	store := s.room(u.Bytes())
	for i, part := range u.AU {
		n := copy(store, part)
		out.AU[i], store = store[:n:n], store[n:]
	}
	return out
}

func (s *slab) heads(n int) [][]byte {
	if n > slabParts {
		return make([][]byte, n)
	}
	if len(s.parts) < n {
		s.parts = make([][]byte, slabParts)
	}
	out := s.parts[:n:n]
	s.parts = s.parts[n:]
	return out
}

func (s *slab) room(n int) []byte {
	if n > slabMost {
		return make([]byte, n)
	}
	if len(s.bytes) < n {
		s.bytes = make([]byte, slabBytes)
	}
	out := s.bytes[:n:n]
	s.bytes = s.bytes[n:]
	return out
}
