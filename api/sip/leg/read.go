package leg

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

// Sizes of the longest datagrams that are taken. What comes is of an Ethernet frame at most, but for NAL units of H.264 in packetization
// mode 0.
const (
	mostSound    = 2 << 10
	mostPictures = 64 << 10
)

// read takes what comes at one port until it is closed. RTCP is known by what it is, as it may share RTP's port.
func (a *lane) read(conn *net.UDPConn) {
	size := mostSound
	if a.kind == media.Video && conn == a.pair.RTP {
		size = mostPictures
	}
	buf := make([]byte, size)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil { // or it is an ICMP error about what was sent, which is no end
			a.take(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), conn == a.pair.RTP, time.Now())
		}
	}
}

// take takes a datagram (RFC 7983: by its first byte it is DTLS, RTP or RTCP).
func (a *lane) take(b []byte, from netip.AddrPort, first bool, now time.Time) {
	w := a.way.Load()
	if w == nil || len(b) < 2 {
		return
	}
	isRTCP := b[0]>>6 == 2 && b[1] >= 192 && b[1] <= 223 // RFC 5761 4
	at := &a.media
	if isRTCP && !first {
		at = &a.control
	}
	if !at.admits(from, now) {
		a.foreign.Add(1)
		return
	}
	switch {
	case b[0] >= 20 && b[0] <= 63:
		if w.dtls != nil && first {
			w.dtls.put(b, from)
		}
	case isRTCP:
		a.report(w, b, func() { at.learn(from, now) }, now)
	case b[0]>>6 == 2 && first:
		a.packet(w, b, func() { at.learn(from, now) }, now)
	}
}

// packet takes one of RTP. What cannot be read, or has another payload type than was agreed on, is nobody's.
func (a *lane) packet(w *way, b []byte, learn func(), now time.Time) {
	var h rtp.Header
	if w.secured() {
		k := a.keysOf(w)
		if k == nil {
			return
		}
		var err error
		if b, err = k.decryptRTP(b); err != nil {
			a.foreign.Add(1)
			return
		}
	}
	n, err := h.Unmarshal(b)
	if err != nil || n > len(b) {
		a.foreign.Add(1)
		return
	}
	payload := b[n:]
	beside := a.isBeside(w, h.PayloadType)
	if h.PayloadType != w.in && !beside {
		a.foreign.Add(1)
		return
	}
	learn()
	a.came.Store(now.UnixNano())
	a.silent.Store(false)
	if !w.flow.Receives() {
		return
	}
	r := a.receiver.Load()
	if beside {
		r.RTP(&h, nil, now)
		a.beside++
		if w.eventIn != nil && h.PayloadType == w.eventIn.Payload {
			a.key(&h, payload)
		}
		return
	}
	if !w.secured() {
		payload = append(make([]byte, 0, len(payload)), payload...) // the hub keeps it
	}
	r.RTP(&h, payload, now)
	r.Read()
}

func (a *lane) isBeside(w *way, payload uint8) bool {
	if w.eventIn != nil && payload == w.eventIn.Payload {
		return true
	}
	for _, n := range w.noise {
		if payload == n && n != w.in {
			return true
		}
	}
	return false
}

// report takes a compound packet of RTCP.
func (a *lane) report(w *way, b []byte, learn func(), now time.Time) {
	if w.secured() {
		k := a.keysOf(w)
		if k == nil {
			return
		}
		var err error
		if b, err = k.decryptRTCP(b); err != nil {
			a.foreign.Add(1)
			return
		}
	}
	if _, err := rtcp.Unmarshal(b); err != nil {
		a.foreign.Add(1)
		return
	}
	learn()
	a.came.Store(now.UnixNano())
	_ = a.sender.Feedback(b) // it was understood above
	a.receiver.Load().RTCP(b, now)
}

// Write implements receive.Output: packets go to the graph, numbered as if nothing had come beside them.
func (a *lane) Write(_ int, batch []media.Packet) {
	for i := range batch {
		batch[i].Header.SequenceNumber -= a.beside
		a.listen(&batch[i])
	}
	if o := a.source.Load(); o != nil {
		o.write(a, batch)
	}
}

// Report implements receive.Output.
func (a *lane) Report(_ int, ticks uint32, ntp, at time.Time) {
	if o := a.source.Load(); o != nil {
		o.report(a, ticks, ntp, at)
	}
}
