package h265

// parameterSet gives the kind of a parameter set in the order of their need, -1 for other NAL units.
func parameterSet(nal []byte) int {
	if len(nal) < headerSize {
		return -1
	}
	if t := typeOf(nal); t >= typeVPS && t <= typePPS {
		return int(t - typeVPS)
	}
	return -1
}

const parameterSets = 3

// dropped NAL units say nothing that RTP does not say better, or are too short to be any.
func dropped(nal []byte) bool {
	return len(nal) < headerSize || typeOf(nal) == typeAUD || typeOf(nal) == typeFiller
}

// keyOf tells whether decoding can begin at an access unit: it has a slice of an IRAP picture.
func keyOf(au [][]byte) bool {
	for _, nal := range au {
		if len(nal) >= headerSize && isKey(typeOf(nal)) {
			return true
		}
	}
	return false
}

// Unreferenced tells whether no other picture of its temporal sub-layer refers to this one: its slices are of a sub-layer
// non-reference type, which below 16 are the even ones (H.265 table 7-1).
func Unreferenced(au [][]byte) bool {
	for _, nal := range au {
		if len(nal) >= headerSize && typeOf(nal) <= lastSlice {
			return typeOf(nal) < firstIRAP && typeOf(nal)%2 == 0
		}
	}
	return false
}
