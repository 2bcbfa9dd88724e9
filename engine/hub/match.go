package hub

import (
	"context"
	"errors"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// choice is how an offer answers a want: with tracks, or with what the reader would have to wait for, or with neither
// and the reason.
type choice struct {
	picks []*track
	needs []need
	err   error // names both sides; nil if the picks are all there is to have
	left  []LeftOut
}

// LeftOut is a kind of media that a reader goes without though it is published, since nothing can make of it what he takes.
type LeftOut struct {
	Kind media.Kind `json:"kind"`
	Why  string     `json:"why"`
}

// choose finds a track for each wanted kind: one that was published, else an alternative, else one that a conversion
// would make. A kind of which unable says why that cannot be is left out, unless there is no other. offer is a snapshot, so no lock is
// needed.
func (h *Hub) choose(name string, offer []*track, want media.Want, layer string, unable map[media.Kind]error) choice {
	var c choice
	c.picks, c.err = h.match(offer, want, layer)
	if c.err == nil || h.opt.Demand == nil {
		return c
	}
	var needs []need
	var last error
	for _, k := range kinds() {
		from := first(offer, k)
		if from == nil || picked(c.picks, k) || len(want.Codecs(k)) == 0 {
			continue
		}
		conversion, err := h.opt.Demand.Conversion(name, from.media(), want)
		if errors.Is(err, fault.InvalidParams) { // the reader's mistake, and not what is published
			c.err = err
			return c
		}
		if err != nil {
			c.err = fault.New(fault.CodecNotAvailable, "", "%s", c.err).Because(err)
			return c
		}
		if t := made(offer, conversion, want); t != nil {
			c.picks = append(c.picks, t)
			continue
		}
		if why := unable[k]; why != nil {
			c.left = append(c.left, LeftOut{Kind: k, Why: why.Error()})
			last = why
			continue
		}
		needs = append(needs, h.converting(conversion))
	}
	switch c.needs = needs; {
	case len(needs) > 0:
	case len(c.picks) > 0:
		c.err = nil
	case last != nil:
		c.err = last
	}
	videoFirst(c.picks)
	return c
}

// converting is the need of a conversion.
func (h *Hub) converting(c Conversion) need {
	demand := h.opt.Demand
	return need{c, func(ctx context.Context) error {
		if err := demand.Convert(ctx, c); err != nil {
			return &unconverted{c.Kind, err}
		}
		return nil
	}}
}

// unconverted is why there is no conversion of a kind.
type unconverted struct {
	kind media.Kind
	why  error
}

func (u *unconverted) Error() string { return u.why.Error() }
func (u *unconverted) Unwrap() error { return u.why }

// match finds what there is without a conversion, of simulcast the layer of that name or the largest that comes.
func (h *Hub) match(offer []*track, want media.Want, layer string) ([]*track, error) {
	picks, err := match(offer, want)
	for i, t := range picks {
		picks[i] = pickLayer(layers(offer, t), layer, h.now())
	}
	return picks, err
}

// match takes the first of equal tracks. The error names what was published, not the alternatives.
func match(offer []*track, want media.Want) (picks []*track, err error) {
	var published []*track
	for _, t := range offer {
		if !t.alternative {
			published = append(published, t)
		}
	}
	m, err := want.Match(describe(published))
	for _, i := range m.Picks {
		picks = append(picks, published[i])
	}
	for _, k := range kinds() {
		if !picked(picks, k) {
			if t := alternative(offer, k, want); t != nil {
				picks = append(picks, t)
			}
		}
	}
	videoFirst(picks)
	for _, k := range m.Missing {
		if !picked(picks, k) {
			return picks, err
		}
	}
	if len(picks) > 0 {
		return picks, nil
	}
	return nil, err
}

// alternative is the one of a kind that suits best, of those that no conversion made.
func alternative(offer []*track, k media.Kind, want media.Want) *track {
	var best *track
	for _, t := range offer {
		if t.kind != k || !t.alternative || t.made != (Conversion{}) {
			continue
		}
		if r := want.Takes(t.media()); r >= 0 && (best == nil || r < want.Takes(best.media())) {
			best = t
		}
	}
	return best
}

// kinds in the order in which readers get them.
func kinds() []media.Kind { return []media.Kind{media.Video, media.Audio, media.Data} }

func videoFirst(picks []*track) {
	slices.SortStableFunc(picks, func(a, b *track) int {
		return slices.Index(kinds(), a.kind) - slices.Index(kinds(), b.kind)
	})
}

func picked(picks []*track, k media.Kind) bool { return first(picks, k) != nil }

func first(tracks []*track, k media.Kind) *track {
	for _, t := range tracks {
		if t.kind == k {
			return t
		}
	}
	return nil
}

// made is what the conversion makes already, or one that differs only in its codec and suits the reader too: an encoder that
// runs is better than a second one.
func made(offer []*track, c Conversion, want media.Want) *track {
	var other *track
	for _, t := range offer {
		if t.made == c {
			return t
		}
		same := t.made
		same.Codec = c.Codec
		if same == c && other == nil && slices.Contains(want.Codecs(c.Kind), t.made.Codec) {
			other = t
		}
	}
	return other
}

// checkForms refuses tracks that cannot be had in a form.
func (h *Hub) checkForms(picks []*track, form Form) error {
	for _, t := range picks {
		if t.form != form && h.opt.Forms == nil {
			return fault.New(fault.CodecNotAvailable, "", "%s: %s published in %s, %s wanted", t.kind, t.media().Codec, t.form, form)
		}
	}
	return nil
}
