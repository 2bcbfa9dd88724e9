package leg

import (
	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// place is an m-line as both sides know it: one of ours, or one that is refused.
type place struct {
	kind    media.Kind // "" for one that is none of ours
	refused sdp.Media
}

// offer is a description of ours: one that waits for an answer, or the one that is in force, which is sent again to refresh a session.
type offer struct {
	media   []sdp.Media
	places  []place
	holding bool
}

// Offer describes what we offer: all that may be agreed on at first, and what has been agreed on later.
func (l *Leg) Offer() ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offer(l.holding)
}

// Reoffer offers the same with the far end held, or not any more. It counts from Accept on.
func (l *Leg) Reoffer(held bool) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.offer(held)
}

// Withdraw takes our last offer back, because it was refused. Things are as they were.
func (l *Leg) Withdraw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = nil
}

// offer makes one. The caller holds l.mu.
func (l *Leg) offer(holding bool) ([]byte, error) {
	o := &offer{places: l.layout, holding: holding}
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
		m, err := a.offer(sdp.Flow(true, !holding))
		if err != nil {
			return nil, err
		}
		o.media = append(o.media, m)
	}
	l.out = o
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
	s, err := sdp.Read(answer)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed { // or a handshake could begin that nobody ends
		return fault.New(fault.Closed, "sip", "the call has ended")
	}
	out := l.out
	if out == nil {
		out = l.said
	}
	if out == nil {
		return fault.New(fault.ProtocolViolation, "sip", "an answer came that nothing was offered for")
	}
	var d deal
	for i, p := range out.places {
		if p.kind == "" || i >= len(s.Lines) || s.Lines[i].Kind != p.kind || s.Lines[i].Refused() {
			continue // answers with fewer lines than offers are wrong, and what they mean is plain
		}
		a := l.lanes[p.kind]
		w, err := a.answered(&out.media[i], &s.Lines[i])
		if err != nil {
			return err
		}
		d.add(a, w)
	}
	if len(d.lanes) == 0 {
		return fault.New(fault.CodecNotAvailable, "sip", "the far end takes nothing of what was offered")
	}
	l.holding, l.layout, l.said = out.holding, out.places, out
	l.settle(&d)
	return nil
}

// Answer takes an offer of the far end's, the first or a later one, and gives the answer. Prefer are the codecs of the other side, best
// first; nil leaves them as they were. The errors are those of Accept, and fault.Overloaded if no ports are free.
func (l *Leg) Answer(text []byte, prefer []media.Codec) ([]byte, error) {
	s, err := sdp.Read(text)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if prefer == nil {
		prefer = l.opt.Prefer
	}
	var d deal
	var places []place
	var lines []sdp.Media
	chosen := l.choose(s)
	for i := range s.Lines {
		line := &s.Lines[i]
		kind := line.Kind
		if chosen[kind] != line {
			lines, places = append(lines, line.Refusing()), append(places, place{refused: line.Refusing()})
			continue
		}
		a, err := l.lane(kind)
		if err != nil {
			return nil, err
		}
		m, w, err := a.answer(line, l.terms(a, prefer), sdp.Flow(true, !l.holding))
		if err != nil {
			return nil, err
		}
		d.add(a, w)
		lines, places = append(lines, m), append(places, place{kind: kind})
	}
	if len(d.lanes) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "sip", "nothing of what the far end offers can be taken")
	}
	l.opt.Prefer, l.layout, l.out = prefer, places, nil
	l.said = &offer{media: lines, places: places, holding: l.holding}
	l.settle(&d)
	return l.describe(lines), nil
}

// choose finds the line of each kind that we take: of several, as phones offer them that leave encryption to us, one with keys.
func (l *Leg) choose(s *sdp.Session) map[media.Kind]*sdp.Line {
	out := map[media.Kind]*sdp.Line{}
	for i := range s.Lines {
		line := &s.Lines[i]
		if line.Kind == media.Audio && !l.opt.Audio || line.Kind == media.Video && !l.opt.Video {
			continue
		}
		t := l.terms(l.lanes[line.Kind], l.opt.Prefer)
		if !line.Usable(t) {
			continue
		}
		if _, ok := line.Choose(t); !ok {
			continue
		}
		if had := out[line.Kind]; had == nil || had.Secured() == sdp.Plain && line.Secured() != sdp.Plain {
			out[line.Kind] = line
		}
	}
	return out
}

// terms are what we bring to an m-line. The caller holds l.mu.
func (l *Leg) terms(a *lane, prefer []media.Codec) sdp.Terms {
	t := sdp.Terms{Prefer: prefer, Security: l.opt.Security, Require: l.opt.Require}
	for _, k := range kinds() {
		t.Codecs = append(t.Codecs, l.opt.ordered(k)...)
	}
	if a != nil {
		if w := a.way.Load(); w != nil {
			t.Current = &w.codec
		}
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
	chosen := l.choose(s)
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

// deal is what a description and its answer come to.
type deal struct {
	lanes []*lane
	ways  []*way
}

func (d *deal) add(a *lane, w *way) { d.lanes, d.ways = append(d.lanes, a), append(d.ways, w) }

// settle has it hold from now on. The caller holds l.mu.
func (l *Leg) settle(d *deal) {
	renewed, first := false, true
	select {
	case <-l.agreed:
		first = false
	default:
		close(l.agreed)
	}
	l.held = true
	for _, k := range kinds() {
		a := l.lanes[k]
		if a == nil {
			continue
		}
		var w *way
		for i := range d.lanes {
			if d.lanes[i] == a {
				w = d.ways[i]
			}
		}
		renewed = a.use(w) || renewed
		l.held = l.held && (w == nil || !w.heard)
	}
	if renewed && !first {
		l.herald.Post(l.opt.Watch.Renewed)
	}
}
