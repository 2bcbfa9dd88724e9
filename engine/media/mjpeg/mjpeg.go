// Package mjpeg is the RTP payload format of Motion JPEG (RFC 2435), as cameras send it: each picture is a unit, and a key one.
// It gathers what comes, by gortsplib's decoder, and does not cut pictures into packets; it decodes nothing.
package mjpeg

import (
	"errors"

	"github.com/bluenviron/gortsplib/v5/pkg/format/rtpmjpeg"
	"github.com/pion/rtp"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// maxPackets is how many packets one picture may have. Its size is bounded by the format to 16 MiB, but gortsplib (5.6.4) keeps
// packets with nothing in them, too.
const maxPackets = 16 << 10

// NewDepacketizer makes a depacketizer.
func NewDepacketizer() payload.Depacketizer { return payload.NewFramer(new(framing)) }

// framing gathers one picture.
type framing struct {
	decoder rtpmjpeg.Decoder
	packets int // of the picture that is open
}

var (
	errPackets = errors.New("a picture of too many packets")
	errEnd     = errors.New("a picture without an end")
)

// Take implements payload.Framing.
func (f *framing) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	if f.packets++; f.packets > maxPackets {
		f.Reset()
		return dst, errPackets
	}
	// Only the payload and the marker are looked at, and neither is changed.
	picture, err := f.decoder.Decode(&rtp.Packet{Header: rtp.Header{Marker: p.Header.Marker}, Payload: p.Payload})
	switch {
	case errors.Is(err, rtpmjpeg.ErrMorePacketsNeeded):
		return dst, nil
	case errors.Is(err, rtpmjpeg.ErrNonStartingPacketAndNoPrevious):
		return dst, payload.ErrRest
	}
	f.packets = 0
	if err != nil {
		return dst, err
	}
	if len(picture) == 0 {
		return dst, errEnd
	}
	return append(dst, media.Unit{PTS: p.PTS, AU: [][]byte{picture}}), nil
}

// Open implements payload.Framing.
func (f *framing) Open() bool { return f.packets > 0 }

// Reset implements payload.Framing.
func (f *framing) Reset() { f.decoder, f.packets = rtpmjpeg.Decoder{}, 0 }
