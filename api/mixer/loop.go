package mixer

import "slices"

// loops tells whether a stream has, through other mixers, what a mixer gives: who lets it into that one has it mix itself, ever louder.
// What goes by conversions and other graphs is not followed. The caller holds x.weaving, so that no two mixers take each other in at once.
func (x *Mixers) loops(stream string, m *Mixer) bool {
	x.mu.Lock()
	all := make([]*Mixer, 0, len(x.by))
	for _, other := range x.by {
		all = append(all, other)
	}
	x.mu.Unlock()
	seen := []string{stream}
	for next := 0; next < len(seen); next++ {
		for _, other := range all {
			heard, gives := other.heardIn(seen[next])
			if gives && other == m {
				return true
			}
			for _, one := range heard {
				if !slices.Contains(seen, one) {
					seen = append(seen, one)
				}
			}
		}
	}
	return false
}

// heardIn lists the streams that are heard in one that the mixer gives: all of its guests, or all but the one that it is for. False if it
// gives no such stream.
func (m *Mixer) heardIn(stream string) (heard []string, gives bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.gives(stream) {
		return nil, false
	}
	for _, g := range m.guests {
		if stream == m.Output || g.own != stream {
			heard = append(heard, g.Stream)
		}
	}
	return heard, true
}
