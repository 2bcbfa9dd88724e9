package link

import (
	"math"
	"net/netip"
	"time"

	"sluice/api/srt/wire"
)

// newConn makes a connection of what its peer said.
func newConn(e *endpoint, id, peer uint32, to netip.AddrPort, said *wire.Handshake, called bool) *Conn {
	now := time.Now()
	c := &Conn{
		e: e, id: id, peer: peer, remote: to, size: messageSize(said.MTU), most: int(min(said.MTU, mtu)) - overhead,
		tally: &tally{}, total: &tally{},
		rtt: rtt{smooth: 100 * time.Millisecond, vary: 50 * time.Millisecond}, heard: now, spoke: now,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	// Each side waits as long as whichever of them wants to wait longer (4.4), but not as long as anybody likes, since that takes
	// memory. Callers of the library take what they are answered, without a word.
	mine := uint16(min(e.opt.Latency.Milliseconds(), math.MaxUint16))
	most := max(mine, uint16(MaxLatency.Milliseconds()))
	receive, send := min(said.Live.Send, most), min(said.Live.Receive, most)
	if !called { // otherwise the other side has decided already
		receive, send = max(mine, receive), max(mine, send)
	}
	c.rcv.clock.latency = time.Duration(receive) * time.Millisecond
	c.rcv.start(said.Seq)
	const least, tail = time.Second, 20 * time.Millisecond // of what a sender keeps (4.6)
	wait := time.Duration(send) * time.Millisecond
	c.snd = sender{first: said.Seq, next: said.Seq, limit: limit(said.Window), keep: max(wait*5/4, least) + tail}
	c.latencies = [2]uint16{receive, send}
	c.line.Aim(e.sock, to)
	return c
}

// limit is how many packets may be on their way to a peer of that window.
func limit(window32 uint32) int {
	const least = 32
	return int(min(max(window32, least), window))
}

// messageSize is how long messages may be: whole packets of a transport stream, unless not even one fits.
func messageSize(unit uint32) int {
	const packet = 188
	return min(max((int(min(unit, mtu))-overhead)/packet*packet, packet), MessageSize)
}

// says is what the connection's side says of live streams when it is asked.
func (c *Conn) says() *wire.Live {
	return &wire.Live{Version: version, Flags: wire.Usual, Receive: c.latencies[0], Send: c.latencies[1]}
}
