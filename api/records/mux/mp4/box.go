package mp4

import "encoding/binary"

const boxHeader = 8

// boxes are boxes that are being written, one behind the other.
type boxes struct{ b []byte }

func (w *boxes) u16(v uint16)      { w.b = binary.BigEndian.AppendUint16(w.b, v) }
func (w *boxes) u32(v uint32)      { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *boxes) u64(v uint64)      { w.b = binary.BigEndian.AppendUint64(w.b, v) }
func (w *boxes) zeros(n int)       { w.b = append(w.b, make([]byte, n)...) }
func (w *boxes) bytes(data []byte) { w.b = append(w.b, data...) }

// open begins a box, whose size close writes.
func (w *boxes) open(kind string) (at int) {
	at = len(w.b)
	w.u32(0)
	w.b = append(w.b, kind...)
	return at
}

// full is open of a box with a version and flags.
func (w *boxes) full(kind string, version byte, flags uint32) (at int) {
	at = w.open(kind)
	w.u32(uint32(version)<<24 | flags)
	return at
}

func (w *boxes) close(at int) { binary.BigEndian.PutUint32(w.b[at:], uint32(len(w.b)-at)) }

// box is one that is being read.
type box struct {
	kind  string
	whole []byte // with its header
	body  []byte
}

// next takes a box off the front; false if there is none that is whole. Sizes of 64 bits are none of ours, but for media data's.
func next(b []byte) (first box, rest []byte, ok bool) {
	if len(b) < boxHeader {
		return box{}, nil, false
	}
	size := binary.BigEndian.Uint32(b)
	if size < boxHeader || uint64(size) > uint64(len(b)) {
		return box{}, nil, false
	}
	return box{string(b[4:boxHeader]), b[:size], b[boxHeader:size]}, b[size:], true
}

// find is the first box along a path of kinds; false if it is not there.
func find(b []byte, path ...string) (box, bool) {
	for {
		first, rest, ok := next(b)
		switch {
		case !ok:
			return box{}, false
		case first.kind != path[0]:
			b = rest
		case len(path) == 1:
			return first, true
		default:
			b, path = first.body, path[1:]
		}
	}
}
