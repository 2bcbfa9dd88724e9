package hub

import (
	"cmp"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Layer is one of several tracks that show the same in different quality: simulcast, of which a reader gets one.
type Layer struct {
	Track   media.Track // with its name in Layer
	Bitrate int         // in bits a second, of the last second; 0 if not known
	Live    bool        // something came of it in the last two seconds
	Read    bool        // the reader gets it; another may be on its way
}

// Layers are the layers that the reader can choose from, the largest first; none if what it reads has no layers.
func (r *Reader) Layers() []Layer {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	i := r.layered()
	if i < 0 {
		return nil
	}
	var all []Layer
	for _, t := range layers(r.pub.offer, r.picks[i]) {
		all = append(all, Layer{t.media(), t.flow.Rate(), t.flow.Live(r.hub.now()), t == r.picks[i]})
	}
	slices.SortStableFunc(all, func(a, b Layer) int { return area(b.Track) - area(a.Track) })
	return all
}

// Prefer has the reader go over to a layer at that layer's next key frame, which the publisher is asked for; until then it
// gets what it got. The sink is told by Begin. Of what the reader goes over to after a takeover, the layer of the same name
// is preferred. With "" the hub chooses: the largest layer that comes, anew whenever that is another. A layer that was asked
// for by its name is not left, even if nothing comes of it: see Layer.Live. An unknown one is fault.InvalidRequest.
func (r *Reader) Prefer(layer string) error {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	i := r.layered()
	if i < 0 {
		return fault.New(fault.InvalidRequest, "", "the reader reads nothing that has layers")
	}
	all := layers(r.pub.offer, r.picks[i])
	if layer != "" && !slices.ContainsFunc(all, func(t *track) bool { return t.media().Layer == layer }) {
		return fault.New(fault.InvalidRequest, "", "there is no layer %q", layer)
	}
	r.layer = layer
	return r.goOver(i, pickLayer(all, layer, r.hub.now()))
}

// layered is the place of the track that has layers among the reader's; -1 if there is none. The functions from here on
// are called with the hub's lock held.
func (r *Reader) layered() int {
	return slices.IndexFunc(r.picks, func(t *track) bool { return t.layered })
}

// goOver has a reader go over to a layer instead of the ith of its tracks, and to no other it may be about to.
func (r *Reader) goOver(i int, t *track) error {
	if cmp.Or(r.next, r.picks[i]) == t {
		return nil
	}
	if err := r.pub.form(t, r.form); err != nil {
		return err
	}
	r.abandon()
	if t != r.picks[i] {
		r.hub.demand(t)
		r.next = t
	}
	if r.paused {
		r.settle()
		return nil
	}
	p := r.pub
	r.port.change(p, i, t.index, func() bool { return r.wentOver(p, t) })
	return nil
}

// wentOver is called where the layer begins, without the lock. It is false if the reader is not to have it any more.
func (r *Reader) wentOver(p *Publication, t *track) bool {
	r.hub.mu.Lock()
	wanted := r.pub == p && r.next == t
	if wanted {
		r.settle()
	}
	tracks := describe(r.picks).Tracks
	r.hub.mu.Unlock()
	if wanted {
		r.begin(tracks)
	}
	return wanted
}

// settle makes the layer that a reader goes over to the one it has.
func (r *Reader) settle() {
	if r.next == nil {
		return
	}
	i := r.layered()
	r.hub.undemand(r.pub, r.picks[i])
	r.picks = slices.Clone(r.picks)
	r.picks[i], r.next = r.next, nil
}

// abandon forgets the layer that a reader goes over to.
func (r *Reader) abandon() {
	if r.next != nil {
		r.hub.undemand(r.pub, r.next)
		r.next = nil
	}
}

// balance has readers that prefer no layer go over to the largest that comes now.
func (p *Publication) balance() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	for r := range p.readers {
		if i := r.layered(); i >= 0 && r.layer == "" {
			best := pickLayer(layers(p.offer, r.picks[i]), "", p.hub.now())
			if err := r.goOver(i, best); err != nil {
				p.hub.opt.Log.Warn("a reader stays with its layer", "stream", r.name, "reader", r.id, "err", err)
			}
		}
	}
}

// layers are the tracks of an offer that show the same as t; t alone if it is no layer.
func layers(offer []*track, t *track) []*track {
	if !t.layered {
		return []*track{t}
	}
	codec := t.media().Codec
	var all []*track
	for _, o := range offer {
		if o.layered && !o.alternative && o.kind == t.kind && o.media().Codec == codec {
			all = append(all, o)
		}
	}
	return all
}

// pickLayer is the layer of a name, or else the largest of those that come; the first of equals.
func pickLayer(all []*track, name string, now time.Duration) *track {
	var best *track
	for _, t := range all {
		if name != "" && t.media().Layer == name {
			return t
		}
		if best == nil || better(t, best, now) {
			best = t
		}
	}
	return best
}

func better(a, b *track, now time.Duration) bool {
	if live := a.flow.Live(now); live != b.flow.Live(now) {
		return live
	}
	return area(a.media()) > area(b.media())
}

func area(t media.Track) int { return t.Width * t.Height }

// flowed measures what was written of a layer.
func flowed[T any, P interface {
	*T
	Bytes() int
}](p *Publication, t *track, batch []T, arrival time.Time) {
	n := 0
	for i := range batch {
		n += P(&batch[i]).Bytes()
	}
	if t.flow.Add(p.timeline.At(arrival), n) {
		p.hub.herald.Post(p.balance)
	}
}
