// Package forms makes access units of RTP packets and RTP packets of access units, for the hub: a jitter buffer and a
// depacketizer with decoding times, or a packetizer with RTP headers. The payload formats themselves are in the packages
// below media; who wants which form, and that each is made once for all, is the hub's business. Nothing is decoded, and
// there is neither a goroutine nor a clock: time is when packets arrived.
package forms

import (
	"crypto/rand"
	"encoding/binary"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
)

// What is used if Options do not say.
const (
	// standardWait leaves a retransmission time to come back from the other side of the world.
	standardWait = 200 * time.Millisecond
	// standardPTime is how long a packet of G.711 and its like lasts (RFC 3551 4.2), which every phone takes.
	standardPTime = 20 * time.Millisecond
)

// Options are what forms are made with. The zero Options will do.
type Options struct {
	Size  int           // of an RTP payload in bytes, at most; 0: payload.DefaultSize
	Wait  time.Duration // how long to wait for a packet that is missing while others come; 0: 200 ms
	Limit int           // of an access unit that packets make, in bytes; 0: payload.DefaultLimit
}

// Forms implements hub.Forms. It is a value that is not changed, so it is safe for concurrent use.
type Forms struct{ opt Options }

// New makes forms.
func New(opt Options) *Forms {
	if opt.Wait <= 0 {
		opt.Wait = standardWait
	}
	return &Forms{opt: opt}
}

// Assembler implements hub.Forms. Packets are put in order as long as a missing one may still come; a unit of which one is
// missing all the same is left out, and of video all units behind it up to the next key frame, which is asked for. Units
// get times to decode them at, which rise and are at most those to show them at, but for the first few of a stream that
// says nothing of its order. A codec whose payload format is not known is fault.CodecNotAvailable.
func (f *Forms) Assembler(t media.Track, aid hub.Aid) (hub.Maker[media.Packet, media.Unit], error) {
	d, err := codecs.NewDepacketizer(t, f.opt.Limit)
	if err != nil {
		return nil, err
	}
	opt := f.opt
	if aid.Wait > 0 {
		opt.Wait = aid.Wait
	}
	return newAssembler(t, d, opt, aid), nil
}

// Packetiser implements hub.Forms. All packets of a frame have the same size but the last, as far as the payload format
// permits: parameter sets and slices each end a row of them. H.264 is cut in packetization mode 1 (RFC 6184), whatever the
// track's fmtp says. Timestamps are the units' PTS at the track's clock rate, without an offset; sequence numbers begin
// anywhere and have no gaps. A track without a clock rate and a codec whose payload format is not known are
// fault.CodecNotAvailable.
func (f *Forms) Packetiser(t media.Track, aid hub.Aid) (hub.Maker[media.Unit, media.Packet], error) {
	if t.ClockRate == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "", "%s: %s has no RTP clock rate", t.Kind, t).
			Advise("the source must say the track's clock rate")
	}
	if t.Codec == media.H264 {
		t.FMTP = map[string]string{"packetization-mode": "1"}
	}
	p, err := codecs.NewPacketizer(t, codecs.Packing{Size: f.opt.Size, PTime: standardPTime})
	if err != nil {
		return nil, err
	}
	return &packetiser{
		packetizer: p, aid: aid, rate: int64(t.ClockRate), keyed: t.Kind == media.Video,
		sequence: uint16(random()), source: random(),
	}, nil
}

// random is where sequence numbers begin, and a synchronization source (RFC 3550 5.1).
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return binary.BigEndian.Uint32(b[:])
}
