package hub

import (
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// form has a track made in a form in which it is not written, for all who read that. It begins with the first reader and
// ends with the publication. What is kept from the last key frame on is made at once, so that even the first reader finds
// it and gets it at its pace. The caller holds the hub's lock.
func (p *Publication) form(t *track, form Form) error {
	if t.form == form || t.former != nil {
		return nil
	}
	aid := Aid{Stats: &t.derived, Wait: p.wait, AskKey: t.asker.Ask}
	if form == Units {
		maker, err := p.hub.opt.Forms.Assembler(t.media(), aid)
		if err != nil {
			return err
		}
		t.former = newFormer(p, maker, t.index, p.units, nil, (*Publication).packetLog)
	} else {
		maker, err := p.hub.opt.Forms.Packetiser(t.media(), aid)
		if err != nil {
			return err
		}
		t.former = newFormer(p, maker, t.index, p.packets, p.arrive, (*Publication).unitLog)
	}
	t.former.prime(p, t.index)
	return nil
}

// former is the sink that writes one form as the other.
type former[From, To any] struct {
	Maker[From, To]
	finish func([]To) // may be nil
	to     *fanout.Log[To]
	lane   int
}

// making is the port of a former.
type making[From, To any] struct {
	tap[From]
	*former[From, To]
}

func newFormer[From, To any](
	p *Publication, m Maker[From, To], lane int, to *fanout.Log[To], finish func([]To), from func(*Publication) *fanout.Log[From],
) port {
	f := &former[From, To]{Maker: m, finish: finish, to: to, lane: lane}
	return making[From, To]{tap[From]{fanout.NewReader(p.hub.loops, f, new(stat.Set)), from}, f}
}

// Finish is fanout's, with what was held back at the end.
func (m making[From, To]) Finish(after func()) {
	m.tap.Finish(func() {
		m.write(m.Flush())
		after()
	})
}

// Push takes everything.
func (f *former[From, To]) Push(_ int, items []*From) int {
	f.write(f.Make(items))
	return len(items)
}

func (f *former[From, To]) write(batch []To) {
	if len(batch) == 0 {
		return
	}
	if f.finish != nil {
		f.finish(batch)
	}
	f.to.Append(f.lane, batch)
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
