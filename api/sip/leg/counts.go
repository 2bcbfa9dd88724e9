package leg

import (
	"net/netip"
	"time"

	"sluice/elements/webrtc/receive"
)

// Counts are what a leg has moved until now.
type Counts struct {
	In, Out Half
	// RTT is how long a packet goes there and back; 0 if the far end has not said.
	RTT time.Duration
	// Foreign are datagrams that were not the far end's, or could not be read.
	Foreign uint64
}

// Half is one direction.
type Half struct {
	Packets, Bytes uint64 // of media
	Lost           uint64 // packets
	PLIs           uint64 // key pictures that were asked for
}

// Counts reads the counts of sound and pictures together.
func (l *Leg) Counts() Counts {
	var c Counts
	for _, a := range l.lines() {
		out := a.sender.Counts()
		c.Out.Packets += out.Packets
		c.Out.Bytes += out.Bytes
		c.Out.Lost += out.Lost
		c.Out.PLIs += out.PLIs
		c.RTT = max(c.RTT, out.RTT)
		c.Foreign += a.foreign.Load()
		in := a.received()
		c.In.Packets += in.Packets
		c.In.Bytes += in.Bytes
		c.In.Lost += in.Lost
		c.In.PLIs += in.PLIs
	}
	return c
}

// receive has another receiver take what comes from now on, as for another codec. What the one before counted stays counted.
func (a *lane) receive(r *receive.Receiver) {
	a.counting.Lock()
	defer a.counting.Unlock()
	a.earlier = a.sum()
	a.receiver.Store(r)
}

// received is what has come until now.
func (a *lane) received() receive.Counts {
	a.counting.Lock()
	defer a.counting.Unlock()
	return a.sum()
}

// sum adds up all receivers; for the holder of the lock.
func (a *lane) sum() receive.Counts {
	n := a.earlier
	if r := a.receiver.Load(); r != nil {
		in := r.Counts()
		n.Packets += in.Packets
		n.Bytes += in.Bytes
		n.Lost += in.Lost
		n.PLIs += in.PLIs
	}
	return n
}

// Remote is where sound goes, or pictures if there is no sound; not valid as long as that is not known.
func (l *Leg) Remote() netip.AddrPort {
	for _, a := range l.lines() {
		if a.way.Load() != nil {
			return a.media.at()
		}
	}
	return netip.AddrPort{}
}
