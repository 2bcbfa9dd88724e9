package webm

import (
	"encoding/binary"
	"math"
)

// IDs of elements (RFC 8794 11, RFC 9559 27.1), with their length markers.
const (
	idEBML        = 0x1a45dfa3
	idVersion     = 0x4286
	idReadVersion = 0x42f7
	idMaxID       = 0x42f2
	idMaxSize     = 0x42f3
	idDocType     = 0x4282
	idDocVersion  = 0x4287
	idDocRead     = 0x4285
	idVoid        = 0xec

	idSegment  = 0x18538067
	idSeekHead = 0x114d9b74
	idSeek     = 0x4dbb
	idSeekID   = 0x53ab
	idSeekPos  = 0x53ac

	idInfo       = 0x1549a966
	idScale      = 0x2ad7b1
	idDuration   = 0x4489
	idMuxingApp  = 0x4d80
	idWritingApp = 0x5741

	idTracks       = 0x1654ae6b
	idTrackEntry   = 0xae
	idTrackNumber  = 0xd7
	idTrackUID     = 0x73c5
	idTrackType    = 0x83
	idLacing       = 0x9c
	idCodecID      = 0x86
	idCodecPrivate = 0x63a2
	idSeekPreRoll  = 0x56bb
	idVideo        = 0xe0
	idWidth        = 0xb0
	idHeight       = 0xba
	idAudio        = 0xe1
	idRate         = 0xb5
	idChannels     = 0x9f

	idCluster     = 0x1f43b675
	idTimestamp   = 0xe7
	idSimpleBlock = 0xa3

	idCues      = 0x1c53bb6b
	idCuePoint  = 0xbb
	idCueTime   = 0xb3
	idCuePlaces = 0xb7
	idCueTrack  = 0xf7
	idCuePlace  = 0xf1
)

// elements are elements that are being written, one behind the other.
type elements struct{ b []byte }

// id writes an ID, whose length is in itself.
func (e *elements) id(id uint32) {
	for shift := 24; shift >= 0; shift -= 8 {
		if part := id >> shift; part != 0 {
			e.b = append(e.b, byte(part))
		}
	}
}

// size8 writes a size in eight bytes, whatever it is (RFC 8794 4).
func (e *elements) size8(n int64) { e.b = binary.BigEndian.AppendUint64(e.b, 1<<56|uint64(n)) }

// size4 writes a size in four bytes; it must be less than 2^28-1.
func (e *elements) size4(n int) { e.b = binary.BigEndian.AppendUint32(e.b, 1<<28|uint32(n)) }

// open begins an element with others in it, whose size close writes.
func (e *elements) open(id uint32) (at int) {
	e.id(id)
	at = len(e.b)
	e.size8(0)
	return at
}

func (e *elements) close(at int) {
	binary.BigEndian.PutUint64(e.b[at:], 1<<56|uint64(len(e.b)-at-8))
}

func (e *elements) uint(id uint32, v uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	short := b[:]
	for len(short) > 1 && short[0] == 0 {
		short = short[1:]
	}
	e.bytes(id, short)
}

func (e *elements) float(id uint32, v float64) {
	e.bytes(id, binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))
}

func (e *elements) text(id uint32, v string) { e.bytes(id, []byte(v)) }

// bytes writes an element with what it holds, which must be shorter than 127 bytes or takes a size of four.
func (e *elements) bytes(id uint32, v []byte) {
	const short = 127
	e.id(id)
	if len(v) < short {
		e.b = append(e.b, 0x80|byte(len(v)))
	} else {
		e.size4(len(v))
	}
	e.b = append(e.b, v...)
}

// void fills up to a length of at least two bytes and less than 129.
func (e *elements) void(n int) {
	e.b = append(e.b, idVoid, 0x80|byte(n-2))
	e.b = append(e.b, make([]byte, n-2)...)
}

// element is one that is being read.
type element struct {
	id   uint32
	head int   // bytes before what it holds
	size int64 // of what it holds; unknown if it says so
}

const unknown = int64(-1)

// read reads what an element begins with; false if that is not whole, or not one.
func read(b []byte) (element, bool) {
	id, n := vint(b, 4)
	if n == 0 {
		return element{}, false
	}
	raw, m := vint(b[n:], 8)
	if m == 0 {
		return element{}, false
	}
	size := int64(raw &^ (1 << (7 * m))) // without the marker
	if size == 1<<(7*m)-1 {
		size = unknown
	}
	return element{uint32(id), n + m, size}, true
}

// vint reads a number of variable length with its marker; a length of 0 if it is none of at most some bytes.
func vint(b []byte, most int) (v uint64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = 1
	for b[0]>>(8-n) == 0 {
		n++
	}
	if n > most || n > len(b) {
		return 0, 0
	}
	for _, c := range b[:n] {
		v = v<<8 | uint64(c)
	}
	return v, n
}
