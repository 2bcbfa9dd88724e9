package send

import (
	"sluice/engine/media"
	"sluice/engine/media/av1"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/vp8"
	"sluice/engine/media/vp9"
)

// keyPacket tells packets at which decoding can begin; nil if they cannot be told, or need not be.
func keyPacket(c media.Codec) func(payload []byte) bool {
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
	return nil
}
