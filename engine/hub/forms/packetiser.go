package forms

import (
	"time"

	"github.com/pion/rtp"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/media/payload"
	"sluice/engine/stat"
)

// packetiser makes packets of the units of one track.
type packetiser struct {
	packetizer payload.Packetizer
	aid        hub.Aid
	rate       int64
	sequence   uint16
	source     uint32
	keyed      bool
	broken     bool // units are left out until a key unit
	payloads   []payload.Payload
}

// Make implements hub.Maker.
func (p *packetiser) Make(units []*media.Unit) []media.Packet {
	for _, u := range units {
		if p.broken && !u.Key {
			p.aid.Stats.Drops.Add(stat.AwaitKey, 1)
			p.aid.AskKey()
			continue
		}
		// A batch of its own for each unit, whose payloads lie in one piece of memory and are let go together.
		b := payload.Batch{Payloads: p.payloads}
		err := p.packetizer.Packetize(&b, u)
		p.payloads = b.Payloads
		if p.broken = p.keyed && err != nil; err != nil {
			p.aid.Stats.Drops.Add(stat.Corrupt, 1)
		}
	}
	return p.packets()
}

// Flush implements hub.Maker.
func (p *packetiser) Flush() []media.Packet {
	b := payload.Batch{Payloads: p.payloads}
	p.packetizer.Flush(&b)
	p.payloads = b.Payloads
	return p.packets()
}

// packets puts headers before the payloads.
func (p *packetiser) packets() []media.Packet {
	if len(p.payloads) == 0 {
		return nil
	}
	packets := make([]media.Packet, len(p.payloads))
	for i, one := range p.payloads {
		packets[i] = media.Packet{
			Header: rtp.Header{
				Version: 2, Marker: one.Marker, SequenceNumber: p.sequence, Timestamp: ticks(one.PTS, p.rate), SSRC: p.source,
			},
			Payload: one.Data, PTS: one.PTS,
		}
		p.sequence++
	}
	clear(p.payloads) // lets go of the units they lie in
	p.payloads = p.payloads[:0]
	return packets
}

// ticks is a time on a clock, rounded so that what came from ticks becomes the same again. Whole seconds are split off:
// nanoseconds times ticks would overflow after a day at 90 kHz.
func ticks(t time.Duration, rate int64) uint32 {
	whole, rest := int64(t/time.Second), int64(t%time.Second)
	const half = int64(time.Second / 2)
	if rest < 0 {
		return uint32(whole*rate + (rest*rate-half)/int64(time.Second))
	}
	return uint32(whole*rate + (rest*rate+half)/int64(time.Second))
}
