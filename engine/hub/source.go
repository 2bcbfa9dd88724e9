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

// Unaskable is a Source of whom nobody can ask for key frames, because his protocol has no word for it. Who begins to read gets
// everything since the last one, however long ago that was: he would have to wait for the next otherwise.
type Unaskable interface {
	Source
	Unaskable() bool
}

// Unasked is embedded by sources of whom the hub asks nothing: they are Unaskable, and send whether anybody reads or not.
type Unasked struct{}

// RequestKey implements Source.
func (Unasked) RequestKey(int) {}

// Demand implements Source.
func (Unasked) Demand(int) {}

// Idle implements Source.
func (Unasked) Idle(int) {}

// Unaskable implements Unaskable.
func (Unasked) Unaskable() bool { return true }

// askable tells whether a source may give key frames when it is asked.
func askable(s Source) bool {
	u, ok := s.(Unaskable)
	return !ok || !u.Unaskable()
}

// deaf is the source that does not care.
type deaf struct{}

func (deaf) RequestKey(int) {}
func (deaf) Demand(int)     {}
func (deaf) Idle(int)       {}
func (deaf) Ended(error)    {}
