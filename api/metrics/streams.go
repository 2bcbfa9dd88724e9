package metrics

import (
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// origin is how a track comes to be, as a label.
func origin(h hub.How) string {
	if h == hub.Exact {
		return "published"
	}
	return string(h)
}

// streams writes down what is published and read.
func (c *collector) streams(s sheet) {
	n := c.from.Engine.Census()
	s.put("sluice_streams", float64(n.Published), "published")
	s.put("sluice_streams", float64(n.Awaited), "awaited")
	for sort, tracks := range n.Tracks {
		s.put("sluice_tracks", float64(tracks), string(sort.Kind), string(sort.Codec), string(sort.Form), origin(sort.How))
	}
	dropped := map[stat.Reason]uint64{}
	for sort, f := range n.Written {
		names := []string{string(sort.Kind), string(sort.Codec), string(sort.Form), origin(sort.How)}
		s.count("sluice_track_units_total", f.Units, names...)
		s.count("sluice_track_bytes_total", f.Bytes, names...)
		if sort.Kind == media.Video {
			s.count("sluice_track_keyframes_total", f.Keyframes, names...)
		}
		for r, drops := range f.Drops {
			dropped[r] += drops
		}
	}
	for _, r := range stat.Reasons() {
		s.count("sluice_track_dropped_units_total", dropped[r], r.String())
	}
	for pair, running := range n.Conversions {
		s.put("sluice_conversions", float64(running), string(pair[0]), string(pair[1]))
	}
	for _, form := range []hub.Form{hub.Packets, hub.Units} {
		f := n.Read[form]
		s.put("sluice_readers", float64(n.Readers[form]), string(form))
		s.count("sluice_reader_units_total", f.Units, string(form))
		s.count("sluice_reader_bytes_total", f.Bytes, string(form))
		for _, r := range stat.Reasons() {
			s.count("sluice_reader_dropped_units_total", f.Drops[r], string(form), r.String())
		}
	}
	s.put("sluice_readers_paused", float64(n.Paused))
	s.count("sluice_keyframe_requests_total", n.KeyRequests)
	s.put("sluice_hub_cache_bytes", float64(n.Cached))
	if c.named != nil {
		c.named.write(s, n)
	}
}
