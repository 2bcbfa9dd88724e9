// Package speex is the RTP payload format of Speex (RFC 5574): frames of 20 ms, bit behind bit, at 8, 16 and 32 kHz. It
// decodes nothing; of a frame it reads the modes, for its length.
package speex

import "errors"

// Modes of the narrow band that are no coding of sound (speex 1.2, nb_celp.c and the manual's section 9.2).
const (
	modeUser       = 13 // 4 bits of length, a bit, as many bytes
	modeInBand     = 14 // 4 bits of request, by which its length
	modeTerminator = 15
)

const (
	flagBits   = 1 // whether a layer of the wide band follows
	narrowMode = 4
	wideMode   = 3
)

// narrowBits is the length of a narrow band frame by its mode, with flag and mode; 0 if there is no such mode.
func narrowBits(mode int) int {
	return []int{5, 43, 119, 160, 220, 300, 364, 492, 79, 0, 0, 0, 0, 0, 0, 0}[mode]
}

// wideBits is the length of a layer of the wide band by its mode, with flag and mode.
func wideBits(mode int) int { return []int{4, 36, 112, 192, 352, 0, 0, 0}[mode] }

// inBandBits is the length of a request.
func inBandBits(code int) int {
	switch {
	case code < 2:
		return 1
	case code < 8:
		return 4
	case code < 10:
		return 8
	case code < 12:
		return 16
	case code < 14:
		return 32
	}
	return 64
}

var errFrame = errors.New("no frame of Speex, or one that is cut off")

// reader reads bits, highest first. Behind the end it reads ones, which is what a last byte is filled with.
type reader struct {
	data []byte
	at   int
}

func (r *reader) left() int { return len(r.data)*8 - r.at }

func (r *reader) read(n int) (v int) {
	for range n {
		v <<= 1
		if r.left() <= 0 || r.data[r.at/8]>>(7-r.at%8)&1 != 0 {
			v |= 1
		}
		r.at++
	}
	return v
}

// frame passes over the next frame, with the requests before it; false at the end.
func (r *reader) frame() (bool, error) {
	for r.left() > narrowMode {
		start := r.at
		if r.read(flagBits) != 0 {
			return false, errFrame // a wide layer with nothing narrow before it
		}
		switch mode := r.read(narrowMode); mode {
		case modeTerminator:
			r.at = start
			return false, nil
		case modeInBand:
			r.at += inBandBits(r.read(4))
		case modeUser:
			r.at += 1 + 8*r.read(4)
		default:
			n := narrowBits(mode)
			if n == 0 || start+n > len(r.data)*8 {
				return false, errFrame
			}
			r.at = start + n
			return true, r.layers()
		}
	}
	return false, nil
}

// layers passes over what a frame has for the wide band and for the ultra-wide one.
func (r *reader) layers() error {
	for range 2 {
		start := r.at
		if r.left() < flagBits+wideMode || r.read(flagBits) == 0 {
			r.at = start
			return nil
		}
		n := wideBits(r.read(wideMode))
		if n == 0 || start+n > len(r.data)*8 {
			return errFrame
		}
		r.at = start + n
	}
	return nil
}

// writer appends bits.
type writer struct {
	data []byte
	used int // bits of the last byte; 0 if it is full
}

// copy appends bits from one place to another of data.
func (w *writer) copy(data []byte, from, to int) {
	if w.used == 0 && from%8 == 0 {
		whole := from + (to-from)/8*8
		w.data = append(w.data, data[from/8:whole/8]...)
		from = whole
	}
	for ; from < to; from++ {
		w.bit(data[from/8] >> (7 - from%8) & 1)
	}
}

func (w *writer) bit(v byte) {
	if w.used == 0 {
		w.data = append(w.data, 0)
	}
	w.data[len(w.data)-1] |= v << (7 - w.used)
	w.used = (w.used + 1) % 8
}

// fill ends the last byte with a zero and ones (RFC 5574 3.3).
func (w *writer) fill() {
	for v := byte(0); w.used != 0; v = 1 {
		w.bit(v)
	}
}
