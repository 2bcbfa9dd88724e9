package hub

import (
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
	"sluice/engine/media/av1"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/vp8"
	"sluice/engine/media/vp9"
)

// lookAtPackets tells units apart by their timestamps and key frames by their codec.
func lookAtPackets(c media.Codec, line *media.Timeline) func(*media.Packet) fanout.Glance {
	isKey := keyPacket(c)
	var now, before uint32 // timestamps of the newest unit and of the one before it
	return func(p *media.Packet) fanout.Glance {
		// A packet of the unit before is a late one, and does not begin that unit again.
		ts := p.Header.Timestamp
		first := ts != now && ts != before
		if first {
			now, before = ts, now
		}
		return fanout.Glance{
			At: line.At(p.Arrival), Bytes: p.Bytes(), Size: p.Size(), First: first, Key: ts == now && isKey != nil && isKey(p.Payload),
		}
	}
}

// lookAtUnits believes what units say of themselves.
func lookAtUnits(c media.Codec) func(*media.Unit) fanout.Glance {
	return func(u *media.Unit) fanout.Glance {
		return fanout.Glance{At: u.DTS, Bytes: u.Bytes(), Size: u.Size(), First: true, Key: u.Key || intra(c)}
	}
}

// keyPacket is how key frames of a codec are told from a packet; nil for audio and data. Where they cannot be told, every
// frame passes for one: a picture that is broken at first is better than none.
func keyPacket(c media.Codec) func([]byte) bool {
	switch c {
	case media.H264:
		return h264.KeyPacket
	case media.H265:
		return h265.KeyPacket
	case media.VP8:
		return vp8.KeyPacket
	case media.VP9:
		return vp9.KeyPacket
	case media.AV1:
		return av1.KeyPacket
	}
	if c.Kind() == media.Video {
		return func([]byte) bool { return true }
	}
	return nil
}

// intra codecs code every picture by itself.
func intra(c media.Codec) bool { return c == media.MJPEG }
