package mailbox

import "time"

// Clock sets alarms, which are messages to the owner of a Box. Only that goroutine may use it and its alarms.
type Clock struct {
	box *Box
	set map[*Alarm]struct{}
}

// NewClock makes a Clock whose alarms come by a Box.
func NewClock(b *Box) *Clock { return &Clock{box: b, set: map[*Alarm]struct{}{}} }

// Alarm rings after some time. The zero Alarm is not set.
type Alarm struct {
	timer *time.Timer
	round uint64 // of the setting that may still ring
}

// IsSet tells whether it will ring.
func (a *Alarm) IsSet() bool { return a.timer != nil }

// Set lets an alarm ring, in place of whatever it was set to before.
func (c *Clock) Set(a *Alarm, after time.Duration, ring func()) {
	c.Hush(a)
	round := a.round
	c.set[a] = struct{}{}
	a.timer = time.AfterFunc(max(after, 0), func() {
		c.box.Put(func() {
			if a.round != round {
				return // it was set anew or hushed while the message was under way
			}
			c.Hush(a)
			ring()
		})
	})
}

// Hush keeps an alarm from ringing.
func (c *Clock) Hush(a *Alarm) {
	a.round++
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
		delete(c.set, a)
	}
}

// HushAll keeps all alarms from ringing.
func (c *Clock) HushAll() {
	for a := range c.set {
		c.Hush(a)
	}
}
