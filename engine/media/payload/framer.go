package payload

import (
	"errors"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// ErrRest is what a Framing says of the rest of a frame whose beginning was lost: nothing is wrong with the packet.
var ErrRest = errors.New("the rest of a frame that was lost")

// Framing understands the payloads of one audio codec, each of which carries whole frames or, of some codecs, a piece of
// one. It sees them in order; Reset tells of a gap.
type Framing interface {
	// Take reads a payload, which is not empty, and appends the frames that it completes, with PTS and AU. What it holds of
	// an unfinished frame must be bounded by the format itself.
	Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error)
	// Open tells whether a frame is begun and not whole.
	Open() bool
	// Reset forgets the frame that is open; the next packet may be the rest of one.
	Reset()
}

// Framer makes units of audio.
type Framer struct {
	framing  Framing
	sequence sequence
	stats    Stats
}

// NewFramer makes a depacketizer of a framing.
func NewFramer(f Framing) *Framer { return &Framer{framing: f} }

// Depacketize implements Depacketizer.
func (f *Framer) Depacketize(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	how, lost := f.sequence.step(&p.Header)
	if how == stale {
		f.stats.Late++
		return dst, nil
	}
	f.stats.Packets++
	f.stats.Lost += lost
	if how == jump {
		f.drop()
	}
	if len(p.Payload) == 0 {
		return dst, nil
	}
	had := len(dst)
	dst, err := f.framing.Take(dst, p)
	if errors.Is(err, ErrRest) {
		f.stats.Spoiled++
		f.framing.Reset()
		return dst[:had], nil
	}
	if err != nil {
		f.stats.Corrupt++
		f.drop()
		return dst[:had], fault.New(fault.MediaCorrupt, "", "an RTP payload of %d bytes cannot be read", len(p.Payload)).Because(err)
	}
	for i := had; i < len(dst); i++ {
		dst[i].DTS, dst[i].Key = dst[i].PTS, true // every frame of audio can be begun with
	}
	f.stats.Units += uint64(len(dst) - had)
	return dst, nil
}

func (f *Framer) drop() {
	if f.framing.Open() {
		f.stats.Spoiled++
	}
	f.framing.Reset()
}

// Flush implements Depacketizer; audio never waits for its end.
func (f *Framer) Flush(dst []media.Unit) []media.Unit {
	f.drop()
	return dst
}

// Stats implements Depacketizer.
func (f *Framer) Stats() Stats { return f.stats }
