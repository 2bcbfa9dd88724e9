package mpegts

import "sluice/engine/media"

const (
	maxPicture = 8 << 20
	maxSound   = 256 << 10
	// learnt is after how many units it is believed that only their last packet is filled up.
	learnt = 16
)

// assembly puts the PES packets of a stream together.
type assembly struct {
	data  []byte
	on    bool // from its beginning on nothing was missing
	given bool // it was whole, and more of it is not expected
	size  int  // of the whole packet; 0 if it does not say

	// Pictures need not say how long they are. Of those of most muxers the last packet alone is filled up, so that one need not
	// wait for the next picture to know that this one is whole.
	filledUp int  // units of which that was so
	odd      bool // it is not: never mind
	last     bool // the last packet was filled up
}

// media takes a packet of a stream.
func (r *Reader) media(s *Stream, packet, payload []byte, start, jump, stuffed bool) {
	again, gap := s.seen.next(packet, payload, jump)
	if again {
		return
	}
	a := &s.asm
	if gap && a.on {
		if !a.given {
			r.wrong("packets of a unit are missing")
		}
		*a = assembly{filledUp: a.filledUp, odd: a.odd}
	}
	if start {
		if a.on && !a.given {
			a.learn()
			r.finish(s)
		}
		a.data, a.on, a.given, a.size, a.last = nil, true, false, 0, false
	} else if !a.on {
		return
	} else if a.given || a.last { // more of what was taken for whole
		a.odd = true
	}
	if a.given {
		a.on = false
		return
	}
	r.gather(s, payload, stuffed)
}

// learn notes whether a unit that is whole, as another begins, was filled up in its last packet.
func (a *assembly) learn() {
	if a.last {
		a.filledUp++
	}
}

func (r *Reader) gather(s *Stream, payload []byte, stuffed bool) {
	a := &s.asm
	bound := maxSound
	if s.Kind == media.Video {
		bound = maxPicture
	}
	if len(a.data)+len(payload) > bound {
		r.wrong("a unit of more than %d bytes", bound)
		a.data, a.on = nil, false
		return
	}
	if a.data == nil {
		a.data = make([]byte, 0, room(payload))
	}
	a.data = append(a.data, payload...)
	if a.size == 0 && len(a.data) >= pesFixed {
		if n := int(a.data[4])<<8 | int(a.data[5]); n > 0 {
			a.size = pesFixed + n
		}
	}
	a.last = stuffed
	if a.size > 0 && len(a.data) >= a.size || a.size == 0 && stuffed && a.filledUp >= learnt && !a.odd {
		r.finish(s)
	}
}

// room is how much memory to take for a packet of which that is the beginning.
func room(payload []byte) int {
	const usual = 4096
	if len(payload) >= pesFixed {
		if n := int(payload[4])<<8 | int(payload[5]); n > 0 {
			return pesFixed + n
		}
	}
	return usual
}

// finish gives what was put together.
func (r *Reader) finish(s *Stream) {
	a := &s.asm
	if !a.on || a.given || len(a.data) == 0 {
		return
	}
	data := a.data
	a.data, a.given = nil, true
	if a.size > 0 && a.size < len(data) {
		data = data[:a.size]
	}
	at, body, ok := openPES(data)
	if !ok || a.size > len(data) {
		r.wrong("a PES packet without beginning, end or time")
		return
	}
	if err := s.parse.take(at, body, func(at Times, u media.Unit) { r.handler.Unit(s, at, u) }); err != nil {
		r.handler.Wrong(err)
	}
}

// openPES reads the header of a PES packet (2.4.3.6). False if it is none, or has no time.
func openPES(b []byte) (at Times, body []byte, ok bool) {
	const fixed, stamp = 9, 5
	if len(b) < fixed || b[0] != 0 || b[1] != 0 || b[2] != 1 || b[6]&0xc0 != 0x80 {
		return at, nil, false
	}
	end := fixed + int(b[8])
	if end > len(b) || b[7]&onlyPTS == 0 || end < fixed+stamp {
		return at, nil, false
	}
	at.PTS = readStamp(b[fixed:])
	at.DTS = at.PTS
	if b[7]&bothTS == bothTS && end >= fixed+2*stamp {
		at.DTS = readStamp(b[fixed+stamp:])
	}
	return at, b[end:], true
}

func readStamp(b []byte) int64 {
	return int64(b[0]>>1&7)<<30 | int64(b[1])<<22 | int64(b[2]>>1)<<15 | int64(b[3])<<7 | int64(b[4]>>1)
}

// Later is how much later a time is than another, in ticks, though the clock may have begun anew between them.
func Later(a, b int64) int64 {
	const turn = maxTicks + 1
	d := (a - b) & maxTicks
	if d >= turn/2 {
		d -= turn
	}
	return d
}
