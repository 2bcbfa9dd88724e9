package lines

import "sync"

// sequence calls functions one after the other, in the order in which they were given. Who gives one calls it, unless somebody calls one
// already, who then calls this one, too: a function that gives another does not wait for it. The zero sequence is ready.
type sequence struct {
	mu   sync.Mutex
	busy bool
	list []func()
}

func (s *sequence) do(f func()) {
	s.mu.Lock()
	s.list = append(s.list, f)
	if s.busy {
		s.mu.Unlock()
		return
	}
	s.busy = true
	for len(s.list) > 0 {
		next := s.list[0]
		s.list = s.list[1:]
		s.mu.Unlock()
		next()
		s.mu.Lock()
	}
	s.busy = false
	s.mu.Unlock()
}
