package sdp

import (
	"encoding/hex"
	"strings"
)

// defaultProfile is what H.264 without a profile-level-id is: Baseline, level 1 (RFC 6184 8.1).
const defaultProfile = "42000a"

// profile is a profile of H.264.
type profile string

const (
	constrainedBaseline profile = "constrained baseline"
	baseline            profile = "baseline"
	mainProfile         profile = "main"
	extended            profile = "extended"
	constrainedHigh     profile = "constrained high"
	high                profile = "high"
)

// pattern is a row of RFC 6184 table 5: which profile_idc and profile-iop bits mean which profile.
type pattern struct {
	idc, mask, bits byte
	profile         profile
}

func patterns() []pattern {
	return []pattern{
		{0x42, 0x4f, 0x40, constrainedBaseline}, {0x4d, 0x8f, 0x80, constrainedBaseline}, {0x58, 0xcf, 0xc0, constrainedBaseline},
		{0x42, 0x4f, 0x00, baseline}, {0x58, 0xcf, 0x80, baseline},
		{0x4d, 0xaf, 0x00, mainProfile}, {0x58, 0xcf, 0x00, extended},
		{0x64, 0xff, 0x0c, constrainedHigh}, {0x64, 0xff, 0x00, high},
	}
}

// profileOf reads a profile-level-id. Those of profiles that are not in the table, 4:2:2 and such, are profiles by their
// profile_idc.
func profileOf(id string) (profile, bool) {
	if id == "" {
		id = defaultProfile
	}
	b, err := hex.DecodeString(id)
	if err != nil || len(b) != 3 {
		return "", false
	}
	for _, p := range patterns() {
		if b[0] == p.idc && b[1]&p.mask == p.bits {
			return p.profile, true
		}
	}
	return profile(strings.ToLower(id[:4])), true
}

// decodes tells how well a decoder of profile a takes what is coded with profile b: 0 is best, -1 not at all.
func (a profile) decodes(b profile) int {
	if a == b {
		return 0
	}
	// Each line is contained in the profiles that follow it (H.264 annex A.2). Nobody sends what Baseline has beyond
	// Constrained Baseline, neither browsers nor anything that is made for them, so they count as one.
	above := map[profile][]profile{
		constrainedBaseline: {baseline, mainProfile, constrainedHigh, high, extended},
		baseline:            {constrainedBaseline, mainProfile, constrainedHigh, high, extended},
		mainProfile:         {high},
		constrainedHigh:     {high},
	}
	for i, p := range above[b] {
		if p == a {
			return i + 1
		}
	}
	return -1
}
