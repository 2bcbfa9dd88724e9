package enginetest

import (
	"time"

	"github.com/pion/rtp"
	"github.com/pion/rtp/codecs"

	"sluice/engine/media"
)

const mtu = 1200

// Video is a source of VP8 over RTP: frames of a steady size, cut by pion's packetizer. What is in them does not decode,
// but descriptor and frame header are real. One goroutine at a time.
type Video struct {
	FPS      int // 30 if 0
	GOP      int // frames from one key frame to the next; 60 if 0
	KeySize  int // bytes of a key frame; 6000 if 0
	Size     int // bytes of the other frames; 3000 if 0
	Start    time.Time
	frames   int
	sinceKey int
	cutter   rtp.Packetizer
}

// Track describes what the source sends.
func (v *Video) Track() media.Track {
	t := media.NewTrack(media.VP8)
	t.Width, t.Height = 1280, 720
	return t
}

// ForceKey makes the next frame a key frame, from which the GOP is counted anew.
func (v *Video) ForceKey() { v.sinceKey = 0 }

// Frame makes the packets of the next frame. Their arrival is the frame's time.
func (v *Video) Frame() []media.Packet {
	v.begin()
	size, first := v.Size, byte(0x51)
	if v.sinceKey%v.GOP == 0 {
		size, first = v.KeySize, 0x50 // RFC 6386 9.1: bit 0 clear is a key frame
	}
	frame := make([]byte, size)
	frame[0] = first
	at := v.Start.Add(time.Duration(v.frames) * time.Second / time.Duration(v.FPS))
	v.frames++
	v.sinceKey++
	return packets(v.cutter.Packetize(frame, uint32(90000/v.FPS)), at)
}

func (v *Video) begin() {
	if v.cutter != nil {
		return
	}
	v.FPS, v.GOP = orElse(v.FPS, 30), orElse(v.GOP, 60)
	v.KeySize, v.Size = orElse(v.KeySize, 6000), orElse(v.Size, 3000)
	v.cutter = rtp.NewPacketizer(mtu, 96, 0x51d0, &codecs.VP8Payloader{EnablePictureID: true}, rtp.NewFixedSequencer(65000), 90000)
}

// Audio is a source of Opus over RTP: a packet every 20 ms. One goroutine at a time.
type Audio struct {
	Start  time.Time
	frames int
	cutter rtp.Packetizer
}

// Track describes what the source sends.
func (a *Audio) Track() media.Track {
	t := media.NewTrack(media.Opus)
	t.Channels = 2
	return t
}

// Frame makes the next packet. Its arrival is the frame's time.
func (a *Audio) Frame() []media.Packet {
	if a.cutter == nil {
		a.cutter = rtp.NewPacketizer(mtu, 111, 0xa0d1, &codecs.OpusPayloader{}, rtp.NewFixedSequencer(100), 48000)
	}
	at := a.Start.Add(time.Duration(a.frames) * 20 * time.Millisecond)
	a.frames++
	return packets(a.cutter.Packetize(make([]byte, 160), 960), at)
}

func packets(cut []*rtp.Packet, at time.Time) []media.Packet {
	batch := make([]media.Packet, len(cut))
	for i, p := range cut {
		batch[i] = media.Packet{Header: p.Header, Payload: p.Payload, Arrival: at}
	}
	return batch
}

func orElse(n, standard int) int {
	if n == 0 {
		return standard
	}
	return n
}
