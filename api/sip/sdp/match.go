package sdp

import (
	"slices"

	"sluice/engine/media"
)

// Terms are what we bring to a line that was offered or answered.
type Terms struct {
	Codecs []media.Codec // that we take
	Prefer []media.Codec // of these, those that need no conversion, best first
	// Current is what the line has carried until now, and keeps if it is still there; nil for a new one.
	Current *Codec
	// Security is how we would protect media, and Require that we must.
	Security Security
	Require  bool
}

// Usable tells whether we can take a line at all: sound or pictures over RTP, not refused, with a protection that we can do and want.
func (l *Line) Usable(t Terms) bool {
	secured := l.Secured()
	switch {
	case l.Kind == "" || l.Refused() || !l.rtp():
		return false
	case secured == Plain:
		return !l.savp() && !l.dtls() && !t.Require // or its keys are none that we know
	case secured == DTLS:
		return len(l.Prints) > 0
	}
	return true
}

// Choose finds the codec of a line that suits best: the one it has had, then what needs no conversion, then the far end's order. False if
// there is none.
func (l *Line) Choose(t Terms) (Codec, bool) {
	var best *Codec
	least := 0
	for i := range l.Codecs {
		c := &l.Codecs[i]
		if !slices.Contains(t.Codecs, c.Codec) {
			continue
		}
		if rank := t.rank(c, i); best == nil || rank < least {
			best, least = c, rank
		}
	}
	if best == nil {
		return Codec{}, false
	}
	return *best, true
}

// rank orders codecs; lower is better.
func (t Terms) rank(c *Codec, at int) int {
	if t.Current != nil && t.Current.Same(c) {
		return -1
	}
	rank := at
	if c.Codec == media.H264 && c.Mode() != "1" {
		rank += maxFormats // mode 1 carries everything that mode 0 does
	}
	if i := slices.Index(t.Prefer, c.Codec); i >= 0 {
		return rank + i*4*maxFormats
	}
	return rank + (len(t.Prefer)+1)*4*maxFormats
}

// EventOf finds the telephone-event that goes with a codec: of the same clock rate, as RFC 4733 2.1 has it, or else the only one there is,
// as phones with Opus offer it. Nil if there is none.
func (l *Line) EventOf(c Codec) *Event {
	var other *Event
	for i := range l.Events {
		if l.Events[i].Rate == c.Rate {
			return &l.Events[i]
		}
		other = &l.Events[i]
	}
	return other
}

// Key finds the crypto line that we take: the first one of the far end's, who has ordered them. False if there is none.
func (l *Line) Key() (Crypto, bool) {
	if len(l.Cryptos) == 0 {
		return Crypto{}, false
	}
	return l.Cryptos[0], true
}
