package picture

import (
	"bytes"

	"sluice/engine/media"
	"sluice/engine/media/av1"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/vp8"
	"sluice/engine/media/vp9"
)

// maxHeader bounds what is remembered of headers, in bytes: a parameter set with all its lists has less.
const maxHeader = 1024

// Finder follows the shape of one track, and tells which packets begin key frames. Headers that are repeated are not read
// again, and packets that hold none cost nothing. Not for several goroutines at once.
type Finder struct {
	// packet tells whether a packet begins a key frame, and gives the header in it, or what there is of it.
	packet func(payload []byte) (key bool, header []byte)
	unit   func(au [][]byte) (header []byte)
	// What reads the one and the other.
	ofPacket, ofUnit func(header []byte) (Shape, bool)

	codec media.Codec
	shape Shape
	last  []byte
}

// NewFinder makes a finder for a track, of whose parameter sets it knows already what it is told apart (Track.Extra). It is
// nil for audio and data. Of video that cannot be looked into every packet passes for the beginning of a key frame: a
// picture that is broken at first is better than none.
func NewFinder(t media.Track) *Finder {
	f := &Finder{codec: t.Codec, shape: Shape{Reorder: Unsaid}}
	switch t.Codec {
	case media.H264:
		f.packet, f.unit, f.ofPacket, f.ofUnit = h264.Inspect, h264.SPS, ofH264, ofH264
	case media.H265:
		f.packet, f.unit, f.ofPacket, f.ofUnit = h265.Inspect, h265.SPS, ofH265, ofH265
	case media.VP8:
		f.packet, f.unit, f.ofPacket, f.ofUnit = vp8Packet, frameHead, ofVP8, ofVP8
	case media.VP9:
		f.packet, f.unit, f.ofPacket, f.ofUnit = vp9Packet, frameHead, ofVP9Packet, ofVP9
	case media.AV1:
		f.packet, f.unit, f.ofPacket, f.ofUnit = av1.Inspect, av1.Sequence, ofAV1, ofAV1
	case media.MPEG1:
		f.packet, f.unit, f.ofUnit = anyPacket, frameHead, ofMPEG1
	default:
		if t.Kind != media.Video {
			return nil
		}
		f.packet = anyPacket
		f.unit = func([][]byte) []byte { return nil }
	}
	f.learn(f.unit(t.Extra), f.ofUnit)
	return f
}

// Packet tells whether a packet's payload begins a key frame, and whether the shape is another than before.
func (f *Finder) Packet(payload []byte) (key, changed bool) {
	key, header := f.packet(payload)
	return key, header != nil && f.learn(header, f.ofPacket)
}

// Unit takes the parts of a key unit and tells whether the shape is another than before.
func (f *Finder) Unit(au [][]byte) (changed bool) { return f.learn(f.unit(au), f.ofUnit) }

// Shape is the newest that was found.
func (f *Finder) Shape() Shape { return f.shape }

// MayReorder tells whether pictures can be shown in another order than they are coded in, by what is known of the stream.
func (f *Finder) MayReorder() bool {
	return f.shape.Reorder != 0 && (f.codec == media.H264 || f.codec == media.H265)
}

// Reorders takes a packet that seems to be of a picture shown before another that was sent before it, and tells whether
// that can be so: a network, too, gives packets another order. H.264 says it of each picture, H.265 of the stream.
func (f *Finder) Reorders(payload []byte) bool {
	if f.codec == media.H264 {
		return f.shape.Reorder != 0 && h264.Bidirectional(payload)
	}
	return f.codec == media.H265 && f.shape.Reorder > 0
}

func (f *Finder) learn(header []byte, read func([]byte) (Shape, bool)) (changed bool) {
	if len(header) == 0 || len(header) > maxHeader || bytes.Equal(header, f.last) {
		return false
	}
	f.last = append(f.last[:0], header...)
	shape, ok := read(header)
	if !ok || shape == f.shape {
		return false
	}
	f.shape = shape
	return true
}

// head is how much of a frame holds its size, at most.
const head = 64

func vp8Packet(payload []byte) (key bool, header []byte) {
	key, frame := vp8.Inspect(payload)
	return key, frame[:min(len(frame), head)]
}

func vp9Packet(payload []byte) (key bool, header []byte) {
	if !vp9.KeyPacket(payload) {
		return false, nil
	}
	return true, payload[:min(len(payload), maxHeader)]
}

// anyPacket is for codecs whose packets are not looked into.
func anyPacket([]byte) (key bool, header []byte) { return true, nil }

func frameHead(au [][]byte) []byte {
	if len(au) == 0 {
		return nil
	}
	return au[0][:min(len(au[0]), head)]
}
