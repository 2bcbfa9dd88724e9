package streams

// Counts are how many media sessions there are.
func (a *Streams) Counts() (publishing, playing int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.byID {
		if s.plays() {
			playing++
		} else {
			publishing++
		}
	}
	return publishing, playing
}
