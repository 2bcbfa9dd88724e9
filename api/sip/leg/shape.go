package leg

import (
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// shaper makes other packets of those of the graph, for a far end that takes them only otherwise: of another length, or H.264 without
// fragments. One goroutine at a time.
type shaper struct {
	codec  media.Codec
	rate   uint32
	gather payload.Depacketizer
	pack   payload.Packetizer
	large  payload.Packetizer // of H.264 that must not be cut; nil otherwise
	next   uint16
	source uint32
}

// shape makes what the far end takes of packets. The caller holds a.shaping.
func (a *lane) shape(items []*media.Packet) []*media.Packet {
	w := a.way.Load()
	if w == nil || len(a.begun) == 0 {
		return items
	}
	if a.shaper == nil && !a.misfit(w, items) {
		return items
	}
	if a.shaper == nil {
		s, err := newShaper(w, a.begun[0], a.length(w))
		if err != nil {
			return items // nobody knows how
		}
		a.shaper = s
	}
	var out []*media.Packet
	for _, p := range items {
		out = a.shaper.anew(out, p)
	}
	return out
}

// length is how long sound is to be in a packet: as the far end says, or the graph.
func (a *lane) length(w *way) time.Duration {
	if w.ptime == 0 && a.preferred.Load() > 0 {
		d := time.Duration(a.preferred.Load())
		if w.maxPTime > 0 {
			d = min(d, w.maxPTime)
		}
		return d
	}
	return w.packet()
}

// misfit tells whether any of the packets is none that the far end takes.
func (a *lane) misfit(w *way, items []*media.Packet) bool {
	if w.codec.Codec == media.H264 {
		return w.codec.Mode() == "0"
	}
	want := a.length(w)
	for _, p := range items {
		if d := lasts(w.codec.Codec, p.Payload); d > 0 && d != want {
			return true
		}
	}
	return false
}

// lasts is how long the sound in a payload is; 0 if that cannot be told by its size.
func lasts(c media.Codec, p []byte) time.Duration {
	switch c {
	case media.PCMU, media.PCMA, media.G722:
		return time.Duration(len(p)) * time.Millisecond / 8
	case media.G729:
		return time.Duration(len(p)/10) * 10 * time.Millisecond
	}
	return 0
}

func newShaper(w *way, t media.Track, ptime time.Duration) (*shaper, error) {
	gather, err := codecs.NewDepacketizer(t, 0)
	if err != nil {
		return nil, err
	}
	out := w.codec.Track()
	out.Extra = t.Extra
	pack, err := codecs.NewPacketizer(out, codecs.Packing{PTime: ptime})
	if err != nil {
		return nil, err
	}
	s := &shaper{codec: out.Codec, rate: max(out.ClockRate, 1), gather: gather, pack: pack, source: random()}
	if out.Codec == media.H264 {
		s.large, err = codecs.NewPacketizer(out, codecs.Packing{Size: payload.MaxSize})
	}
	return s, err
}

// anew takes a packet's units and cuts them. In packetization mode 0 of H.264 a NAL unit is a packet (RFC 6184 6.2), however long: IP cuts
// it then. Encoders can make slices that fit.
func (s *shaper) anew(out []*media.Packet, p *media.Packet) []*media.Packet {
	units, _ := s.gather.Depacketize(nil, p) // what cannot be read is missing then
	batch := payload.Batch{}                 // what is sent may be asked for again, and keeps its memory
	for i := range units {
		if err := s.pack.Packetize(&batch, &units[i]); err != nil && s.large != nil {
			_ = s.large.Packetize(&batch, &units[i]) // one that no datagram holds is left out
		}
	}
	for _, part := range batch.Payloads {
		h := rtp.Header{
			Version: 2, Marker: part.Marker, SSRC: s.source, SequenceNumber: s.next, Timestamp: s.ticks(part.PTS),
		}
		s.next++
		out = append(out, &media.Packet{Header: h, Payload: part.Data, Arrival: p.Arrival, PTS: part.PTS})
	}
	return out
}

func (s *shaper) ticks(at time.Duration) uint32 {
	whole, rest := int64(at/time.Second), int64(at%time.Second)
	return uint32(whole*int64(s.rate) + (rest*int64(s.rate)+int64(time.Second)/2)/int64(time.Second))
}
