package send

import (
	"time"

	"sluice/elements/webrtc/send/frame"
	"sluice/engine/media"
)

// track is one outgoing track. The sender's lock guards it.
type track struct {
	Track
	sender *Sender
	mid    []byte
	delay  []byte

	// Of the track of the hub that comes now.
	index   int // of Begin; -1 if none comes
	payload Payload
	rate    uint32
	keyed   func(payload []byte) bool // nil if key frames cannot be told
	renew   bool                      // the next packet may be of another source
	source  uint32                    // SSRC of the last one

	gather  frame.Gatherer
	numbers numbers
	timing  timing
	ring    ring
	newest  time.Duration // PTS of the packet with the highest number
	known   bool          // the receiver has reported on the track
	// Packets of our own were sent since Begin, which reports tell of though no source sends.
	inserted bool
	paper    envelope

	packets, octets uint32 // for sender reports (RFC 3550 6.4.1)
	sizes           [maxBurst]int
	pads            [maxBurst]uint8
}

// maxBurst is how many packets are written between Cork and Uncork; as many as the connection sends with one call.
const maxBurst = 64

// begin has the track carry another track of the hub from now on.
func (t *track) begin(index int, m media.Track) {
	t.gather = frame.Gatherer{}
	t.index = -1
	payload, ok := t.Payload(m)
	if !ok {
		return
	}
	t.index, t.payload, t.rate, t.keyed, t.renew = index, payload, m.ClockRate, keyPacket(m.Codec), true
}

// push sends what is ready of the packets that came.
func (t *track) push(items []*media.Packet) {
	if t.Kind != media.Video {
		t.send(items)
		return
	}
	if ready := t.gather.Offer(items); len(ready) > 0 {
		t.send(ready)
		t.gather.Release()
	}
}

// rest sends what is held.
func (t *track) rest() {
	if held := t.gather.Rest(); len(held) > 0 {
		t.send(held)
	}
	t.gather.Release()
}

func (t *track) send(items []*media.Packet) {
	now := t.sender.opt.Now()
	t.sender.now = now
	for len(items) > 0 {
		n := min(len(items), maxBurst)
		t.burst(items[:n], now)
		items = items[n:]
	}
}

// burst sends packets with as few calls as possible.
func (t *track) burst(items []*media.Packet, now time.Time) {
	sizes, pads := t.sizes[:len(items)], t.pads[:len(items)]
	clear(pads)
	if t.sender.collects {
		t.measure(sizes, items)
		frame.Equalise(pads, sizes, frame.Padding)
	}
	if len(items) > 1 {
		t.sender.opt.Line.Cork()
		defer t.sender.uncork()
	}
	sendTime := absSendTime(now)
	var tally tally
	for i, p := range items {
		if s := t.place(p); s != nil {
			s.pad, s.sendTime = pads[i], sendTime
			t.write(s, &tally)
		}
	}
	t.sender.count(t.Kind, tally)
}

// measure finds how long packets are, but for what all of them have in common: mostly that is their header.
func (t *track) measure(sizes []int, items []*media.Packet) {
	more := false
	for i, p := range items {
		sizes[i] = len(p.Payload)
		more = more || t.orientation(p) != nil || t.dependency(p) != nil
	}
	if !more {
		return
	}
	for i, p := range items {
		t.paper.fill(t, &slot{packet: p, intro: !t.known})
		sizes[i] += t.paper.header.MarshalSize()
	}
}

// place gives a packet its number and timestamp; nil if it has no place.
func (t *track) place(p *media.Packet) *slot {
	number, ok := t.number(p)
	if !ok {
		t.sender.counts.Dropped.Inc()
		return nil
	}
	s := t.ring.put(uint32(number))
	if s == nil {
		t.sender.counts.Dropped.Inc()
		return nil
	}
	s.packet, s.timestamp, s.payloadType, s.intro = p, t.timing.out(p.Header.Timestamp), t.payload.Type, !t.known
	if t.RTX != 0 {
		s.rtxType = t.payload.RTX
	}
	if number == t.numbers.highest {
		t.newest = p.PTS
		t.timing.note(s.timestamp, t.sender.moment(p))
	}
	return s
}

// number numbers a packet as the package says; false if it has no place.
func (t *track) number(p *media.Packet) (int64, bool) {
	another := t.renew && (!t.sender.same || t.source != p.Header.SSRC || t.source == 0)
	t.renew, t.source = false, p.Header.SSRC
	if another || t.numbers.runs == 0 {
		return t.begun(p, false), true
	}
	distance := t.numbers.distance(p.Header.SequenceNumber)
	switch {
	case distance > maxDropout || distance < -lateness:
		if p.PTS < t.newest {
			return 0, false
		}
		return t.begun(p, false), true
	case distance > hubGap && t.keyed != nil && t.keyed(p.Payload):
		return t.begun(p, true), true
	case distance > 0 && t.numbers.inserted:
		return t.begun(p, true), true
	case distance > 0:
		return t.numbers.forward(distance), true
	}
	return t.numbers.late(distance)
}

// begun begins a stretch of numbers. If they are not the same as before, the times need not be either.
func (t *track) begun(p *media.Packet, same bool) int64 {
	if !same && t.timing.begin(p.Header.Timestamp, t.sender.moment(p), t.rate) {
		t.sender.reporting.soon()
	}
	return t.numbers.begin(p.Header.SequenceNumber, same)
}

func (t *track) write(s *slot, tally *tally) {
	if t.Extensions.TransportCC != 0 {
		s.transport = t.sender.nextTransport()
	}
	t.paper.fill(t, s)
	n := len(s.packet.Payload)
	if _, err := t.Write.WriteRTP(&t.paper.header, s.packet.Payload); err != nil {
		tally.failed++
	}
	t.packets++
	t.octets += uint32(n)
	tally.packets++
	tally.bytes += n
	tally.padding += int(s.pad)
}
