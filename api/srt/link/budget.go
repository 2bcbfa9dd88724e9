package link

import "time"

// budget bounds what a peer can have sent again. An acknowledgement that never comes and a report of losses are a few bytes that cost
// nothing, and what they ask for is sent by the one goroutine that reads for all connections. In the long run half as much is sent
// again as is sent anew, which is enough on a way that loses a third; at once it is what was sent anew within a second, as all of a
// second may be lost. (libsrt's SRTO_OHEADBW is a quarter, and counts only where SRTO_INPUTBW or SRTO_MAXBW is set.) The zero budget
// is full. Its connection's lock guards it.
type budget struct {
	spent       int // bytes that were sent again, less what was earned since
	last, fresh int // bytes that were sent anew in the second before this one, and in this one
	since       time.Time

	looks  int // packets that may be looked at until the next beat
	looked time.Time
}

// earn notes that so many bytes were sent anew.
func (b *budget) earn(size int, now time.Time) {
	const share = 2 // of what is sent anew one in so many
	if now.Sub(b.since) >= time.Second {
		b.last, b.fresh, b.since = b.fresh, 0, now
	}
	b.fresh += size
	b.spent = max(b.spent-size/share, 0)
}

// spend tells whether so many bytes may be sent again, which they are then.
func (b *budget) spend(size int) bool {
	const least = 256 * mtu // at once, of slow streams and those that have just begun
	if b.spent+size > max(b.last, b.fresh, least) {
		return false
	}
	b.spent += size
	return true
}

// look is at how many packets may be looked: in each beat as many as can be on their way.
func (b *budget) look(now time.Time) int {
	if now.Sub(b.looked) >= beat {
		b.looks, b.looked = window, now
	}
	return b.looks
}
