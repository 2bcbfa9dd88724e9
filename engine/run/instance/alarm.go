package instance

import "time"

// alarm sends the owner a message after some time. The zero alarm is not set. Only the owner's goroutine touches it.
type alarm struct {
	timer *time.Timer
	round uint64 // of the setting that may still ring
}

// set lets an alarm ring, in place of whatever it was set to before.
func (o *owner) set(a *alarm, after time.Duration, ring func()) {
	o.hush(a)
	round := a.round
	o.alarms[a] = struct{}{}
	a.timer = time.AfterFunc(max(after, 0), func() {
		o.inst.box.put(func() {
			if a.round != round {
				return // it was set anew or hushed while the message was under way
			}
			o.hush(a)
			ring()
		})
	})
}

// hush keeps an alarm from ringing.
func (o *owner) hush(a *alarm) {
	a.round++
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
		delete(o.alarms, a)
	}
}
