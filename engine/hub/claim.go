package hub

import "sluice/engine/fault"

// Claim keeps a name for somebody who is going to publish under it and does not know yet what: PublishOptions.Claim hands it in.
// Of several who come at the same time one gets the name, and the others know at once. Safe for concurrent use.
type Claim struct {
	hub    *Hub
	stream *stream
}

// Claim claims a name. A bad name is fault.InvalidRequest; one that somebody has, and does not yield, or that is claimed is
// fault.NameInUse. Until Release nobody publishes under it but with the claim, or with the policy Replace.
func (h *Hub) Claim(name string) (*Claim, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.streams[name]; s != nil && !s.free(nil) {
		return nil, inUse(name)
	}
	c := &Claim{h, h.stream(name)}
	c.stream.claim = c
	return c, nil
}

// Release gives a claim up; who waits for the name gets it. A claim that was published with, or released, has nothing left to give
// up. Of nil it does nothing.
func (c *Claim) Release() {
	if c == nil {
		return
	}
	h, s := c.hub, c.stream
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.claim != c {
		return
	}
	s.claim = nil
	if s.pub == nil && len(s.queue) > 0 {
		q := s.queue[0]
		s.queue = s.queue[1:]
		h.install(s, q.pub)
		q.decide(nil)
	}
	h.tidy(s)
}

// free tells whether who has the claim, if any, gets the name: nobody else has it, or who has it yields or has been silent for
// too long. The hub's lock is held.
func (s *stream) free(c *Claim) bool {
	return (s.claim == nil || s.claim == c) && (s.pub == nil || s.pub.yields || s.pub.silent())
}

// spend ends a claim whose publication there is now. The hub's lock is held.
func (s *stream) spend(c *Claim) {
	if c != nil && s.claim == c {
		s.claim = nil
	}
}

// inUse is what is told to who may not have a name.
func inUse(name string) error {
	return fault.New(fault.NameInUse, "", "somebody publishes %q already", name)
}
