package element

// Chooser knows which GStreamer elements may be used here, and which of several that do the same is. It is safe for concurrent
// use, and gives the same answer every time: plans of one graph that are made one after the other are compared.
type Chooser interface {
	// Choose gives the one that is used of several that do the same, which are listed best first. The error says for each why it
	// is not.
	Choose(among []string) (string, error)
	// Refuse says why an element is not used although it may be there, as a fault with advice; nil if nothing is held against it.
	Refuse(factory string) error
}

// Choosing has the registry go by a chooser. Without one nothing is refused, and builders take what is always there. It is called
// before the registry is used.
func (r *Registry) Choosing(c Chooser) *Registry {
	r.chooser = c
	return r
}

// Chooser is the one that the registry goes by; nil if there is none.
func (r *Registry) Chooser() Chooser { return r.chooser }

// Refuse says why an element is not used although it may be there; nil if nothing is held against it.
func (r *Registry) Refuse(factory string) error {
	if r.chooser == nil {
		return nil
	}
	return r.chooser.Refuse(factory)
}
