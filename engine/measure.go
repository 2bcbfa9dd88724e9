package engine

import "time"

// measured is how often it is looked at what instances cost.
const measured = 5 * time.Second

// measure looks at what instances cost until the engine stops: it decides what else there is room for.
func (e *Engine) measure() {
	for {
		select {
		case <-e.life.Done():
			return
		case <-e.opt.Clock.After(measured):
		}
		var own time.Duration
		if e.opt.Used != nil {
			own = e.opt.Used()
		}
		e.super.Measure(e.opt.Clock.Now(), own)
	}
}
