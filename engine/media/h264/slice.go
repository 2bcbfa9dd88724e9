package h264

import (
	"encoding/binary"

	"github.com/bluenviron/mediacommon/v2/pkg/bits"
)

// sliceB is slice_type of B slices, and 5 more if all slices of the picture are (H.264 7.4.3).
const (
	sliceB     = 1
	sliceTypes = 5
)

// Bidirectional tells whether a packet's payload holds a B slice, or the beginning of one: the picture refers to two
// others, which may be shown on both sides of it.
func Bidirectional(payload []byte) bool {
	if len(payload) < fuHeader {
		return false
	}
	switch payload[0] & typeMask {
	case typeSlice:
		return isB(payload[1:])
	case typeFUA:
		return payload[1]&startMask != 0 && payload[1]&typeMask == typeSlice && isB(payload[fuHeader:])
	case typeSTAPA:
		for units := payload[stapHeader:]; len(units) > lengthSize; {
			size := int(binary.BigEndian.Uint16(units))
			units = units[lengthSize:]
			if size > len(units) {
				return false
			}
			if size > 0 && units[0]&typeMask == typeSlice && isB(units[1:size]) {
				return true
			}
			units = units[size:]
		}
	}
	return false
}

// isB reads the first two numbers of a slice header, in which emulation prevention has no place: at most the first can
// have zeros at its beginning, and no slice begins at so many macroblocks.
func isB(slice []byte) bool {
	at := 0
	if _, err := bits.ReadGolombUnsigned(slice, &at); err != nil { // first_mb_in_slice
		return false
	}
	kind, err := bits.ReadGolombUnsigned(slice, &at)
	return err == nil && kind%sliceTypes == sliceB
}

// Unreferenced tells whether no other picture refers to this one: nal_ref_idc of its slices, which is that of NAL units in
// general, is 0 (H.264 7.4.1).
func Unreferenced(au [][]byte) bool {
	for _, nal := range au {
		if len(nal) > 0 && nal[0]&typeMask >= typeSlice && nal[0]&typeMask <= typeIDR {
			return nal[0]&nriMask == 0
		}
	}
	return false
}
