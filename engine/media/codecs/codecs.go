// Package codecs chooses the RTP payload format of a track: whose packetizer cuts its units and whose depacketizer gathers
// them. It reads of the track what SDP said (clock rate, channels, fmtp, parameter sets), and neither parses nor writes SDP.
package codecs

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/aac"
	"sluice/engine/media/audio"
	"sluice/engine/media/av1"
	"sluice/engine/media/h264"
	"sluice/engine/media/h265"
	"sluice/engine/media/mjpeg"
	"sluice/engine/media/mpa"
	"sluice/engine/media/payload"
	"sluice/engine/media/speex"
	"sluice/engine/media/vp8"
	"sluice/engine/media/vp9"
)

// Packing says how payloads are to be.
type Packing struct {
	Size int // of a payload in bytes, at most; payload.DefaultSize if 0
	// PTime is how long a packet of G.711, G.722, G.729 or Speex lasts, as far as the size permits; every unit goes by
	// itself if it is 0. The other codecs do not heed it.
	PTime time.Duration
}

// NewPacketizer makes a packetizer for a track. H.264 is cut into fragments only if the track's fmtp has
// packetization-mode=1, as RFC 6184 8.1 wants it. An unknown codec is fault.CodecNotAvailable, an impossible Packing
// fault.InvalidParams.
func NewPacketizer(t media.Track, how Packing) (payload.Packetizer, error) {
	size, err := payload.CheckSize(how.Size)
	if err != nil {
		return nil, err
	}
	if how.PTime < 0 {
		return nil, fault.New(fault.InvalidParams, "", "packets cannot last %s", how.PTime)
	}
	switch t.Codec {
	case media.Opus:
		return audio.NewOpusPacketizer(size), nil
	case media.PCMU, media.PCMA, media.G722:
		return audio.NewStreamPacketizer(audio.Samples(t.Channels), size, how.PTime), nil
	case media.G729:
		return audio.NewStreamPacketizer(audio.G729(), size, how.PTime), nil
	case media.G726:
		return audio.NewG726Packetizer(t, audio.NewStreamPacketizer(audio.G726(), size, how.PTime)), nil
	case media.Speex:
		return speex.NewPacketizer(size, how.PTime), nil
	case media.AAC:
		return aac.NewPacketizer(t, size), nil
	case media.MP3, media.MP2:
		return mpa.NewPacketizer(size), nil
	case media.H264:
		return h264.NewPacketizer(size, t.FMTP["packetization-mode"] != "1", t.Extra), nil
	case media.H265:
		return h265.NewPacketizer(size, t.Extra), nil
	case media.VP8:
		return vp8.NewPacketizer(size, random()), nil
	case media.VP9:
		return vp9.NewPacketizer(size, random()), nil
	case media.AV1:
		return av1.NewPacketizer(size), nil
	}
	return nil, unknown(t)
}

// NewDepacketizer makes a depacketizer for a track. The limit is in bytes of a unit, payload.DefaultLimit if 0. An unknown
// codec is fault.CodecNotAvailable.
func NewDepacketizer(t media.Track, limit int) (payload.Depacketizer, error) {
	switch t.Codec {
	case media.Opus, media.PCMU, media.PCMA, media.G722:
		return audio.NewDepacketizer(), nil
	case media.G729:
		return audio.NewG729Depacketizer(), nil
	case media.G726:
		return audio.NewG726Depacketizer(t), nil
	case media.Speex:
		return speex.NewDepacketizer(), nil
	case media.AAC:
		return aac.NewDepacketizer(t), nil
	case media.MP3, media.MP2:
		return mpa.NewDepacketizer(), nil
	case media.H264:
		return h264.NewDepacketizer(t.Extra, limit), nil
	case media.H265:
		return h265.NewDepacketizer(t.Extra, limit), nil
	case media.VP8:
		return vp8.NewDepacketizer(limit), nil
	case media.VP9:
		return vp9.NewDepacketizer(limit), nil
	case media.AV1:
		return av1.NewDepacketizer(limit), nil
	case media.MJPEG:
		return mjpeg.NewDepacketizer(), nil
	}
	return nil, unknown(t)
}

func unknown(t media.Track) error {
	return fault.New(fault.CodecNotAvailable, "", "no RTP payload format is known for %s", t).
		Advise("convert the track to Opus or H.264, which every peer takes")
}

// random is where picture IDs begin (RFC 7741 4.2, RFC 9628 4.2).
func random() uint16 {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return binary.BigEndian.Uint16(b[:])
}
