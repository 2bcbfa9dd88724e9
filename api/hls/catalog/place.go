package catalog

import (
	"slices"
	"time"

	"sluice/api/hls/rendition"
	"sluice/engine/fault"
)

// Offer is a rendition that somebody is about to make.
type Offer struct {
	Path string // of its stream, such as "/cam"
	Rung string // its name among the stream's renditions; "" if it is the only one
	// Config is how it is made. The catalogue fills in what concerns all renditions of a stream: Target, Timeline,
	// Folder, Prefix and Siblings. Window, Part and DVR are those of the others that are made.
	Config rendition.Config
}

// Place is a rendition in the catalogue, for as long as anybody may fetch anything of it.
type Place struct {
	catalog   *Catalog
	stream    *Stream
	key, rung string
	config    rendition.Config // as it was offered
	rendition *rendition.Rendition

	made bool          // somebody makes it now
	gone chan struct{} // closed when it is forgotten
	// Of one whose maker left: how often that was, how many parts it had then, and whether his return is waited for.
	absence int
	had     uint64
	waiting bool
	tell    func(bool) // who makes it, whether there are viewers; nil: he does not care
	over    bool       // no more will come
}

// Rendition is what is made.
func (p *Place) Rendition() *rendition.Rendition { return p.rendition }

// Key begins the addresses of all that belongs to the rendition.
func (p *Place) Key() string { return p.key }

// Enter counts a viewer of its stream in; leave, which may be called again, counts him out.
func (p *Place) Enter() (leave func()) { return p.stream.Enter() }

// Offer takes a rendition in. One whose maker went a moment ago goes on under its old address, if it is offered again just as it was:
// its viewers see a discontinuity and nothing else. One that somebody makes already is fault.NameInUse; one that is not like others of the
// same stream, which players could not change to, is fault.InvalidParams.
func (c *Catalog) Offer(o Offer) (*Place, error) {
	if err := checkRung(o.Rung); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.check(); err != nil {
		return nil, err
	}
	s := c.get(o.Path)
	old := s.rung(o.Rung)
	switch {
	case old == nil:
	case old.made:
		return nil, fault.New(fault.NameInUse, "path", "%q is offered already", o.Path).
			Advise("another graph makes it; give this one another path or rung")
	case !old.over && same(old.config, o.Config):
		old.made = true
		s.shout()
		return old, nil
	}
	if err := s.suits(o.Config); err != nil {
		return nil, err
	}
	p, err := c.place(s, o, old)
	if err != nil {
		c.tidy(s)
		return nil, err
	}
	if old != nil {
		s.drop(old)
	}
	s.places = append(s.places, p)
	c.keys[p.key] = p
	s.shout()
	return p, nil
}

// same tells whether what went on in one way may go on in another.
func same(a, b rendition.Config) bool {
	return a.Segment == b.Segment && a.Window == b.Window && a.Part == b.Part && a.DVR == b.DVR && a.Independent == b.Independent
}

// suits tells whether a rendition that is made so can stand beside those that are made now: they say the same of how to come close to the
// end, as they must (draft-pantos-hls-rfc8216bis 6.2.4, EXT-X-SERVER-CONTROL). Others that it does not suit are of a life that is over.
func (s *Stream) suits(conf rendition.Config) error {
	var over []*Place
	for _, p := range s.places {
		var at string
		var other any
		switch {
		case p.config.Part != conf.Part:
			at, other = "part", p.config.Part
		case p.config.Window != conf.Window:
			at, other = "window", p.config.Window
		case p.config.DVR != conf.DVR:
			at, other = "dvr", p.config.DVR
		default:
			continue
		}
		if p.made {
			return fault.New(fault.InvalidParams, at, "%q of %q has %v", p.rung, s.path, other).
				Advise("all rungs of a path have the same window, part and dvr; those of transport streams have no parts")
		}
		over = append(over, p)
	}
	for _, p := range over {
		s.drop(p)
	}
	return nil
}

