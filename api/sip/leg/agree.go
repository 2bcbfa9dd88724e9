package leg

import (
	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Offer describes what we offer: all that may be agreed on at first, and what has been agreed on later.
func (l *Leg) Offer() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offer(l.talk, l.holding)
}

// Reoffer offers the same with the far end held, or not any more. It counts from Accept on.
func (l *Leg) Reoffer(held bool) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offer(l.talk, held)
}

// Withdraw takes our last offer back, because it was refused. Things are as they were.
func (l *Leg) Withdraw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.talk.out = nil
}

// offer makes one. The caller holds l.mu.
func (l *Leg) offer(t *talk, holding bool) ([]byte, error) {
	o := &offer{places: t.layout, holding: holding}
	if o.places == nil {
		o.places = l.first()
	}
	for _, p := range o.places {
		if p.kind == "" {
			o.media = append(o.media, p.refused)
			continue
		}
		a, err := l.lane(p.kind)
		if err != nil {
			return nil, err
		}
		m, err := a.offer(t, sdp.Flow(true, !holding))
		if err != nil {
			return nil, err
		}
		o.media = append(o.media, m)
	}
	t.out = o
	return l.describe(o.media), nil
}

func (l *Leg) first() []place {
	var out []place
	if l.opt.Audio {
		out = append(out, place{kind: media.Audio})
	}
	if l.opt.Video {
		out = append(out, place{kind: media.Video})
	}
	return out
}

func (l *Leg) describe(m []sdp.Media) []byte {
	l.version++
	d := sdp.Local{Address: l.opt.Public, ID: l.id, Version: l.version, Extra: l.opt.Lines, Media: m}
	return []byte(d.String())
}

// Accept takes the answer to our last offer, or, if there is none since, to our last description, with which sessions are refreshed
// (RFC 4028 7.4). It may be called again, when another far end answers, or the same one differently: the newest counts. One that does
// not fit the offer is fault.ProtocolViolation, one without a codec in common fault.CodecNotAvailable, and one that sends media where it
// may not go fault.Forbidden; then things are as they were.
func (l *Leg) Accept(answer []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.accept(l.talk, answer); err != nil {
		return err
	}
	l.settle(l.talk)
	return nil
}

// accept takes an answer. The caller holds l.mu.
func (l *Leg) accept(t *talk, answer []byte) error {
	s, err := sdp.Read(answer)
	if err != nil {
		return err
	}
	if l.closed { // or a handshake could begin that nobody ends
		return fault.New(fault.Closed, "sip", "the call has ended")
	}
	out := t.out
	if out == nil {
		out = t.said
	}
	if out == nil {
		return fault.New(fault.ProtocolViolation, "sip", "an answer came that nothing was offered for")
	}
	ways := map[media.Kind]*way{}
	for i, p := range out.places {
		if p.kind == "" || i >= len(s.Lines) || s.Lines[i].Kind != p.kind || s.Lines[i].Refused() {
			continue // answers with fewer lines than offers are wrong, and what they mean is plain
		}
		if ways[p.kind], err = l.lanes[p.kind].answered(t, &out.media[i], &s.Lines[i]); err != nil {
			return err
		}
	}
	if len(ways) == 0 {
		return fault.New(fault.CodecNotAvailable, "sip", "the far end takes nothing of what was offered")
	}
	t.holding, t.layout, t.said, t.ways = out.holding, out.places, out, ways
	return nil
}

// Answer takes an offer of the far end's, the first or a later one, and gives the answer. Prefer are the codecs of the other side, best
// first; nil leaves them as they were. The errors are those of Accept, and fault.Overloaded if no ports are free.
func (l *Leg) Answer(text []byte, prefer []media.Codec) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out, err := l.answer(l.talk, text, prefer)
	if err != nil {
		return nil, err
	}
	l.settle(l.talk)
	return out, nil
}

