package hub

import (
	"encoding/json"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// maxSaid bounds what a publisher may say at a time, in bytes: everybody who reads gets it.
const maxSaid = 64 << 10

// Mute notes that the publisher sends nothing worth hearing or seeing of a kind from now on, or that it does again, and
// tells it as StreamMuted if it is new. Who comes later finds it in StreamInfo. Media flows as before: what is left out of
// it is the publisher's business. A kind that is not published can be muted too; after the end nothing is noted.
func (p *Publication) Mute(k media.Kind, muted bool) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.mute(k, muted)
}

// mute is Mute for who holds the hub's lock.
func (p *Publication) mute(k media.Kind, muted bool) {
	if p.ended.Load() || !slices.Contains(kinds(), k) || slices.Contains(p.muted, k) == muted {
		return
	}
	if muted {
		p.muted = append(p.muted, k)
	} else {
		p.muted = slices.DeleteFunc(p.muted, func(o media.Kind) bool { return o == k })
	}
	p.hub.tell(Event{What: StreamMuted, Stream: p.stream.name, Publication: p.id, Kind: k, Muted: muted})
	for _, o := range p.echoes {
		o.mute(k, muted)
	}
}

// Muted are the kinds that are muted now, in the order in which they were.
func (p *Publication) Muted() []media.Kind {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	return slices.Clone(p.muted)
}

// Say tells everybody who reads something, as StreamData; who comes later does not hear of it. The payload belongs to the
// hub from now on. What is not JSON or has more than 64 KiB is fault.InvalidRequest; after the end it is fault.Closed.
func (p *Publication) Say(payload json.RawMessage) error {
	if len(payload) > maxSaid {
		return fault.New(fault.InvalidRequest, "", "%d bytes are too much to say to all readers", len(payload)).Advise("at most %d", maxSaid)
	}
	if !json.Valid(payload) {
		return fault.New(fault.InvalidRequest, "", "what is said to all readers is not JSON")
	}
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if p.ended.Load() {
		return fault.New(fault.Closed, "", "the publication has ended")
	}
	p.say(payload)
	return nil
}

// say tells readers. The caller holds the hub's lock.
func (p *Publication) say(payload json.RawMessage) {
	if p.ended.Load() {
		return
	}
	p.hub.tell(Event{What: StreamData, Stream: p.stream.name, Publication: p.id, Payload: payload})
	for _, o := range p.echoes {
		o.say(payload)
	}
}

// Echo has what the publisher says, and what he mutes, be said of another publication too: one that is made of this one. It must
// not be this one, nor have an echo itself.
func (p *Publication) Echo(to *Publication) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.echoes = append(p.echoes, to)
	for _, k := range p.muted {
		to.mute(k, true)
	}
}
