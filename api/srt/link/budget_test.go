package link

import (
	"net/netip"
	"testing"
	"time"

	"sluice/api/srt/wire"
)

// alone is a connection that nothing looks after, so that the test's times are all there are.
func alone(t *testing.T) *Conn {
	t.Helper()
	l, c := listening(t)
	l.remove(c)
	return c
}

// fill sends messages at one moment, which have 1,332 bytes each as they are kept.
func fill(c *Conn, count int, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range count {
		c.send(make([]byte, MessageSize), at)
	}
}

// ask has a peer report everything as lost, and gives how many packets were sent again for it.
func ask(c *Conn, at time.Time) int {
	before := c.Counts().Resent
	everything := wire.Range{First: c.snd.first, Last: wire.Next(c.snd.next, -1)}
	c.heed(wire.Header{Control: true, Type: wire.TypeNAK}, wire.AppendLost(nil, everything), at)
	return int(c.Counts().Resent - before)
}

// say has a peer acknowledge everything before a packet, and claim how long the way is.
func say(c *Conn, next uint32, claim time.Duration, at time.Time) {
	r := wire.Report{Next: next, RTT: uint32(claim.Microseconds())}
	c.heed(wire.Header{Control: true, Type: wire.TypeACK}, r.Append(nil), at)
}

// TestReportsAreNotBelievedForEver has a peer say that his way is short and that he lacks everything, again and again.
func TestReportsAreNotBelievedForEver(t *testing.T) {
	c, began := alone(t), time.Now()
	at := func(beats int) time.Time { return began.Add(time.Duration(beats) * beat) }
	const sent = 8000
	fill(c, sent, began)
	for range 200 {
		say(c, c.snd.first, time.Microsecond, began)
	}
	const report = 512
	if n := ask(c, at(1)); n != report {
		t.Errorf("for the first report %d were sent again", n)
	}
	all := report
	for n := range 500 {
		all += ask(c, at(2+n))
	}
	if all != sent {
		t.Errorf("%d of %d were sent again at once", all, sent)
	}
	fill(c, 100, at(1000))
	if n := ask(c, at(1001)); n != 50 {
		t.Errorf("after 100 more %d were sent again", n)
	}
	if n := ask(c, at(1002)); n != 0 {
		t.Errorf("%d were sent again for nothing", n)
	}
}

// TestASlowStreamHasSomeToSpare has a few packets asked for in each beat: what has a budget is bytes.
func TestASlowStreamHasSomeToSpare(t *testing.T) {
	c, began := alone(t), time.Now()
	fill(c, 10, began)
	for range 200 {
		say(c, c.snd.first, time.Microsecond, began)
	}
	all := 0
	for n := range 1000 {
		all += ask(c, began.Add(time.Duration(n)*beat))
	}
	if want := 256 * mtu / (MessageSize + wire.HeaderSize); all != want {
		t.Errorf("%d were sent again, not %d", all, want)
	}
}

// TestHowOftenAPacketIsSentAgain holds what the time between is: what peers claim counts down to what was measured here.
func TestHowOftenAPacketIsSentAgain(t *testing.T) {
	const us, ms = time.Microsecond, time.Millisecond
	for name, c := range map[string]struct{ measured, claimed, want time.Duration }{
		"nothing is known":     {0, 0, 100 * ms},
		"a claim":              {0, 50 * ms, 50 * ms},
		"too short a claim":    {0, us, beat},
		"one shorter than was": {80 * ms, us, 80 * ms},
		"a longer one":         {20 * ms, 300 * ms, 300 * ms},
		"one of no sense":      {20 * ms, time.Minute, 100 * ms},
		"a short way":          {us, 5 * us, beat},
	} {
		conn, began := alone(t), time.Now()
		fill(conn, 20, began)
		if c.measured > 0 {
			say(conn, wire.Next(conn.snd.first, 10), 0, began.Add(c.measured))
		}
		for range 300 {
			say(conn, conn.snd.first, c.claimed, began)
		}
		first := began.Add(time.Second)
		if n := ask(conn, first); n != conn.snd.flight() {
			t.Errorf("%s: %d were sent again at first", name, n)
		}
		const near = 2 * ms // of a mean
		if n := ask(conn, first.Add(c.want-near)); n != 0 {
			t.Errorf("%s: %d were sent again too soon", name, n)
		}
		if n := ask(conn, first.Add(c.want+near)); n != conn.snd.flight() {
			t.Errorf("%s: %d were sent again late", name, n)
		}
	}
}

