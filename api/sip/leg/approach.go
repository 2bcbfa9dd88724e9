package leg

import (
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Approach is the talk with somebody who is to take the far end's place: with whom the call is transferred to, or who takes it over. Until
// he has, the media is the far end's. He learns nothing of what was agreed on with that one: he is offered all codecs, and other keys. Safe
// for concurrent use.
type Approach struct {
	leg  *Leg
	talk *talk
}

// Approach begins one.
func (l *Leg) Approach() *Approach {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Approach{leg: l, talk: newTalk(l.talk.prefer)}
}

// Offer describes what he is offered.
func (a *Approach) Offer() ([]byte, error) {
	a.leg.mu.Lock()
	defer a.leg.mu.Unlock()
	return a.leg.offer(a.talk, a.leg.holding)
}

// Accept takes his answer, as Leg.Accept does, but for that nothing holds yet.
func (a *Approach) Accept(answer []byte) error {
	a.leg.mu.Lock()
	defer a.leg.mu.Unlock()
	return a.leg.accept(a.talk, answer)
}

// Answer takes an offer of his and gives the answer, as Leg.Answer does, but for that nothing holds yet.
func (a *Approach) Answer(offer []byte, prefer []media.Codec) ([]byte, error) {
	a.leg.mu.Lock()
	defer a.leg.mu.Unlock()
	return a.leg.answer(a.talk, offer, prefer)
}

// Settle makes him the far end. It is fault.ProtocolViolation if nothing was agreed on with him, and fault.Closed if the call has ended.
func (a *Approach) Settle() error {
	l := a.leg
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return fault.New(fault.Closed, "sip", "the call has ended")
	case a.talk.ways == nil:
		return fault.New(fault.ProtocolViolation, "sip", "the answer says nothing of media")
	}
	l.settle(a.talk)
	return nil
}
