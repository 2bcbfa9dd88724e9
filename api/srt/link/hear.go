package link

import (
	"time"

	"sluice/api/srt/wire"
)

// rtt is how long the way there and back takes (4.10).
type rtt struct {
	smooth, vary time.Duration
	least        time.Duration // the shortest that was measured here; 0: none was
}

func (r *rtt) sample(d time.Duration) {
	r.vary += ((r.smooth - d).Abs() - r.vary) / 4
	r.smooth += (d - r.smooth) / 8
}

// measure takes what was measured here.
func (r *rtt) measure(d time.Duration) {
	if r.least == 0 || d < r.least {
		r.least = d
	}
}

// claim takes what the peer says, which is believed where it is not shorter than any that was measured here.
func (r *rtt) claim(d time.Duration) {
	const longest = 10 * time.Second
	if d > 0 && d < longest {
		r.sample(max(d, r.least))
	}
}

// again is how long to wait before the same packet is sent again once more. Whatever peers say, that is not less than a beat, as they
// report what they lack no more often.
func (r *rtt) again() time.Duration { return max(r.smooth, r.least, beat) }

// pause is how long to wait before it is said again what is missing (4.8.2).
func (r *rtt) pause() time.Duration { return max((r.smooth+4*r.vary)/2, 20*time.Millisecond) }

// patience is how long an answer may take, with the beats at which it is said and heard (draft-sharabayko-srt-01 4.10; libsrt 1.4.1
// waits as long before it sends again).
func (r *rtt) patience() time.Duration { return r.smooth + 4*r.vary + 2*beat }

// acks remembers when acknowledgements were sent, so that their answers tell how long the way is.
type acks struct {
	number uint32
	at     [64]time.Time
	next   [64]uint32
}

// early is how long before its time, and the latency, a packet may come: what comes earlier would be kept for too long.
const early = 5 * time.Second

