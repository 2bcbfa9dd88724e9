package frame

import (
	"time"

	"sluice/engine/media"
)

const (
	// maxHeld is how many packets are held at most: sending more at once saves next to nothing, and a large frame would
	// reach the network in one burst although its sender spread it.
	maxHeld = 16
	// maxAge is for how long at most, seen when the next packet comes.
	maxAge = 20 * time.Millisecond
)

// Gatherer holds packets of video until their frame is complete. A frame whose last packet is lost goes with the first packet
// of the next one, so no timer is needed. What is out of order is not held: it completes a frame that has been sent. The zero
// Gatherer is ready.
type Gatherer struct {
	held, spare []*media.Packet
	unmarked    bool // this source sets no markers: nothing can be waited for

	// Of the newest packet that was offered, if there was one.
	any       bool
	number    uint16
	timestamp uint32
	marker    bool
}

// Offer takes packets and gives those that are to be sent now, which are the caller's until Release.
func (g *Gatherer) Offer(items []*media.Packet) []*media.Packet {
	cut := g.cut(items)
	switch {
	case cut == len(items) && len(g.held) == 0:
		return items
	case cut == 0:
		g.held = append(g.held, items...)
		return nil
	}
	ready := len(g.held) + cut
	g.held = append(g.held, items...)
	g.spare = append(g.spare[:0], g.held[ready:]...)
	g.held, g.spare = g.spare, g.held
	return g.spare[:ready]
}

// Rest gives all that is held, likewise.
func (g *Gatherer) Rest() []*media.Packet {
	g.held, g.spare = g.spare[:0], g.held
	return g.spare
}

// Release lets go of what was given last.
func (g *Gatherer) Release() { clear(g.spare); g.spare = g.spare[:0] }

// cut is how many of the packets, and all before them, go now.
func (g *Gatherer) cut(items []*media.Packet) int {
	cut := 0
	for i, p := range items {
		late := g.look(p)
		if p.Header.Marker {
			cut = i + 1
		} else if late {
			return g.all(items[i:], len(items))
		}
	}
	left := len(items) - cut
	if cut == 0 {
		left += len(g.held)
	}
	if g.unmarked || left >= maxHeld || left > 0 && g.age(items, cut) > maxAge {
		return len(items)
	}
	return cut
}

// all looks at the rest as well, and has everything go.
func (g *Gatherer) all(rest []*media.Packet, n int) int {
	for _, p := range rest[1:] {
		g.look(p)
	}
	return n
}

// look tells whether a packet is late, and learns whether the source sets markers.
func (g *Gatherer) look(p *media.Packet) (late bool) {
	step := int16(p.Header.SequenceNumber - g.number)
	if g.any && step <= 0 {
		return true
	}
	if g.marker {
		g.unmarked = false
	} else if g.any && step == 1 && p.Header.Timestamp != g.timestamp {
		g.unmarked = true
	}
	g.any, g.number, g.timestamp, g.marker = true, p.Header.SequenceNumber, p.Header.Timestamp, p.Header.Marker
	return false
}

// age is that of the oldest packet that would be held.
func (g *Gatherer) age(items []*media.Packet, cut int) time.Duration {
	oldest := items[cut:][0]
	if cut == 0 && len(g.held) > 0 {
		oldest = g.held[0]
	}
	return items[len(items)-1].Arrival.Sub(oldest.Arrival)
}
