// Package mpa is the RTP payload format of MPEG audio, MP3 and MP2 (RFC 2250 3.5). It decodes nothing; of a frame it reads
// the header, for its length.
package mpa

import (
	"encoding/binary"
	"errors"
	"time"
)

// Header tells of a frame what its first 4 bytes do (ISO 11172-3 2.4.1.3, ISO 13818-3 2.4.2.3). It is our own because
// mediacommon's (2.9.3) takes frames of MP3 at 16 to 24 kHz for twice as long as they are, and does not know MPEG 2.5.
type Header struct {
	Layer   int // 2 or 3
	Rate    int // samples a second
	Samples int // a frame, of each channel
	Size    int // bytes, with the header
}

var errHeader = errors.New("no header of a frame of MPEG audio, layer 2 or 3")

const frameHeader = 4

// ParseHeader reads the header at the beginning of b. Free bit rates are not understood, as their length is not in the
// header.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < frameHeader || binary.BigEndian.Uint16(b)>>5 != 1<<11-1 {
		return Header{}, errHeader
	}
	version, layer, kbits, rate := b[1]>>3&3, 4-b[1]>>1&3, b[2]>>4, b[2]>>2&3
	if version == 1 || layer < 2 || layer > 3 || kbits == 0 || kbits == 15 || rate == 3 {
		return Header{}, errHeader
	}
	h := Header{Layer: int(layer), Rate: sampleRate(version, rate), Samples: 1152}
	if version != version1 && layer == 3 {
		h.Samples = 576
	}
	h.Size = h.Samples/8*1000*bitRate(version, layer, kbits)/h.Rate + int(b[2]>>1&1)
	return h, nil
}

const (
	version1  = 3
	version25 = 0
)

func sampleRate(version, index byte) int {
	rate := []int{44100, 48000, 32000}[index]
	switch version {
	case version1:
		return rate
	case version25:
		return rate / 4
	}
	return rate / 2
}

// bitRate is in kbit/s.
func bitRate(version, layer, index byte) int {
	switch {
	case version != version1:
		return []int{8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[index-1]
	case layer == 2:
		return []int{32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384}[index-1]
	}
	return []int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[index-1]
}

// Lasts is how long the frame lasts.
func (h Header) Lasts() time.Duration {
	return time.Duration(h.Samples) * time.Second / time.Duration(h.Rate)
}
