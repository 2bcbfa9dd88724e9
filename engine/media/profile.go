package media

import (
	"slices"
	"strings"
)

// knows tells whether the reader's decoder knows the profile of a track: it is not said, or every decoder of the codec knows
// it, or the reader named it, or named one that contains it.
func (w Want) knows(t Track) bool {
	named, limited := w.Profiles[t.Codec]
	if !limited || common(t.Codec, t.Profile) {
		return true
	}
	return slices.ContainsFunc(named, func(n string) bool { return contains(t.Codec, n, t.Profile) })
}

// common tells whether a profile is one that all decoders of a codec know: eight bits, and colours at half the size. Clients
// offer few of those that they can decode (Firefox of H.264 nothing above Constrained Baseline, and plays High).
func common(c Codec, profile string) bool {
	if profile == "" {
		return true
	}
	switch c {
	case H264:
		switch idc(profile) {
		case "42", "4d", "58", "64": // Baseline, Main, Extended, High (H.264 A.2)
			return true
		}
		return false
	case H265:
		return profile == "1" // Main (H.265 A.3.2)
	case VP9, AV1:
		return profile == "0"
	}
	return true
}

// contains tells whether a decoder of one profile knows another that is not common.
func contains(c Codec, decoder, profile string) bool {
	if c == H264 {
		return idc(decoder) == idc(profile)
	}
	return decoder == profile
}

// idc is the profile_idc of a profile-level-id of H.264, in hexadecimal digits (RFC 6184 8.1).
func idc(profile string) string { return strings.ToLower(profile[:min(len(profile), 2)]) }
