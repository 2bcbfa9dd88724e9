package hub

import (
	"cmp"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// AlternativeOptions refine an alternative. The zero AlternativeOptions will do.
type AlternativeOptions struct {
	Form   Form       // in which it is written; "" is Packets
	For    Conversion // which conversion made it; zero: it is for whoever can take it
	Source Source     // who is asked for key frames and told of readers, of track 0; nil: nobody
	// Owner tells, for lists of readers, which instance makes it; nil if none does. It is called with the hub's lock held, and uses no hub.
	Owner func() string
}

// Alternative is one more track of a publication, another form of what it has: made by a conversion, or by the
// publisher's own graph. Readers get it who can take no track that was published first. It ends with the publication.
type Alternative struct {
	pub   *Publication
	track *track
}

// Alternative adds an alternative to what is published under a name now. Nobody there is fault.StreamNotFound.
func (h *Hub) Alternative(name string, t media.Track, opt AlternativeOptions) (*Alternative, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[name]
	if s == nil || s.pub == nil {
		return nil, fault.New(fault.StreamNotFound, "", "nobody publishes %q", name)
	}
	return s.pub.addAlternative(t, opt)
}

// AddAlternative adds an alternative. A bad track is fault.InvalidRequest, one for a conversion that is there already
// fault.NameInUse, and after the end of the publication it is fault.Closed.
func (p *Publication) AddAlternative(t media.Track, opt AlternativeOptions) (*Alternative, error) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	return p.addAlternative(t, opt)
}

func (p *Publication) addAlternative(described media.Track, opt AlternativeOptions) (*Alternative, error) {
	if err := described.Check(); err != nil {
		return nil, err
	}
	form := cmp.Or(opt.Form, Packets)
	if err := checkForm(described, form); err != nil {
		return nil, err
	}
	if p.ended.Load() {
		return nil, fault.New(fault.Closed, "", "the publication has ended")
	}
	if opt.For != (Conversion{}) && slices.ContainsFunc(p.offer, func(t *track) bool { return t.made == opt.For }) {
		return nil, fault.New(fault.NameInUse, "", "%s of %q is made already", described.Codec, p.stream.name)
	}
	t := newTrack(described, form, opt.Source)
	t.alternative, t.made, t.owner = true, opt.For, opt.Owner
	p.add(t)
	p.changed()
	return &Alternative{p, t}, nil
}

// Write is like Publication.Write.
func (a *Alternative) Write(batch []media.Packet) error { return a.pub.Write(a.track.index, batch) }

// Forward is like Publication.Forward.
func (a *Alternative) Forward(batch []media.Packet) error { return a.pub.Forward(a.track.index, batch) }

// WriteUnits is like Publication.WriteUnits.
func (a *Alternative) WriteUnits(batch []media.Unit) error {
	return a.pub.WriteUnits(a.track.index, batch)
}

// Timeline is the publication's: what a conversion makes keeps the times of what it was made from.
func (a *Alternative) Timeline() *media.Timeline { return a.pub.timeline }

// Close takes the alternative away. Its readers go over to another track that suits them; if none does, and there is a reason,
// they are told it and end, and without one a conversion is asked for again. It may be called again.
func (a *Alternative) Close(reason error) {
	p := a.pub
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(p.offer), func(t *track) bool { return t == a.track })
	if p.ended.Load() || len(left) == len(p.offer) {
		return
	}
	p.offer = left
	p.changed()
	for r := range p.readers {
		if slices.Contains(r.picks, a.track) {
			p.hub.move(r, p, reason, reason == nil)
		}
	}
}

// changed tells that the publication offers other tracks than before. The caller holds the hub's lock.
func (p *Publication) changed() {
	p.version++
	p.hub.tell(Event{What: StreamChanged, Stream: p.stream.name, Publication: p.id, Description: describe(p.offer)})
	p.stream.announce()
}