// take takes a packet of the connection.
func (c *Conn) take(h wire.Header, body []byte, now time.Time) {
	if h.Control {
		c.heed(h, body, now)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil || len(body) == 0 || h.Message == 0 { // packet filters have messages 0, and were not agreed on
		return
	}
	c.heard = now
	if c.deaf {
		return
	}
	c.tally.received.Add(1)
	c.total.received.Add(1)
	due := c.rcv.clock.due(h.Time, now, h.Resent)
	if len(body) > c.most || due.Sub(now) > c.rcv.clock.latency+early { // nobody sends that who means well
		c.lose(1)
		return
	}
	data := append(make([]byte, 0, len(body)), body...)
	switch {
	case c.keys == nil && h.Key != wire.Clear, c.keys != nil && !c.keys.decrypt(data, h.Key, h.Seq):
		c.lose(1)
		return
	}
	gap, missing, what := c.rcv.put(h.Seq, data, due)
	if what == late {
		return // it was counted when it was given up
	}
	if missing {
		c.say(wire.Header{Type: wire.TypeNAK}, wire.AppendLost(nil, gap))
	}
	const often = 64 // packets after which a short acknowledgement does not wait (4.8.1)
	if c.rcv.since++; c.rcv.since >= often {
		c.rcv.since = 0
		r := wire.Report{Next: c.rcv.next}
		c.say(wire.Header{Type: wire.TypeACK}, r.Append(nil)[:4])
	}
}

// heed takes a packet of control.
func (c *Conn) heed(h wire.Header, body []byte, now time.Time) {
	c.mu.Lock()
	c.heard = now
	var room func()
	switch {
	case c.err != nil:
	case h.Type == wire.TypeACK:
		c.acknowledged(h, body, now)
		room = c.room()
	case h.Type == wire.TypeACKACK:
		c.confirmed(h.Info, now)
	case h.Type == wire.TypeNAK:
		c.repeat(body, now)
	case h.Type == wire.TypeUser:
		c.rekey(wire.Extension(h.Sub), body, now)
	}
	c.mu.Unlock()
	if h.Type == wire.TypeShutdown {
		c.finish(errShut, false)
	}
	if room != nil {
		room()
	}
}

func (c *Conn) acknowledged(h wire.Header, body []byte, now time.Time) {
	r, full, ok := wire.ParseACK(body)
	if !ok {
		return
	}
	if d, known := c.snd.took(r.Next, now); known {
		c.rtt.measure(d)
	}
	c.snd.acknowledge(r.Next, now, c.back)
	if !full {
		return
	}
	c.rtt.claim(time.Duration(r.RTT) * time.Microsecond)
	c.say(wire.Header{Type: wire.TypeACKACK, Info: h.Info}, []byte{0, 0, 0, 0})
}

// confirmed hears that an acknowledgement arrived.
func (c *Conn) confirmed(number uint32, now time.Time) {
	i := int(number) % len(c.acks.at)
	if behind := c.acks.number - number; behind >= uint32(len(c.acks.at)) || c.acks.at[i].IsZero() {
		return
	}
	took := now.Sub(c.acks.at[i])
	c.rtt.measure(took)
	c.rtt.sample(took)
	c.acks.at[i] = time.Time{}
	c.rcv.heard = c.rcv.heard || c.acks.next[i] == c.rcv.acked
}

// repeat sends again what is missing. A report may name the same packets in each of its rows: however many those are, no more
// packets are looked at in a beat than can be on their way. What is not sent now, since that were too much, is reported again.
func (c *Conn) repeat(body []byte, now time.Time) {
	const most = 512 // packets for one report
	n, left, enough := 0, c.snd.again.look(now), false
	c.snd.move(now)
	c.line.Cork()
	defer func() { _ = c.line.Uncork() }()
	wire.EachLost(body, func(r wire.Range) bool {
		left -= c.snd.lost(r, now, c.rtt.again(), left, func(b *[]byte) bool {
			if n >= most || !c.snd.again.spend(len(*b)) {
				enough = true
				return false
			}
			n++
			c.resend(b)
			return true
		})
		return !enough && left > 0
	})
	c.snd.again.looks = left
}

func (c *Conn) resend(b *[]byte) {
	wire.MarkResent(*b)
	_, _ = c.e.sock.WriteToAddrPort(*b, c.remote)
	c.tally.resent.Add(1)
	c.total.resent.Add(1)
}

// rekey takes a key that the other side will use, or hears that it has ours.
func (c *Conn) rekey(kind wire.Extension, body []byte, now time.Time) {
	switch {
	case c.keys == nil:
	case kind == wire.ExtKeyRequest && c.keys.asks(body, now):
		c.say(wire.Header{Type: wire.TypeUser, Sub: uint16(wire.ExtKeyAnswer)}, body)
	case kind == wire.ExtKeyAnswer:
		if _, no := wire.Refused(body); !no && c.keys.fresh != nil {
			c.keys.agreed = true
		}
	}
}

// report says what has come and what is missing.
func (c *Conn) report(now time.Time) {
	r := &c.rcv
	again := c.rtt.smooth + 4*c.rtt.vary
	if r.next != r.acked || !r.heard && now.Sub(r.told) > again {
		c.acks.number++
		i := int(c.acks.number) % len(c.acks.at)
		r.acked, r.told, r.heard, r.since = r.next, now, false, 0
		c.acks.at[i], c.acks.next[i] = now, r.next
		a := wire.Report{
			Next: r.next, RTT: uint32(c.rtt.smooth.Microseconds()), RTTVar: uint32(c.rtt.vary.Microseconds()), Room: window,
			Rate: 1000, Capacity: 1000, // live streams do not heed them
		}
		c.spoke = now
		c.say(wire.Header{Type: wire.TypeACK, Info: c.acks.number}, a.Append(nil))
	}
	if wire.Distance(r.behind, r.next) > 0 && now.Sub(r.complain) > c.rtt.pause() {
		r.complain = now
		c.say(wire.Header{Type: wire.TypeNAK}, r.lacking(nil))
	}
}
