package hub

import (
	"slices"
	"strings"
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// StreamInfo describes what is published under a name.
type StreamInfo struct {
	Name        string      `json:"name"`
	Publication uint64      `json:"publication"`
	Since       time.Time   `json:"since"`
	Readers     int         `json:"readers"`
	Tracks      []TrackInfo `json:"tracks"`
	// Muted are the kinds of which the publisher sends nothing worth hearing or seeing now.
	Muted []media.Kind `json:"muted,omitempty"`
}

// TrackInfo describes a track that can be read.
type TrackInfo struct {
	Track       media.Track `json:"track"`
	Form        Form        `json:"form"`
	Alternative bool        `json:"alternative,omitempty"`
	// Conversion is the one that makes it; nil if it is published, or made by its publisher's graph.
	Conversion *Conversion   `json:"conversion,omitempty"`
	Readers    int           `json:"readers"`
	Stats      stat.Snapshot `json:"stats"` // of what was written
	Begun      uint64        `json:"begun"` // how many units that was: pictures, of video
	// Derived is of the form that was made of that, if somebody reads or read it.
	Derived *stat.Snapshot `json:"derived,omitempty"`
}

// Has tells whether somebody publishes under a name.
func (h *Hub) Has(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[name]
	return s != nil && s.pub != nil
}

// Free tells whether whoever publishes under a name now gets it: nobody has or claims it, or who has it yields.
func (h *Hub) Free(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[name]
	return s == nil || s.free(nil)
}

// Stream describes what is published under a name; false if nobody publishes.
func (h *Hub) Stream(name string) (StreamInfo, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.streams[name]
	if s == nil || s.pub == nil {
		return StreamInfo{}, false
	}
	return s.pub.info(), true
}

// Streams describes all that is published, by name.
func (h *Hub) Streams() []StreamInfo {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []StreamInfo
	for _, s := range h.streams {
		if s.pub != nil {
			all = append(all, s.pub.info())
		}
	}
	slices.SortFunc(all, func(a, b StreamInfo) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func (p *Publication) info() StreamInfo {
	info := StreamInfo{
		Name: p.stream.name, Publication: p.id, Since: p.since, Readers: len(p.readers), Muted: slices.Clone(p.muted),
	}
	for _, t := range p.offer {
		one := TrackInfo{
			Track: t.media(), Form: t.form, Alternative: t.alternative, Readers: t.readers, Stats: t.stats.Snapshot(),
			Begun: t.begun.Load(),
		}
		if t.made != (Conversion{}) {
			made := t.made
			one.Conversion = &made
		}
		if t.former != nil {
			derived := t.derived.Snapshot()
			one.Derived = &derived
		}
		info.Tracks = append(info.Tracks, one)
	}
	return info
}
