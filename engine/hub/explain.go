package hub

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// How a reader came by a track.
type How string

// The ways.
const (
	Exact       How = "exact"       // it is published, and suits
	Alternate   How = "alternative" // the publisher's own graph makes it, too
	Conversions How = "conversion"  // it is made because this reader, or another that wants the same, asked for it
)

// Decision says which track of a kind a reader gets, and why that one.
type Decision struct {
	Kind   media.Kind  `json:"kind"`
	Track  media.Track `json:"track"`
	How    How         `json:"how"`
	Reason string      `json:"reason"`
	// Conversion is the one that makes the track; nil if none does.
	Conversion *Conversion `json:"conversion,omitempty"`
	By         string      `json:"by,omitempty"` // the instance that makes an alternative, once that has an id
}

// ReaderInfo describes a reader.
type ReaderInfo struct {
	ID          uint64        `json:"id"`
	Name        string        `json:"name,omitempty"`  // what it calls itself
	Owner       string        `json:"owner,omitempty"` // the instance that reads, once that has an id
	Publication uint64        `json:"publication"`
	Since       time.Time     `json:"since"`
	Form        Form          `json:"form"`
	Paused      bool          `json:"paused,omitempty"`
	Wants       string        `json:"wants"`
	Offered     string        `json:"offered,omitempty"` // what it could take before that was settled with what there was
	Tracks      []Decision    `json:"tracks"`
	LeftOut     []LeftOut     `json:"left_out,omitempty"`
	Stats       stat.Snapshot `json:"stats"`
}

// Readers describes who reads a stream, in the order in which they came. Those who still wait for a track are not among them.
func (h *Hub) Readers(stream string) []ReaderInfo {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[stream]
	if s == nil || s.pub == nil {
		return nil
	}
	all := make([]ReaderInfo, 0, len(s.pub.readers))
	for r := range s.pub.readers {
		all = append(all, r.info())
	}
	slices.SortFunc(all, func(a, b ReaderInfo) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// info describes a reader. The caller holds the hub's lock.
func (r *Reader) info() ReaderInfo {
	info := ReaderInfo{
		ID: r.id, Name: r.opt.Name, Owner: owner(r.opt.Owner), Publication: r.pub.id, Since: r.since, Form: r.form,
		Paused: r.paused, Wants: r.want.String(), Offered: r.offered, LeftOut: slices.Clone(r.lacks), Stats: r.stats.Snapshot(),
	}
	for i, t := range r.picks {
		d := Decision{Kind: t.kind, Track: t.media(), How: Exact, Reason: r.reasons[i], By: owner(t.owner)}
		switch {
		case t.made != (Conversion{}):
			made := t.made
			d.How, d.Conversion = Conversions, &made
		case t.alternative:
			d.How = Alternate
		}
		info.Tracks = append(info.Tracks, d)
	}
	return info
}

func owner(tell func() string) string {
	if tell == nil {
		return ""
	}
	return tell()
}

// reasons says of each pick why it is the one, as things are now: an offer changes.
func reasons(want media.Want, offer, picks []*track) []string {
	var published []*track
	for _, t := range offer {
		if !t.alternative {
			published = append(published, t)
		}
	}
	d := describe(published)
	out := make([]string, len(picks))
	for i, t := range picks {
		only := want.Only(t.kind)
		if _, err := only.Match(d); err != nil {
			out[i] = strings.TrimPrefix(err.Error(), string(t.kind)+": ")
		} else {
			out[i] = only.String() + " wanted"
		}
	}
	return out
}
