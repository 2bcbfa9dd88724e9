package reel

import (
	"encoding/binary"
	"io"
)

// box is a box of an MP4 file (ISO 14496-12 4.2): its type and what is in it.
type box struct {
	kind string
	body []byte
}

// boxes lists those that lie one behind another; one that is cut off ends the list.
func boxes(b []byte) []box {
	var out []box
	for len(b) >= 8 {
		size, head := uint64(binary.BigEndian.Uint32(b)), uint64(8)
		switch {
		case size == 1 && len(b) >= 16:
			size, head = binary.BigEndian.Uint64(b[8:]), 16
		case size == 0:
			size = uint64(len(b))
		}
		if size < head || size > uint64(len(b)) {
			break
		}
		out = append(out, box{string(b[4:8]), b[head:size]})
		b = b[size:]
	}
	return out
}

// inside is what is in the box of a path of types, the first of each; nil if there is none.
func inside(b []byte, path ...string) []byte {
	for _, kind := range path {
		found := false
		for _, x := range boxes(b) {
			if x.kind == kind {
				b, found = x.body, true
				break
			}
		}
		if !found {
			return nil
		}
	}
	return b
}

// top is a box of a file that is not read yet.
type top struct {
	kind     string
	at, size int64 // of what is in it
	next     int64
}

// topAt reads the head of the box that begins somewhere; io.EOF behind the last.
func topAt(file io.ReaderAt, at, size int64) (top, error) {
	var head [16]byte
	if size-at < 8 {
		return top{}, io.EOF
	}
	n, _ := file.ReadAt(head[:min(16, size-at)], at)
	if n < 8 {
		return top{}, io.EOF
	}
	long, body := int64(binary.BigEndian.Uint32(head[:])), int64(8)
	switch long {
	case 0:
		long = size - at
	case 1:
		long, body = int64(binary.BigEndian.Uint64(head[8:])), 16
		if n < 16 {
			return top{}, io.EOF
		}
	}
	if long < body || long > size-at {
		if kind := string(head[4:8]); kind != "mdat" { // of a file that still grows, the last one may not be whole
			return top{}, io.EOF
		}
		long = size - at
	}
	return top{string(head[4:8]), at + body, long - body, at + long}, nil
}

// fields reads numbers from the beginning of a box on; zeros behind its end.
type fields struct {
	b     []byte
	short bool
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.b) {
		f.short, f.b = true, nil
		return make([]byte, max(min(n, 8), 0))
	}
	out := f.b[:n:n]
	f.b = f.b[n:]
	return out
}

func (f *fields) u8() byte    { return f.take(1)[0] }
func (f *fields) u16() int    { return int(binary.BigEndian.Uint16(f.take(2))) }
func (f *fields) u32() uint32 { return binary.BigEndian.Uint32(f.take(4)) }
func (f *fields) u64() uint64 { return binary.BigEndian.Uint64(f.take(8)) }

// whole is a version and flags.
func (f *fields) whole() (version byte, flags uint32) {
	v := f.u32()
	return byte(v >> 24), v & 0xffffff
}

// wide is a number of 64 bits in version 1, and of 32 in version 0.
func (f *fields) wide(version byte) uint64 {
	if version == 1 {
		return f.u64()
	}
	return uint64(f.u32())
}
