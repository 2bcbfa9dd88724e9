package h264

// parameterSet gives the kind of a parameter set in the order of their need, -1 for other NAL units.
func parameterSet(nal []byte) int {
	if len(nal) > 0 {
		switch nal[0] & typeMask {
		case typeSPS:
			return 0
		case typePPS:
			return 1
		}
	}
	return -1
}

const parameterSets = 2

// dropped NAL units say nothing that RTP does not say better: where units begin is in the marker, and fillers only fill
// (RFC 6184 5.2 lets them be left out; pion does so, too).
func dropped(nal []byte) bool {
	return len(nal) == 0 || nal[0]&typeMask == typeAUD || nal[0]&typeMask == typeFiller
}

// keyOf tells whether decoding can begin at an access unit, and if so, whether it is but a recovery point.
func keyOf(au [][]byte) (key, recovery bool) {
	for _, nal := range au {
		if keyUnit(nal) {
			if nal[0]&typeMask == typeIDR {
				return true, false
			}
			recovery = true
		}
	}
	return recovery, recovery
}
