package hub

// Source is who publishes, as the hub needs him. It is called from one goroutine, in order, with no lock held; the next
// call waits for the one before, so none should take long.
type Source interface {
	// RequestKey asks for a key frame of a track, at most twice a second.
	RequestKey(track int)
	// Demand says that a track has got its first reader.
	Demand(track int)
	// Idle says that a track has lost its last reader.
	Idle(track int)
	// Ended says that the hub ended what the source published, and why: somebody else took the name, say.
	Ended(reason error)
}

// deaf is the source that does not care.
type deaf struct{}

func (deaf) RequestKey(int) {}
func (deaf) Demand(int)     {}
func (deaf) Idle(int)       {}
func (deaf) Ended(error)    {}
