package webrtc

import (
	"slices"
	"time"

	"sluice/engine/hub"
)

const (
	// look is how often it is thought about.
	look = time.Second
	// fewLost is what a way loses that has room for more, manyLost what one loses that has not.
	fewLost, manyLost = 0.02, 0.1
	// firstTry is how long the way has to be good until a larger layer is tried. Each try that fails doubles it.
	firstTry, lastTry = 5 * time.Second, 80 * time.Second
	// settling is how long it takes until what is reported is about a layer that was changed to.
	settling = 3 * time.Second
)

// chooser chooses one of the layers of a simulcast for one player: a smaller one when much is lost, the next larger one when
// nothing was for a while. What a way could carry beyond what is sent is not known until it is tried, as the layers are
// several times as large as each other.
type chooser struct {
	looked time.Time
	moved  time.Time // when another layer was chosen last
	raised bool      // that one was larger
	wait   time.Duration
}

func (c *chooser) due(now time.Time) bool {
	if now.Sub(c.looked) < look {
		return false
	}
	c.looked = now
	return true
}

// choose names a layer to go over to, "" for whichever is largest; false if all is well. Layers are the largest first.
func (c *chooser) choose(layers []hub.Layer, lost float64, now time.Time) (string, bool) {
	at := slices.IndexFunc(layers, func(l hub.Layer) bool { return l.Read })
	if len(layers) < 2 || at < 0 {
		return "", false
	}
	if c.moved.IsZero() {
		c.moved, c.wait = now, firstTry
	}
	stayed := now.Sub(c.moved)
	switch {
	case stayed < settling:
	case lost > manyLost, !layers[at].Live:
		return c.lower(layers, at, now)
	case c.raised && stayed >= c.wait:
		c.raised, c.wait = false, firstTry // the try was a success
	case lost < fewLost && stayed >= c.wait:
		return c.raise(layers, at, now)
	}
	return "", false
}

func (c *chooser) lower(layers []hub.Layer, at int, now time.Time) (string, bool) {
	for _, l := range layers[at+1:] {
		if l.Live {
			if c.raised {
				c.wait = min(2*c.wait, lastTry)
			}
			c.moved, c.raised = now, false
			return l.Track.Layer, true
		}
	}
	return "", false
}

func (c *chooser) raise(layers []hub.Layer, at int, now time.Time) (string, bool) {
	for i := at - 1; i >= 0; i-- {
		if !layers[i].Live {
			continue
		}
		c.moved, c.raised = now, true
		if i == 0 {
			return "", true
		}
		return layers[i].Track.Layer, true
	}
	return "", false
}
