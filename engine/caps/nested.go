package caps

// nestedCaps is caps inside a field.
type nestedCaps struct{ caps Caps }

// nestedStructure is a structure inside a field. It has no features.
type nestedStructure struct{ s structure }

func (v nestedCaps) base() string      { return "GstCaps" }
func (v nestedStructure) base() string { return "structure" }

func (v nestedCaps) text() string      { return "[" + v.caps.String() + "]" }
func (v nestedStructure) text() string { return "[" + v.s.text() + ";]" }

func (v nestedCaps) meet(other value) (value, bool) {
	o, ok := other.(nestedCaps)
	return v, ok && Equal(v.caps, o.caps)
}

func (v nestedStructure) meet(other value) (value, bool) {
	o, ok := other.(nestedStructure)
	if !ok {
		return nil, false
	}
	s, ok := v.s.meet(o.s)
	return nestedStructure{s}, ok
}
