package aac

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// NewDepacketizer makes a depacketizer of a track. Each frame becomes a unit. It is our own because gortsplib's (5.6.4)
// refuses the fragments of everybody who follows RFC 3640, GStreamer among them: it takes the size of the whole frame for
// the fragment's. Both are understood here. A frame has at most 8191 bytes, so there is no limit to set.
func NewDepacketizer(t media.Track) payload.Depacketizer {
	return payload.NewFramer(&framing{lasts: frameLasts(t), unsure: true})
}

// framing reads payloads and gathers the fragments of one frame.
type framing struct {
	lasts time.Duration

	unsure bool // whether the next packet begins a frame
	open   bool
	pts    time.Duration
	whole  int  // size of the frame, by the header of its first fragment
	each   bool // all headers so far gave the size of their fragment
	frame  []byte
}

var (
	errHeaders = errors.New("the AU headers are cut off, or not of 16 bits each")
	errData    = errors.New("the frames are not as long as their headers say")
	errIndex   = errors.New("frames are interleaved")
	errParts   = errors.New("the fragments do not make up their frame")
)

// Take implements payload.Framing.
func (f *framing) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	headers, data, err := split(p.Payload)
	if err != nil {
		return dst, err
	}
	if f.open || !p.Header.Marker {
		return f.fragment(dst, p, headers, data)
	}
	pts, rest := p.PTS, f.unsure && len(headers) == headerSize
	f.unsure = false
	for i := 0; i < len(headers); i += headerSize {
		size, err := sizeOf(headers[i:])
		switch {
		case err != nil:
			return dst, err
		case size > len(data) && rest:
			return dst, payload.ErrRest
		case size > len(data):
			return dst, errData
		}
		dst = append(dst, media.Unit{PTS: pts, AU: [][]byte{data[:size:size]}})
		data, pts = data[size:], pts+f.lasts
	}
	return dst, nil
}

// split gives the AU headers and the data behind them.
func split(p []byte) (headers, data []byte, err error) {
	if len(p) < lengthSize {
		return nil, nil, errHeaders
	}
	bits := int(binary.BigEndian.Uint16(p))
	p = p[lengthSize:]
	if bits == 0 || bits%headerBits != 0 || bits/8 >= len(p) {
		return nil, nil, errHeaders
	}
	return p[:bits/8], p[bits/8:], nil
}

func sizeOf(header []byte) (int, error) {
	h := binary.BigEndian.Uint16(header)
	switch {
	case h&indexMask != 0:
		return 0, errIndex
	case h>>indexBits == 0:
		return 0, errData
	}
	return int(h >> indexBits), nil
}

// fragment takes a piece of a frame; the marker is on the last one.
func (f *framing) fragment(dst []media.Unit, p *media.Packet, headers, data []byte) ([]media.Unit, error) {
	size, err := sizeOf(headers)
	switch {
	case err != nil:
		return dst, err
	case len(headers) != headerSize:
		return dst, errParts
	}
	if !f.open {
		f.open, f.pts, f.whole, f.each, f.frame = true, p.PTS, size, true, f.frame[:0]
	}
	f.each = f.each && size == len(data)
	f.frame = append(f.frame, data...)
	if len(f.frame) > maxAU {
		return dst, errParts
	}
	if !p.Header.Marker {
		return dst, nil
	}
	switch sure := !f.unsure; {
	case len(f.frame) == f.whole, f.each && sure:
	case sure:
		return dst, errParts
	default:
		return dst, payload.ErrRest
	}
	f.open, f.unsure = false, false
	return append(dst, media.Unit{PTS: f.pts, AU: [][]byte{bytes.Clone(f.frame)}}), nil
}

// Open implements payload.Framing.
func (f *framing) Open() bool { return f.open }

// Reset implements payload.Framing.
func (f *framing) Reset() { f.open, f.unsure = false, true }
