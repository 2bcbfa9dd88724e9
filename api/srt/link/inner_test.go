package link

import (
	"net"
	"testing"
	"time"

	"sluice/api/srt/wire"
)

// TestPlayout holds when packets are due: also when the sender's clock begins anew, and when it runs too fast.
func TestPlayout(t *testing.T) {
	now := time.Now()
	p := playout{latency: 100 * time.Millisecond}
	start := uint32(1<<32 - 5_000_000) // it begins anew after five seconds
	p.sync(start, now)
	for n := range 100 {
		sent := now.Add(time.Duration(n) * 100 * time.Millisecond)
		ticks := start + uint32(n)*100_000
		if due := p.due(ticks, sent, false); (due.Sub(sent) - p.latency).Abs() > time.Millisecond {
			t.Fatalf("packet %d is due after %v", n, due.Sub(sent))
		}
		if early := p.due(ticks-50_000, sent, true); n > 0 && sent.Sub(early) != -50*time.Millisecond {
			t.Fatalf("one that is sent again is due %v later", early.Sub(sent))
		}
	}
	fast := playout{latency: 100 * time.Millisecond}
	fast.sync(0, now)
	var due time.Duration
	const hours, ahead = 3600, 200 // of a million
	for n := range hours * 10 {
		sent := now.Add(time.Duration(n) * 100 * time.Millisecond)
		due = fast.due(uint32(n)*(100_000+ahead/10), sent, false).Sub(sent)
	}
	if due < 80*time.Millisecond || due > 120*time.Millisecond {
		t.Errorf("after an hour with a clock that is fast, packets are due after %v", due)
	}
}

// TestRingGrows keeps what is in it where it is found.
func TestRingGrows(t *testing.T) {
	var r ring[uint32]
	first := uint32(wire.MaxSequence - 100)
	for n := range 5000 {
		if !r.room(first, n, n+1) {
			t.Fatalf("no room for %d", n+1)
		}
		seq := wire.Next(first, n)
		*r.at(seq) = seq
	}
	for n := range 5000 {
		if seq := wire.Next(first, n); *r.at(seq) != seq {
			t.Fatalf("%d is at the place of %d", *r.at(seq), seq)
		}
	}
	if r.room(first, 5000, window+1) {
		t.Error("there is no end to it")
	}
}

// listening is a listener with a connection whose other end is not there.
func listening(t testing.TB) (*Listener, *Conn) {
	t.Helper()
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	l := Listen(udp, Options{})
	t.Cleanup(l.Close)
	to := udp.LocalAddr().(*net.UDPAddr).AddrPort()
	said := &wire.Handshake{Seq: 7, MTU: mtu, Window: window, Live: &wire.Live{Version: version, Flags: wire.Usual}}
	c := newConn(l.endpoint, l.number(), 9, to, said, false)
	c.rcv.clock.sync(0, time.Now())
	l.add(c)
	return l, c
}

// TestAReportThatRepeatsItself has packets looked at once, however often a report names them.
func TestAReportThatRepeatsItself(t *testing.T) {
	now := time.Now()
	s := sender{limit: window}
	for range window {
		if !s.add(new([]byte), now) {
			t.Fatal("no room")
		}
	}
	all := wire.Range{First: 0, Last: window - 1}
	sent := 0
	if n := s.lost(all, now, time.Second, window, func(*[]byte) bool { sent++; return true }); n != window || sent != window {
		t.Fatalf("%d were looked at and %d sent", n, sent)
	}
	left := 100
	for range 180 {
		left -= s.lost(all, now, time.Second, left, func(*[]byte) bool { t.Fatal("sent again just after it was"); return true })
	}
	if left != 0 {
		t.Errorf("%d are left of 100", left)
	}
	_, c := listening(t)
	for range window {
		if !c.Write([]byte{1}) {
			t.Fatal("no room")
		}
	}
	var rows []byte
	for range 180 {
		rows = wire.AppendLost(rows, wire.Range{First: 7, Last: wire.Next(7, 10)})
	}
	rows = wire.AppendLost(rows, wire.Range{First: 100, Last: 100})
	c.heed(wire.Header{Control: true, Type: wire.TypeNAK}, rows, time.Now())
	if n := c.Counts().Resent; n != 12 { // 180 short rows are fewer than can be on their way
		t.Errorf("%d were sent again", n)
	}
	const last = 7 + window - 1
	var again []byte
	for range 180 {
		again = wire.AppendLost(again, wire.Range{First: 7, Last: last - 1})
	}
	c.mu.Lock()
	for seq := uint32(7); seq < last; seq++ {
		c.snd.ring.at(seq).again = time.Now()
	}
	c.rtt.smooth = time.Minute
	c.mu.Unlock()
	c.heed(wire.Header{Control: true, Type: wire.TypeNAK}, wire.AppendLost(again, wire.Range{First: last, Last: last}), time.Now())
	if n := c.Counts().Resent; n != 12 {
		t.Error("it is still looked for what is lost")
	}
}

