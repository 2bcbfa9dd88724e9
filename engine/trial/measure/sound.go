package measure

import (
	"encoding/binary"
	"math"

	"sluice/engine/caps"
)

// Sound is a raw format of sound: what caps say of it.
type Sound struct {
	Rate, Channels int
	read           func([]byte) float64 // one sample, full scale is 1
	size           int                  // bytes of a sample
	apart          bool                 // each channel's samples lie together, buffer by buffer
}

const (
	maxRate     = 768_000
	maxChannels = 64
)

// NewSound reads caps. A format that cannot be measured, or none of sound, is fault.InvalidParams.
func NewSound(c caps.Caps) (Sound, error) {
	s := Sound{Rate: number(c, "rate"), Channels: number(c, "channels"), apart: word(c, "layout") == "non-interleaved"}
	if !isType(c, "audio/x-raw") || s.Rate < 1000 || s.Rate > maxRate || s.Channels < 1 || s.Channels > maxChannels {
		return s, unreadable(c)
	}
	switch word(c, "format") {
	case "S16LE":
		s.size, s.read = 2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) / (1 << 15) }
	case "S16BE":
		s.size, s.read = 2, func(b []byte) float64 { return float64(int16(binary.BigEndian.Uint16(b))) / (1 << 15) }
	case "S24LE":
		s.size, s.read = 3, func(b []byte) float64 {
			return float64(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 31)
		}
	case "S32LE":
		s.size, s.read = 4, func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) / (1 << 31) }
	case "F32LE":
		s.size, s.read = 4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }
	case "F64LE":
		s.size, s.read = 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	case "S8":
		s.size, s.read = 1, func(b []byte) float64 { return float64(int8(b[0])) / (1 << 7) }
	case "U8":
		s.size, s.read = 1, func(b []byte) float64 { return (float64(b[0]) - 128) / (1 << 7) }
	default:
		return s, unreadable(c)
	}
	return s, nil
}

// Frames counts the samples of each channel in a buffer.
func (s Sound) Frames(data []byte) int { return len(data) / (s.size * s.Channels) }

// sample is one sample of a buffer. What is no number is none: it would spoil every sum.
func (s Sound) sample(data []byte, frame, channel, frames int) float64 {
	i := frame*s.Channels + channel
	if s.apart {
		i = channel*frames + frame
	}
	v := s.read(data[i*s.size:])
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
