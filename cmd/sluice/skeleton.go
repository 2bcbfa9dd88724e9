package main

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// skeleton is a graph to be: an event and a chain of elements.
type skeleton struct {
	reg     *element.Registry
	trigger element.Trigger
	chain   []*element.Spec
}

func newSkeleton(reg *element.Registry, words []string) (*skeleton, error) {
	t, ok := reg.Trigger(words[0])
	if !ok {
		return nil, noEvent(reg, "new", words[0])
	}
	s := &skeleton{reg: reg, trigger: t}
	for _, w := range words[1:] {
		e, ok := reg.Spec(w)
		if !ok {
			return nil, noElement(reg, w)
		}
		if err := s.speaks(e); err != nil {
			return nil, err
		}
		s.chain = append(s.chain, e)
	}
	s.complete()
	return s, nil
}

// speaks refuses an element that speaks for a session which the event does not bring.
func (s *skeleton) speaks(e *element.Spec) error {
	if len(e.Sessions) == 0 || slices.ContainsFunc(e.Sessions, s.brings) {
		return nil
	}
	return fault.New(fault.ResourceNotFound, "new", "%s speaks for the session %s, which %s does not bring", e.Name,
		strings.Join(e.Sessions, " or "), s.trigger.Event).Advise("`sluice routes --events` tells which event brings what")
}

func (s *skeleton) brings(session string) bool { return slices.Contains(s.trigger.Sessions, session) }

// complete puts a source in front and a sink behind where the chain has none, and a conversion where raw media meets coded.
func (s *skeleton) complete() {
	if s.trigger.Event == "stream.convert" && len(s.chain) == 0 {
		s.chain = append(s.chain, s.own("convert"))
	}
	if len(s.chain) == 0 || len(s.chain[0].In()) > 0 {
		s.chain = slices.Insert(s.chain, 0, s.source())
	}
	if last := s.chain[len(s.chain)-1]; len(last.Out()) > 0 {
		s.chain = append(s.chain, s.sink())
	}
	for i := len(s.chain) - 1; i > 0; i-- {
		from, to := s.chain[i-1], s.chain[i]
		switch {
		case coded(from.Out()) && raw(to.In()):
			s.chain = slices.Insert(s.chain, i, s.own("decode"))
		case raw(from.Out()) && coded(to.In()), strange(from, to):
			s.chain = slices.Insert(s.chain, i, s.own("convert"))
		}
	}
}

// coded tells whether all of the ports carry coded media, raw whether all carry raw media and nothing else.
func coded(ports []element.Port) bool {
	return !slices.ContainsFunc(ports, func(p element.Port) bool { return len(p.Codecs) == 0 })
}

func raw(ports []element.Port) bool {
	other := func(p element.Port) bool { return len(p.Codecs) > 0 || !strings.Contains(p.Caps, "/x-raw") }
	return len(ports) > 0 && !slices.ContainsFunc(ports, other)
}

// strange tells whether one kind of media leaves in no codec that is taken or, where a peer chooses the codec, perhaps in none.
func strange(from, to *element.Spec) bool {
	for _, o := range from.Out() {
		for _, i := range to.In() {
			if len(o.Codecs) == 0 || len(i.Codecs) == 0 || o.Kind() != i.Kind() {
				continue
			}
			foreign := func(c media.Codec) bool { return !slices.Contains(i.Codecs, c) }
			if some := slices.ContainsFunc(o.Codecs, foreign); some && len(from.Sessions) > 0 {
				return true
			}
			if !slices.ContainsFunc(o.Codecs, func(c media.Codec) bool { return !foreign(c) }) {
				return true
			}
		}
	}
	return false
}

// source is what stands in front: what somebody wants is fetched, what somebody publishes comes from the session, and
// everything else reads a stream.
func (s *skeleton) source() *element.Spec {
	if s.trigger.Event == "stream.wanted" {
		return s.own("rtsp.pull")
	}
	if e := s.session(element.Source); e != nil && !strings.HasSuffix(s.trigger.Event, ".play") {
		return e
	}
	return s.own("stream.in")
}

// sink is what stands behind: a player's session, the HLS of somebody who fetches it, or a stream.
func (s *skeleton) sink() *element.Spec {
	if s.trigger.Event == "hls.play" {
		return s.own("hls.out")
	}
	if e := s.session(element.Sink); e != nil && strings.HasSuffix(s.trigger.Event, ".play") {
		return e
	}
	return s.own("stream.out")
}

func (s *skeleton) own(name string) *element.Spec { e, _ := s.reg.Spec(name); return e }

// session finds the element that speaks for the event's session in one direction: one of the same door, if it can.
func (s *skeleton) session(d element.Dir) *element.Spec {
	door, _, _ := strings.Cut(s.trigger.Event, ".")
	if len(s.trigger.Sessions) > 0 && s.trigger.Sessions[0] == "browser" {
		door = "webrtc" // whatever door a browser came through, its media is WebRTC
	}
	var best *element.Spec
	for _, name := range s.reg.OwnNames() {
		e, _ := s.reg.Spec(name)
		fits := slices.ContainsFunc(e.Sessions, s.brings)
		if !fits || d == element.Source && len(e.In()) > 0 || d == element.Sink && len(e.Out()) > 0 {
			continue
		}
		if best == nil || strings.HasPrefix(name, door+".") {
			best = e
		}
	}
	return best
}

// kind is the one kind of media that the whole chain can carry; "" if it can carry more than one.
func (s *skeleton) kind() media.Kind {
	for _, e := range s.chain {
		for _, kinds := range [][]media.Kind{e.Kinds(element.Sink), e.Kinds(element.Source)} {
			if len(kinds) == 1 {
				return kinds[0]
			}
		}
	}
	return ""
}