// answer takes an offer, and gives the answer. The caller holds l.mu.
func (l *Leg) answer(t *talk, text []byte, prefer []media.Codec) ([]byte, error) {
	s, err := sdp.Read(text)
	if err != nil {
		return nil, err
	}
	if prefer == nil {
		prefer = t.prefer
	}
	o := &offer{holding: l.holding}
	ways := map[media.Kind]*way{}
	chosen := l.choose(t, s, prefer)
	for i := range s.Lines {
		line := &s.Lines[i]
		kind := line.Kind
		if chosen[kind] != line {
			o.media, o.places = append(o.media, line.Refusing()), append(o.places, place{refused: line.Refusing()})
			continue
		}
		a, err := l.lane(kind)
		if err != nil {
			return nil, err
		}
		m, w, err := a.answer(t, line, prefer, sdp.Flow(true, !l.holding))
		if err != nil {
			return nil, err
		}
		ways[kind] = w
		o.media, o.places = append(o.media, m), append(o.places, place{kind: kind})
	}
	if len(ways) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "nothing of what the far end offers can be taken")
	}
	t.prefer, t.holding, t.layout, t.out, t.said, t.ways = prefer, l.holding, o.places, nil, o, ways
	return l.describe(o.media), nil
}

// choose finds the line of each kind that we take: of several, as phones offer them that leave encryption to us, one with keys.
func (l *Leg) choose(t *talk, s *sdp.Session, prefer []media.Codec) map[media.Kind]*sdp.Line {
	out := map[media.Kind]*sdp.Line{}
	for i := range s.Lines {
		line := &s.Lines[i]
		if line.Kind == media.Audio && !l.opt.Audio || line.Kind == media.Video && !l.opt.Video {
			continue
		}
		terms := l.terms(t.ways[line.Kind], prefer)
		if !line.Usable(terms) {
			continue
		}
		if _, ok := line.Choose(terms); !ok {
			continue
		}
		if had := out[line.Kind]; had == nil || had.Secured() == sdp.Plain && line.Secured() != sdp.Plain {
			out[line.Kind] = line
		}
	}
	return out
}

// terms are what we bring to an m-line for which something was agreed on before, or nothing. The caller holds l.mu.
func (l *Leg) terms(w *way, prefer []media.Codec) sdp.Terms {
	t := sdp.Terms{Prefer: prefer, Security: l.opt.Security, Require: l.opt.Require}
	for _, k := range kinds() {
		t.Codecs = append(t.Codecs, l.opt.ordered(k)...)
	}
	if w != nil {
		t.Current = &w.codec
	}
	return t
}

// Offered lists the codecs of an offer that we could take, the far end's order, without agreeing on anything.
func (l *Leg) Offered(text []byte) ([]media.Codec, error) {
	s, err := sdp.Read(text)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []media.Codec
	chosen := l.choose(l.talk, s, l.talk.prefer)
	for _, k := range kinds() {
		line := chosen[k]
		if line == nil {
			continue
		}
		for _, c := range line.Codecs {
			if has(l.opt.ordered(line.Kind), c.Codec) && !has(out, c.Codec) {
				out = append(out, c.Codec)
			}
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "nothing of what the far end offers can be taken")
	}
	return out, nil
}

// settle has it hold from now on what came of a talk; its far end is the leg's. The caller holds l.mu.
func (l *Leg) settle(t *talk) {
	renewed, first := false, true
	select {
	case <-l.agreed:
		first = false
	default:
		close(l.agreed)
	}
	another := t != l.talk
	if another {
		l.talk.end()
		l.talk = t
	}
	l.held, l.holding = true, t.holding
	for _, k := range kinds() {
		if a := l.lanes[k]; a != nil {
			w := t.ways[k]
			renewed = a.use(w, another) || renewed
			l.held = l.held && (w == nil || !w.heard)
		}
	}
	if renewed && !first {
		l.herald.Post(l.opt.Watch.Renewed)
	}
}
