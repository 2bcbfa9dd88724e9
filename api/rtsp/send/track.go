package send

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/elements/webrtc/send/frame"
	"sluice/engine/media"
)

const (
	// lateness is how far packets may be out of order (RFC 3550 A.1 has 100 as MAX_MISORDER, without retransmissions).
	lateness = 500
	// gap is how many numbers may be missing; of more, it was the hub that left them out for a player who was too slow.
	gap = 64
	// reportEvery is how often reports are sent; RFC 3550 6.2 wants five seconds on average at least, which is long for
	// players who cannot show sound and pictures together before.
	reportEvery = 5 * time.Second
)

// track is one outgoing track. The sender's lock guards it.
type track struct {
	Track
	index  int
	sorter sorter
	gather frame.Gatherer
	header rtp.Header
	rate   uint32
	base   uint32 // timestamp at the player's zero
	next   uint16 // number that the next packet in order has

	renew  bool   // what comes is of another source
	seen   uint16 // number of the newest packet that came
	source uint32 // and its SSRC
	shift  uint16 // from the numbers that come to those that go
	ticks  uint32 // and of timestamps
	newest stamp  // that was sent

	packets, octets uint32
	due             time.Time
}

// stamp is a timestamp with the time it stands for.
type stamp struct {
	out uint32
	pts time.Duration
}

func newTrack(index int, t Track) *track {
	return &track{Track: t, index: index, base: random(), next: uint16(random()), rate: t.Track.ClockRate, renew: true}
}

// begin has the track carry another track of the hub from now on.
func (t *track) begin(now media.Track) {
	t.sorter, t.gather = sorter{}, frame.Gatherer{}
	t.rate, t.renew = now.ClockRate, true
}

// place gives a packet its number and timestamp; false if it has none, because it comes far too late. The header is the
// track's own, until the next packet.
func (t *track) place(p *media.Packet, z zero) (*rtp.Header, bool) {
	number := p.Header.SequenceNumber
	distance := int(int16(number - t.seen))
	switch {
	case t.renew || p.Header.SSRC != t.source:
		t.shift = t.next - number
		t.ticks = t.base + ticks(p.PTS-z.pts, t.rate) - p.Header.Timestamp
		t.renew, t.source, t.seen = false, p.Header.SSRC, number
	case distance > gap:
		t.shift, t.seen = t.next-number, number
	case distance > 0:
		t.seen = number
	case distance < -lateness:
		t.renew = true
		return t.place(p, z)
	}
	if out := number + t.shift; int16(out-t.next) >= 0 {
		t.next = out + 1
	}
	t.header = rtp.Header{
		Version: 2, Marker: p.Header.Marker, PayloadType: t.Payload, SequenceNumber: number + t.shift,
		Timestamp: p.Header.Timestamp + t.ticks, SSRC: t.SSRC,
	}
	t.newest = stamp{t.header.Timestamp, p.PTS}
	t.packets++
	t.octets += uint32(len(p.Payload))
	return &t.header, true
}

// report says which time the timestamps stand for (RFC 3550 6.4.1), with the track's name (6.5.1).
func (t *track) report(now time.Time, z zero) ([]byte, error) {
	at := z.wall.Add(t.newest.pts - z.pts) // of the newest timestamp
	return rtcp.Marshal([]rtcp.Packet{
		&rtcp.SenderReport{
			SSRC: t.SSRC, NTPTime: ntp(now), RTPTime: t.newest.out + ticks(now.Sub(at), t.rate),
			PacketCount: t.packets, OctetCount: t.octets,
		},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
			Source: t.SSRC, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "sluice"}},
		}}},
	})
}

// ntp is a moment in the format of NTP: seconds since 1900 and their fraction.
func ntp(t time.Time) uint64 {
	const since1900 = 2208988800
	return uint64(t.Unix()+since1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// ticks is a duration in ticks, which wrap around.
func ticks(d time.Duration, rate uint32) uint32 {
	whole, rest := int64(d/time.Second), int64(d%time.Second)
	return uint32(whole*int64(rate) + rest*int64(rate)/int64(time.Second))
}
