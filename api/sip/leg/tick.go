package leg

import (
	"time"

	"sluice/engine/media"
)

const (
	// resting is how often a lane looks after what is due, and lively how often while it makes silence itself.
	resting = 100 * time.Millisecond
	lively  = standardPTime
	// quiet is how long the graph gives nothing before silence is sent in its place.
	quiet = 200 * time.Millisecond
)

// tick does what is due until the lane is closed: reports, silence where the graph gives none, and noticing that nothing comes.
func (a *lane) tick() {
	timer := time.NewTimer(resting)
	defer timer.Stop()
	for {
		select {
		case <-a.stop:
			return
		case now := <-timer.C:
			if r := a.receiver.Load(); r != nil {
				r.Tick(now)
			}
			a.watch(now)
			wait := resting
			if a.fill(now) {
				wait = lively
			}
			timer.Reset(wait)
		}
	}
}

// watch tells when nothing has come for too long since the call was answered: what comes before may be anything, or nothing. It is told
// of sound, or of pictures if there is no sound.
func (a *lane) watch(now time.Time) {
	limit := a.leg.opt.Silence
	if limit <= 0 || a.kind == media.Video && a.leg.sound() != nil || a.leg.Holding() || !a.leg.answered() {
		return
	}
	if d, due := a.silence(now); due && d >= limit && !a.silent.Swap(true) {
		a.leg.log.Info("nothing comes from the far end", "for", d)
		a.leg.herald.Post(func() { a.leg.opt.Watch.Silent(d) })
	}
}
