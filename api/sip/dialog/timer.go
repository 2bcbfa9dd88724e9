package dialog

import (
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
)

// timer is the session timer (RFC 4028): who vanishes without BYE is noticed when it does not refresh the session, or does not answer our
// refresh. The dialog's lock guards it.
type timer struct {
	every time.Duration // 0 if there is none
	ours  bool          // we refresh
	until time.Time     // when the session ends without a refresh
	alarm *alarm
}

const (
	weRefresh, theyRefresh = "uac", "uas" // as the one who asks says it
	// lead is how long before its end a session is given up (RFC 4028 10), if that is less than a third of it.
	lead = 32 * time.Second
	// longest is how long a session lasts at most that the far end wants to last longer.
	longest = 24 * time.Hour
)

// brief tells whether a request wants a shorter session than we accept, and can hear so.
func (t *Table) brief(r *sip.Request) bool {
	every, _, ok, err := message.SessionExpires(r)
	return ok && err == nil && seconds(every) < t.opt.MinSE && message.Has(r, "Supported", "timer")
}

// least says which one we do accept.
func (t *Table) least() sip.Header {
	return sip.NewHeader("Min-SE", strconv.Itoa(int(t.opt.MinSE/time.Second)))
}

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

// wish puts into a request of ours how long the session is to last. The caller holds the lock.
func (d *Dialog) wish(r *sip.Request, least uint32) {
	every, refresher := d.table.opt.Expires, ""
	if d.timer.every > 0 {
		if every, refresher = d.timer.every, ";refresher="+theyRefresh; d.timer.ours {
			refresher = ";refresher=" + weRefresh
		}
	}
	if every < 0 {
		return
	}
	every = max(every, seconds(least))
	r.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(int(every/time.Second))+refresher))
	if least = max(least, uint32(d.table.opt.MinSE/time.Second)); least != 90 { // what is meant without it (RFC 4028 5)
		r.AppendHeader(sip.NewHeader("Min-SE", strconv.Itoa(int(least))))
	}
}

// agreed takes how long the session lasts from a 2xx to a request of ours. The caller holds the lock.
func (d *Dialog) agreed(res *sip.Response) {
	every, refresher, ok, err := message.SessionExpires(res)
	if err != nil || !ok { // RFC 4028 7.2: then it lasts until somebody hangs up
		d.lasts(0, false)
		return
	}
	// Whoever grants less than may be, or nearly for ever, is not followed: RFC 4028 7.2 has no such answer.
	d.lasts(min(max(seconds(every), d.table.opt.MinSE), longest), refresher != theyRefresh)
}

// grant says in a 2xx of ours how long the session lasts (RFC 4028 9). The caller holds the lock.
func (d *Dialog) grant(r *sip.Request) []sip.Header {
	can := message.Has(r, "Supported", "timer")
	every, refresher, ok, err := message.SessionExpires(r)
	length := seconds(every)
	switch {
	case err != nil || !ok:
		if d.table.opt.Expires < 0 {
			d.lasts(0, false)
			return nil
		}
		length, refresher = d.table.opt.Expires, theyRefresh
		if least, ok, err := message.MinSE(r); ok && err == nil {
			length = max(length, seconds(least))
		}
	case !can || refresher == theyRefresh: // some proxy wants it
		refresher = theyRefresh
	default:
		refresher = weRefresh
	}
	length = max(length, d.table.opt.MinSE)
	d.lasts(length, refresher == theyRefresh) // the names are from the far end's side
	hs := []sip.Header{sip.NewHeader("Session-Expires", strconv.Itoa(int(length/time.Second))+";refresher="+refresher)}
	if can {
		hs = append(hs, sip.NewHeader("Require", "timer"))
	}
	return hs
}

// lasts begins the session's time anew. The caller holds the lock.
func (d *Dialog) lasts(every time.Duration, ours bool) {
	d.timer.alarm.stop()
	d.timer.every, d.timer.ours = every, ours
	if every <= 0 || d.phase == over {
		d.timer.alarm = nil
		return
	}
	d.timer.until = time.Now().Add(every - min(lead, every/3))
	if ours {
		d.ring(every/2, d.refresh)
	} else {
		d.ring(time.Until(d.timer.until), d.expire)
	}
}

// ring sets when something is to be done for the timer. The caller holds the lock.
func (d *Dialog) ring(in time.Duration, f func()) {
	var a *alarm
	a = d.table.after(in, func() {
		d.mu.Lock()
		current := d.timer.alarm == a && d.phase != over
		d.mu.Unlock()
		if current {
			f()
		}
	})
	d.timer.alarm = a
}

// expire ends a call that the far end has not refreshed.
func (d *Dialog) expire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.broken(Ending{Code: sip.StatusRequestTimeout, Reason: "Session timer expired"})
}

// refresh keeps the session: by UPDATE, which leaves descriptions alone, if the far end takes it, else with our last one.
func (d *Dialog) refresh() {
	d.mu.Lock()
	plain, phase := d.far.updates, d.phase
	var r *sip.Request
	if plain && phase == established {
		r = d.within(sip.UPDATE, d.far)
		d.supports(r)
		d.wish(r, 0)
	}
	d.mu.Unlock()
	var err error
	switch {
	case r != nil:
		err = d.updateBare(r)
	case phase == established:
		err = d.repledge()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phase == over || err == nil && phase == established {
		return
	}
	d.log.Debug("a session could not be refreshed", "call", d.callID, "err", err)
	if wait := d.timer.every / 16; time.Until(d.timer.until) > wait {
		d.ring(wait, d.refresh)
		return
	}
	d.broken(Ending{Code: sip.StatusRequestTimeout, Reason: "Session timer expired", Err: err})
}
