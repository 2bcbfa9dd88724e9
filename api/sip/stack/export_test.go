package stack

// Kept is how many requests are kept.
func Kept(s *Stack) int {
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	return s.gate.kept
}
