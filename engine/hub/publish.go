package hub

import (
	"context"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Policy says what becomes of a second publisher under a live name.
type Policy string

// The policies.
const (
	Refuse  Policy = "refuse"  // he gets fault.NameInUse
	Replace Policy = "replace" // he takes over: the first one ends, its readers stay
	Queue   Policy = "queue"   // he waits until the name is free
	Yield   Policy = "yield"   // he gets fault.NameInUse, and gives the name up to whoever comes later: see Publication.Yield
)

// PublishOptions refine Publish. The zero PublishOptions will do.
type PublishOptions struct {
	Policy Policy // "" is Refuse
	Form   Form   // in which the tracks are written; "" is Packets
	Forms  []Form // of the tracks one by one, where one is not written in Form; "" is Form
	Claim  *Claim // of the name, which the publication has from then on; nil: none
	Source Source // who is asked for key frames and told of readers; nil: nobody
	// Silence is for how long the publication may say nothing, once it has begun to, and keep its name all the same when somebody else
	// comes: a client whose network was lost comes back long before that is noticed. At 0 it keeps the name.
	Silence time.Duration
	// Wait is how long a packet that is missing is waited for where packets are made into units. At 0 it is as long as a retransmission may
	// take.
	Wait time.Duration
}

// form is in which a track is written.
func (o PublishOptions) form(track int) Form {
	form := o.Form
	if track < len(o.Forms) && o.Forms[track] != "" {
		form = o.Forms[track]
	}
	if form == "" {
		return Packets
	}
	return form
}

// Publish begins to publish under a name. With the policy Queue it waits for the name until ctx ends; a publication is
// not bound to ctx. A bad name or description is fault.InvalidRequest, a taken name fault.NameInUse.
func (h *Hub) Publish(ctx context.Context, name string, d media.Description, opt PublishOptions) (*Publication, error) {
	if err := checkPublish(name, d, opt); err != nil {
		return nil, err
	}
	p := h.newPublication(d, opt)
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, h.errClosed()
	}
	s := h.stream(name)
	switch free := s.free(opt.Claim); {
	case s.pub == nil && (free || opt.Policy == Replace):
		s.spend(opt.Claim)
		h.install(s, p)
	case s.pub != nil && (free || opt.Policy == Replace):
		s.spend(opt.Claim)
		h.oust(s.pub, p, h.taken(s))
	case opt.Policy == Queue:
		q := &queued{pub: p, answer: make(chan error, 1)}
		s.queue = append(s.queue, q)
		h.mu.Unlock()
		return h.awaitTurn(ctx, s, q)
	default:
		h.mu.Unlock()
		return nil, inUse(name)
	}
	h.mu.Unlock()
	return p, nil
}

func checkPublish(name string, d media.Description, opt PublishOptions) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if !slices.Contains([]Policy{"", Refuse, Replace, Queue, Yield}, opt.Policy) {
		return fault.New(fault.InvalidRequest, "", "%q is no policy for publishing", opt.Policy).Advise("refuse, replace, queue or yield")
	}
	if len(opt.Forms) > len(d.Tracks) {
		return fault.New(fault.InvalidRequest, "", "%d forms for %d tracks", len(opt.Forms), len(d.Tracks))
	}
	if err := d.Check(); err != nil {
		return err
	}
	for i, t := range d.Tracks {
		if err := checkForm(t, opt.form(i)); err != nil {
			return err
		}
	}
	return nil
}

// checkForm refuses a track that cannot be written in a form: packets need the rate of their clock.
func checkForm(t media.Track, form Form) error {
	switch {
	case form != Packets && form != Units:
		return fault.New(fault.InvalidRequest, "", "%q is no form of media", form).Advise("packets or units")
	case form == Packets && t.ClockRate == 0:
		return fault.New(fault.InvalidRequest, "", "track %q needs a clock rate to be published in packets", t.ID)
	}
	return nil
}

// queued is a publisher who waits for a name.
type queued struct {
	pub    *Publication
	answer chan error // has room for the one answer
}

// decide ends the wait: with the name, if err is nil.
func (q *queued) decide(err error) { q.answer <- err }

func (h *Hub) awaitTurn(ctx context.Context, s *stream, q *queued) (*Publication, error) {
	var err error
	select {
	case err = <-q.answer:
	case <-ctx.Done():
		h.mu.Lock()
		before := len(s.queue)
		s.queue = slices.DeleteFunc(s.queue, func(o *queued) bool { return o == q })
		gaveUp := len(s.queue) < before
		h.tidy(s)
		h.mu.Unlock()
		if gaveUp {
			return nil, ctx.Err()
		}
		err = <-q.answer // it was decided in the same moment
	}
	if err != nil {
		return nil, err
	}
	return q.pub, nil
}

// Yield has the publication give its name up to whoever publishes it, or keep it from now on: what only stands in for a
// publisher should not stand in his way. Readers stay, as they do with Replace; who waits in a queue gets the name at once.
func (p *Publication) Yield(yields bool) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	p.yields = yields
	if s := p.stream; yields && !p.ended.Load() && s != nil && len(s.queue) > 0 {
		q := s.queue[0]
		s.queue = s.queue[1:]
		h.oust(p, q.pub, h.taken(s))
		q.decide(nil)
	}
}

// taken is what is told to a publisher whose name somebody else has got.
func (h *Hub) taken(s *stream) error {
	return fault.New(fault.NameInUse, "", "somebody else publishes %q now", s.name)
}

// install gives a free name to a publication. The caller holds h.mu.
func (h *Hub) install(s *stream, p *Publication) {
	s.pub, p.stream = p, s
	h.opt.Log.Info("stream published", "stream", s.name, "publication", p.id, "tracks", describe(p.tracks).String())
	h.tell(Event{What: StreamPublished, Stream: s.name, Publication: p.id, Description: describe(p.tracks), StandIn: p.standIn})
	s.announce()
}

// end takes the name from a publication and gives it to who waits for it, if anybody does. The caller holds h.mu.
func (h *Hub) end(p *Publication, reason error) {
	s := p.stream
	if len(s.queue) > 0 {
		q := s.queue[0]
		s.queue = s.queue[1:]
		h.succeed(p, q.pub, reason)
		q.decide(nil)
		return
	}
	h.succeed(p, nil, reason)
}

// oust is succeed against the publisher's will: he is told. The caller holds h.mu.
func (h *Hub) oust(p, next *Publication, reason error) {
	h.succeed(p, next, reason)
	h.herald.Post(func() { p.source.Ended(reason) })
}

// succeed ends a publication and hands its readers to the next, if there is one and it suits them. The caller holds h.mu.
func (h *Hub) succeed(p, next *Publication, reason error) {
	s := p.stream
	p.ended.Store(true)
	if s.name != "" {
		h.past.ended(p)
	}
	s.pub = nil
	delete(h.private, p)
	if s.name != "" {
		h.opt.Log.Info("stream ended", "stream", s.name, "publication", p.id, "err", reason)
	}
	h.tell(Event{
		What: StreamEnded, Stream: s.name, Publication: p.id, Description: describe(p.offer), StandIn: p.standIn, Reason: reason,
	})
	for _, t := range p.offer {
		if t.alternative {
			h.herald.Post(func() { t.source.Ended(reason) })
		}
	}
	if next != nil {
		h.install(s, next)
	} else {
		s.announce()
	}
	for r := range p.readers {
		h.handOver(r, next, reason)
	}
	h.tidy(s)
}
