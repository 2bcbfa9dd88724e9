package api

// Connections is how many are open.
func (w *Web) Connections() int {
	w.crowd.mu.Lock()
	defer w.crowd.mu.Unlock()
	return w.crowd.inside
}
