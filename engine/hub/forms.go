package hub

import (
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// Forms makes what makes one form of media from the other, when the first reader wants it. It is called with the hub's
// lock held, so it must neither wait nor use the hub. What it makes is called from one writer loop and must not wait
// either; it may keep what it is given, and changes none of it.
type Forms interface {
	// Assembler makes access units of a track's packets, which come in the order in which they arrived.
	Assembler(t media.Track) (func([]*media.Packet) []media.Unit, error)
	// Packetiser makes packets of a track's access units, with PTS set.
	Packetiser(t media.Track) (func([]*media.Unit) []media.Packet, error)
}

// form has a track made in a form in which it is not written, for all who read that. It begins with the first reader and
// ends with the publication. The caller holds the hub's lock.
func (p *Publication) form(t *track, form Form) error {
	if t.form == form || t.former != nil {
		return nil
	}
	lanes := []int{t.index}
	if form == Units {
		assemble, err := p.hub.opt.Forms.Assembler(t.Track)
		if err != nil {
			return err
		}
		f := &former[media.Packet, media.Unit]{make: assemble, to: p.units, lane: t.index}
		t.former = tap[media.Packet]{Reader: fanout.NewReader(p.hub.loops, f, new(stat.Set)), log: (*Publication).packetLog}
	} else {
		packetise, err := p.hub.opt.Forms.Packetiser(t.Track)
		if err != nil {
			return err
		}
		f := &former[media.Unit, media.Packet]{make: packetise, to: p.packets, lane: t.index, finish: p.arrive}
		t.former = tap[media.Unit]{Reader: fanout.NewReader(p.hub.loops, f, new(stat.Set)), log: (*Publication).unitLog}
	}
	t.former.attach(p, lanes, 0, func() {})
	return nil
}

// former is the sink that writes one form as the other.
type former[From, To any] struct {
	make   func([]*From) []To
	finish func([]To)
	to     *fanout.Log[To]
	lane   int
}

// Push takes everything.
func (f *former[From, To]) Push(_ int, items []*From) int {
	if batch := f.make(items); len(batch) > 0 {
		if f.finish != nil {
			f.finish(batch)
		}
		f.to.Append(f.lane, batch)
	}
	return len(items)
}

// arrive gives packets that were made here a time of arrival.
func (p *Publication) arrive(batch []media.Packet) {
	now := p.hub.opt.Clock.Now()
	for i := range batch {
		batch[i].Arrival = now
	}
}

// flush calls f when everything that was written to a publication that has ended was made into a form, too.
func (p *Publication) flush(form Form, f func()) {
	for _, t := range p.tracks {
		if p.ended.Load() && t.former != nil && t.form != form {
			next := f
			f = func() { t.former.Finish(next) }
		}
	}
	f()
}

func (p *Publication) packetLog() *fanout.Log[media.Packet] { return p.packets }

func (p *Publication) unitLog() *fanout.Log[media.Unit] { return p.units }
