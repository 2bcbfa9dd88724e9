package rtmp

import (
	"maps"
	"slices"
	"sync"
)

// audience are those who play, by the name that they asked for. Safe for concurrent use.
type audience struct {
	mu sync.Mutex
	by map[string]map[*Peer]struct{}
}

// enter adds a player, until gone is called.
func (a *audience) enter(name string, p *Peer) (gone func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[string]map[*Peer]struct{}{}
	}
	if a.by[name] == nil {
		a.by[name] = map[*Peer]struct{}{}
	}
	a.by[name][p] = struct{}{}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.by[name], p)
		if len(a.by[name]) == 0 {
			delete(a.by, name)
		}
	}
}

// of lists who plays a name.
func (a *audience) of(name string) []*Peer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Collect(maps.Keys(a.by[name]))
}
