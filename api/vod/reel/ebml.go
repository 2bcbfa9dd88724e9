package reel

import (
	"encoding/binary"
	"io"
	"math"
)

// Elements of Matroska (RFC 9559 5).
const (
	idSegment, idInfo, idScale            = 0x18538067, 0x1549a966, 0x2ad7b1
	idTracks, idTrack, idNumber           = 0x1654ae6b, 0xae, 0xd7
	idCodec, idPrivate, idEncodings       = 0x86, 0x63a2, 0x6d80
	idVideo, idWidth, idHeight            = 0xe0, 0xb0, 0xba
	idAudio, idRate, idChannels           = 0xe1, 0xb5, 0x9f
	idCluster, idTime, idSimple           = 0x1f43b675, 0xe7, 0xa3
	idGroup, idBlock, idReference         = 0xa0, 0xa1, 0xfb
	unknownSize                     int64 = -1
)

// ebml is a part of an EBML document (RFC 8794) that is read from the beginning on.
type ebml struct{ from io.Reader }

// number reads a number of variable length; with its mark for ids, and without for sizes.
func (e ebml) number(marked bool) (n int64, err error) {
	var b [8]byte
	if _, err := io.ReadFull(e.from, b[:1]); err != nil {
		return 0, err
	}
	length := 1
	for mask := byte(0x80); length <= 8 && b[0]&mask == 0; mask >>= 1 {
		length++
	}
	if length > 8 || marked && length > 4 {
		return 0, bad("an element of the file cannot be read")
	}
	if _, err := io.ReadFull(e.from, b[1:length]); err != nil {
		return 0, err
	}
	all := !marked
	if !marked {
		mask := byte(0xff) >> length
		all = b[0]&mask == mask
		b[0] &= mask
	}
	for i, c := range b[:length] {
		n = n<<8 | int64(c)
		all = all && (i == 0 || c == 0xff)
	}
	if all {
		return unknownSize, nil
	}
	return n, nil
}

// element reads the head of the next element.
func (e ebml) element() (id, size int64, err error) {
	if id, err = e.number(true); err != nil {
		return 0, 0, err
	}
	size, err = e.number(false)
	return id, size, err
}

// body reads what is in an element.
func (e ebml) body(size int64, before int) ([]byte, error) {
	if size < 0 || size > maxUnit {
		return nil, bad("an element of the file has %d bytes", size)
	}
	b := make([]byte, before+int(size))
	_, err := io.ReadFull(e.from, b[before:])
	return b, err
}

// atom is an element whose content is in memory.
type atom struct {
	id   int64
	body []byte
}

// atoms lists the elements in b; one that is cut off ends the list.
func atoms(b []byte) []atom {
	var out []atom
	for len(b) > 0 {
		r := &slice{b}
		id, size, err := ebml{r}.element()
		if err != nil || size < 0 || size > int64(len(r.b)) {
			break
		}
		out = append(out, atom{id, r.b[:size]})
		b = r.b[size:]
	}
	return out
}

// slice is an io.Reader of bytes that tells what is left.
type slice struct{ b []byte }

// Read implements io.Reader.
func (s *slice) Read(p []byte) (int, error) {
	if len(s.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.b)
	s.b = s.b[n:]
	return n, nil
}

// whole is a number without sign.
func (a atom) whole() int64 {
	var n int64
	for _, c := range a.body[:min(len(a.body), 8)] {
		n = n<<8 | int64(c)
	}
	return n
}

// float is a number with a fraction.
func (a atom) float() float64 {
	switch len(a.body) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(a.body)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(a.body))
	}
	return 0
}