// TestWhatTellsHowLongTheWayIs holds that what may have waited for something else does not.
func TestWhatTellsHowLongTheWayIs(t *testing.T) {
	began := time.Now()
	at := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	s := sender{limit: window}
	add := func(ms int) { s.add(new([]byte), at(ms)) }
	add(0)
	add(5)
	add(10)
	for next, want := range map[uint32]time.Duration{1: 50, 2: 45, 3: 40} {
		if d, known := s.took(next, at(50)); !known || d != want*time.Millisecond {
			t.Errorf("before %d: %v, %v", next, d, known)
		}
	}
	s.lost(wire.Range{First: 1, Last: 1}, at(60), 0, window, func(*[]byte) bool { return true })
	add(60)
	add(61)
	for next, want := range map[uint32]bool{0: false, 1: false, 2: false, 3: false, 4: false, 5: true, 6: false, wire.MaxSequence: false} {
		if _, known := s.took(next, at(70)); known != want {
			t.Errorf("before %d it is known: %v", next, known)
		}
	}
}

// TestLooksAreCounted has reports that ask for nothing that can be sent take no more time than they may in a beat.
func TestLooksAreCounted(t *testing.T) {
	c, began := alone(t), time.Now()
	fill(c, 500, began)
	rows := wire.Range{First: c.snd.first, Last: wire.Next(c.snd.next, -1)}
	var report []byte
	for range 100 {
		report = wire.AppendLost(report, rows)
	}
	nak := wire.Header{Control: true, Type: wire.TypeNAK}
	c.heed(nak, report, began)
	if n := c.Counts().Resent; n != 500 || c.snd.again.looks != 0 {
		t.Fatalf("%d were sent again, and %d may be looked at", n, c.snd.again.looks)
	}
	fill(c, 1, began)
	if n := ask(c, began.Add(beat-1)); n != 0 {
		t.Errorf("%d were looked for", n)
	}
	if n := ask(c, began.Add(beat)); n != 1 {
		t.Errorf("%d were sent again in the next beat", n)
	}
}

// TestLatencies holds what each side waits for, whatever the other one wishes.
func TestLatencies(t *testing.T) {
	const most, keep = 8000, 10*time.Second + 20*time.Millisecond
	for name, c := range map[string]struct {
		mine          time.Duration
		receive, send uint16
		called        bool
		want          [2]uint16
	}{
		"less than here":       {120 * time.Millisecond, 50, 0, false, [2]uint16{120, 120}},
		"more than here":       {120 * time.Millisecond, 300, 400, false, [2]uint16{400, 300}},
		"more than there is":   {120 * time.Millisecond, 65535, 9000, false, [2]uint16{most, most}},
		"decided":              {500 * time.Millisecond, 100, 200, true, [2]uint16{200, 100}},
		"decided without need": {500 * time.Millisecond, 65535, 65535, true, [2]uint16{most, most}},
	} {
		l, _ := listening(t)
		l.opt.Latency = c.mine
		said := &wire.Handshake{MTU: mtu, Window: window, Live: &wire.Live{Version: version, Receive: c.receive, Send: c.send}}
		conn := newConn(l.endpoint, 1, 2, netip.AddrPort{}, said, c.called)
		if conn.latencies != c.want || conn.rcv.clock.latency != time.Duration(c.want[0])*time.Millisecond || conn.snd.keep > keep {
			t.Errorf("%s: %v, and what is %v old is kept", name, conn.latencies, conn.snd.keep)
		}
		if live := conn.says(); live.Receive != c.want[0] || live.Send != c.want[1] {
			t.Errorf("%s: it is said %+v", name, live)
		}
	}
}

// TestWhatIsKeptIsBounded has a peer who acknowledges nothing and wants all latency there is.
func TestWhatIsKeptIsBounded(t *testing.T) {
	c := alone(t)
	fill(c, 2*window, time.Now())
	bytes := 0
	for seq := c.snd.first; seq != c.snd.next; seq = wire.Next(seq, 1) {
		bytes += cap(*c.snd.ring.at(seq).packet)
	}
	if c.snd.flight() != window || bytes > window*mtu {
		t.Errorf("%d packets are kept, in %d bytes", c.snd.flight(), bytes)
	}
}
