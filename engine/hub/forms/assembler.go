package forms

import (
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/media/payload"
	"sluice/engine/media/picture"
	"sluice/engine/stat"
)

// assembler makes units of the packets of one track.
type assembler struct {
	jitter       jitter
	depacketizer payload.Depacketizer
	finder       *picture.Finder // nil if it is no video
	order        order
	aid          hub.Aid
	spoiled      uint64
	broken       bool // units are left out until a key unit
}

func newAssembler(t media.Track, d payload.Depacketizer, opt Options, aid hub.Aid) *assembler {
	a := &assembler{jitter: jitter{wait: opt.Wait}, depacketizer: d, finder: picture.NewFinder(t), aid: aid}
	if a.finder != nil {
		a.broken = true
		a.order.reset(a.finder.Shape().Reorder)
	}
	return a
}

// Make implements hub.Maker.
func (a *assembler) Make(packets []*media.Packet) []media.Unit {
	var units []media.Unit
	for _, p := range packets {
		if a.jitter.push(p) {
			units = a.release(units)
		} else {
			a.aid.Stats.Drops.Add(stat.Late, 1)
		}
	}
	return units
}

// Flush implements hub.Maker.
func (a *assembler) Flush() []media.Unit {
	a.jitter.giveUp()
	units := a.release(nil)
	had := len(units)
	return a.sift(a.depacketizer.Flush(units), had)
}

// release takes what the jitter buffer lets go.
func (a *assembler) release(units []media.Unit) []media.Unit {
	for p, gap := a.jitter.next(); p != nil; p, gap = a.jitter.next() {
		if gap {
			a.lose()
		}
		had := len(units)
		units, _ = a.depacketizer.Depacketize(units, p) // what goes wrong is in its Stats
		if a.count() {
			a.lose()
			units = a.sift(units, had)
			// Of a sender without markers, the unit that came now is the one before that which could not be read.
			a.broken = a.broken || a.finder != nil && len(units) > had && units[len(units)-1].PTS != p.PTS
			continue
		}
		units = a.sift(units, had)
	}
	return units
}

// count tells whether anything was given up that had come, and counts it.
func (a *assembler) count() bool {
	stats := a.depacketizer.Stats()
	n := stats.Spoiled
	if a.finder == nil {
		n += stats.Corrupt // of video, a unit with it is spoiled
	}
	more := n - a.spoiled
	a.spoiled = n
	if more > 0 {
		a.aid.Stats.Drops.Add(stat.Corrupt, more)
	}
	return more > 0
}

// lose notes that something is missing, without which video cannot go on.
func (a *assembler) lose() {
	if a.finder != nil {
		a.broken = true
		a.aid.AskKey()
	}
}

// sift leaves out those of the new units that cannot be decoded, and gives the others their times.
func (a *assembler) sift(units []media.Unit, had int) []media.Unit {
	kept := units[:had]
	for _, u := range units[had:] {
		if a.broken && !u.Key {
			a.aid.Stats.Drops.Add(stat.AwaitKey, 1)
			a.aid.AskKey()
			continue
		}
		a.broken = false
		if u.Key && a.finder != nil && a.finder.Unit(u.AU) {
			a.order.reset(a.finder.Shape().Reorder)
		}
		u.DTS = a.order.dts(u.PTS)
		kept = append(kept, u)
	}
	return kept
}