// place makes a new rendition of a stream, in the place of another or nil.
func (c *Catalog) place(s *Stream, o Offer, old *Place) (*Place, error) {
	p := &Place{catalog: c, stream: s, key: newKey(o.Rung), rung: o.Rung, config: o.Config, made: true, gone: make(chan struct{})}
	conf := o.Config
	if alone := !slices.ContainsFunc(s.places, func(p *Place) bool { return p != old }); alone {
		several := conf.Part
		if o.Rung == "" {
			several = 0
		}
		s.target, s.time = rendition.NewTarget(conf.Segment, several), rendition.NewTimeline()
	}
	conf.Target, conf.Timeline = s.target, s.time
	conf.Prefix, conf.Log = p.key, c.opt.Log
	conf.Siblings = func() []rendition.Report { return s.reports(p) }
	if conf.DVR > 0 {
		folder, err := c.store(p.key)
		if err != nil {
			return nil, err
		}
		conf.Folder = folder
	}
	var err error
	p.rendition, err = rendition.New(conf)
	return p, err
}

// Tell has the maker hear whether there are viewers, now and whenever that changes.
func (p *Place) Tell(some func(bool)) {
	p.catalog.mu.Lock()
	defer p.catalog.mu.Unlock()
	p.tell = some
	some(p.stream.viewers > 0)
}

// Leave says that its maker writes no more, and why, if he could not help it: who waits for the stream hears it. If somebody watches,
// the rendition waits for another who goes on with it; if none comes in time it ends, and is forgotten when those who watched had time
// to fetch the rest.
func (p *Place) Leave(why error) {
	c := p.catalog
	has := p.rendition.Totals().Parts
	c.mu.Lock()
	if !p.made {
		c.mu.Unlock()
		return
	}
	p.made, p.tell, p.stream.why = false, nil, why
	watched := p.stream.viewers > 0 && c.open
	// Players ask on, and so graphs try again and again whether the publisher is back. Who brought nothing does not count.
	if watched && (!p.waiting || p.had != has) {
		p.absence, p.had, p.waiting = p.absence+1, has, true
		opt, done, absence := c.opt, c.done, p.absence
		c.work.Go(func() { p.linger(opt, absence, done) })
	}
	p.stream.shout()
	c.mu.Unlock()
	if !watched {
		p.remove()
	}
}

// linger sees a rendition through that nobody makes any more.
func (p *Place) linger(opt Options, absence int, done <-chan struct{}) {
	select {
	case <-opt.Clock.After(opt.Grace):
	case <-p.gone:
		return
	case <-done:
		return
	}
	if !p.missed(absence) {
		return
	}
	p.rendition.End()
	select {
	case <-opt.Clock.After(time.Duration(p.config.Window)*p.config.Segment + p.config.DVR + idle):
		p.remove()
	case <-p.gone:
	case <-done:
	}
}

// missed tells whether nobody has come back since an absence began, and that it is too late now.
func (p *Place) missed(absence int) bool {
	p.catalog.mu.Lock()
	defer p.catalog.mu.Unlock()
	if p.absence != absence {
		return false
	}
	p.waiting, p.over = false, !p.made
	return p.over
}

// idle is how long what has ended can be fetched beyond the length of its playlist.
const idle = 10 * time.Second

// remove forgets a rendition that nobody makes.
func (p *Place) remove() {
	c := p.catalog
	c.mu.Lock()
	gone := !p.made && c.keys[p.key] == p
	if gone {
		p.stream.drop(p)
		delete(c.keys, p.key)
		close(p.gone)
		c.tidy(p.stream)
	}
	c.mu.Unlock()
	if gone {
		p.rendition.Remove()
	}
}

// Made tells whether somebody makes the rendition now.
func (p *Place) Made() bool {
	p.catalog.mu.Lock()
	defer p.catalog.mu.Unlock()
	return p.made
}