// TestWhatIsNotKept has data come that nobody reads, that is longer than was agreed, or of the far future.
func TestWhatIsNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		deaf     bool
		size     int
		ahead    time.Duration
		received uint64
		kept     bool
	}{
		"data":               {size: mtu - overhead, received: 1, kept: true},
		"data soon to come":  {size: 1, ahead: early / 2, received: 1, kept: true},
		"data nobody reads":  {deaf: true, size: 1},
		"data of great size": {size: mtu - overhead + 1, received: 1},
		"data of the future": {size: 1, ahead: 2 * early, received: 1},
	} {
		_, conn := listening(t)
		send := func() {
			ticks := uint32((time.Since(conn.rcv.clock.base) + c.ahead).Microseconds())
			conn.take(wire.Header{Seq: 7, Message: 1, Time: ticks}, make([]byte, c.size), time.Now())
		}
		if c.deaf {
			send() // it came before
			conn.Deaf()
		}
		before := conn.Counts().Received
		send()
		if n := conn.Counts(); n.Received-before != c.received || (n.Lost == 0) != (c.kept || c.deaf) {
			t.Errorf("%s: counted %+v", name, n)
		}
		conn.mu.Lock()
		if kept := len(conn.rcv.ring.slots) > 0 || len(conn.inbox) > 0; kept != c.kept {
			t.Errorf("%s: kept %v", name, kept)
		}
		conn.mu.Unlock()
	}
}

// TestCallersAreCounted holds that the counts agree, whoever comes and goes.
func TestCallersAreCounted(t *testing.T) {
	l, _ := listening(t)
	l.opt.Connections = 3
	s := wire.Handshake{Version: 5, Kind: wire.Conclusion, MTU: mtu, Window: window, Live: &wire.Live{Version: version, Flags: wire.Usual}}
	from := l.Addr().(*net.UDPAddr).AddrPort()
	for n := range 5 {
		s.Socket = uint32(1 + n)
		l.conclude(wire.Header{}, s, from, time.Now())
	}
	if l.all != 3 || len(l.requests) != 3 {
		t.Fatalf("%d are counted, and %d ask", l.all, len(l.requests))
	}
	for range 3 {
		r := <-l.requests
		r.Reject(wire.NotFound)
		r.Reject(wire.NotFound)
		l.gone(r.key)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all != 0 || len(l.each) != 0 {
		t.Errorf("%d are counted, and %d addresses known, of nobody", l.all, len(l.each))
	}
}

// FuzzDatagrams has anything come, as of a stranger and as of a peer: it does no harm and takes no more memory than it may.
func FuzzDatagrams(f *testing.F) {
	add := func(h wire.Header, body ...byte) { f.Add(append(h.Append(nil), body...)) }
	add(wire.Header{Seq: 7, Message: 1}, 1, 2, 3)
	add(wire.Header{Seq: 7 + window, Message: 1, Time: 1 << 31}, 1)
	add(wire.Header{Control: true, Type: wire.TypeACK, Info: 1}, (&wire.Report{Next: 8, RTT: 1}).Append(nil)...)
	add(wire.Header{Control: true, Type: wire.TypeNAK}, wire.AppendLost(nil, wire.Range{First: 1, Last: wire.MaxSequence})...)
	add(wire.Header{Control: true, Type: wire.TypeACKACK, Info: 1})
	add(wire.Header{Control: true, Type: wire.TypeUser, Sub: uint16(wire.ExtKeyRequest)}, 0x12, 0x20, 0x29, 1)
	hello := wire.Handshake{Version: 5, Kind: wire.Induction, Socket: 9}
	add(wire.Header{Control: true, Type: wire.TypeHandshake}, hello.Append(nil, true)...)
	hello = wire.Handshake{Version: 5, Kind: wire.Conclusion, Socket: 9, Cookie: 1, StreamID: "cam", Live: &wire.Live{Version: version}}
	add(wire.Header{Control: true, Type: wire.TypeHandshake}, hello.Append(nil, true)...)
	f.Fuzz(func(t *testing.T, b []byte) {
		l, c := listening(t)
		c.Write(make([]byte, 3*MessageSize))
		for range 3 { // each time as far on as it says
			l.datagram(b, c.remote)
			if len(b) >= wire.HeaderSize {
				mine := append([]byte{}, b...)
				mine[12], mine[13], mine[14], mine[15] = byte(c.id>>24), byte(c.id>>16), byte(c.id>>8), byte(c.id)
				l.datagram(mine, c.remote)
			}
			c.beat(time.Now().Add(time.Second))
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.rcv.ring.slots) > window || len(c.inbox) > maxInbox || c.snd.flight() < 0 || c.snd.flight() > 3 {
			t.Errorf("%d places, %d messages, %d on their way", len(c.rcv.ring.slots), len(c.inbox), c.snd.flight())
		}
	})
}

// TestUnanswered holds when what nobody speaks of is sent again, and how much of it.
func TestUnanswered(t *testing.T) {
	begin, patience := time.Now(), 50*time.Millisecond
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	s := sender{limit: window}
	try := func(ms, want int, what string) {
		t.Helper()
		sent := 0
		if s.unanswered(at(ms), patience, func(*[]byte) { sent++ }); sent != want {
			t.Errorf("%s: after %d ms %d were sent again, not %d", what, ms, sent, want)
		}
	}
	add := func(ms, n int) {
		for range n {
			s.add(new([]byte), at(ms))
		}
	}
	back := func(*[]byte) {}
	try(1000, 0, "nothing was sent")
	add(1000, 3)
	try(1049, 0, "it is too early")
	try(1050, 3, "nobody said anything")
	try(1060, 0, "it was just sent again")
	try(1100, 3, "that is lost, too")
	add(1110, 2)
	try(1150, 0, "something new went out")
	try(1160, 5, "of that nobody says anything either")
	s.acknowledge(1, at(1170), back)
	try(1210, 0, "some came")
	try(1220, 4, "and then none")
	s.move(at(1230)) // it was said what is missing
	try(1270, 0, "it was asked for some")
	s.acknowledge(5, at(1280), back)
	try(5000, 0, "all have come")
	add(6000, window)
	try(6050, 16, "very many")
	s.acknowledge(5, at(6060), back) // again
	try(6100, 16, "news that are none")
}
