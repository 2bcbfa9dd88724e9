package whip

import (
	"iter"
	"strings"

	"sluice/engine/fault"
)

// maxCandidates bounds how many candidates a client may name in one ICE session: each is tried with each of ours.
const maxCandidates = 128

// fragment is what a trickle-ice-sdpfrag (RFC 8840 9) says, as far as a door needs to know.
type fragment struct {
	credentials     // both empty if it has none
	candidates  int // how many there are
}

// parseFragment reads a fragment. What is none is fault.InvalidRequest. Attributes that it does not know are left out, as RFC
// 8840 9.2 asks for; so are lines of other types, with which some clients make a whole SDP of it.
func parseFragment(text string) (fragment, error) {
	var f fragment
	for line := range lines(text) {
		if len(line) < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z' {
			return fragment{}, fault.New(fault.InvalidRequest, "", `the fragment's line %.60q is not of the form "a=…"`, line)
		}
		if line[0] != 'a' {
			continue
		}
		name, value, _ := strings.Cut(line[2:], ":")
		if err := f.take(name, value); err != nil {
			return fragment{}, err
		}
	}
	if f.password != "" && f.ufrag == "" {
		return fragment{}, fault.New(fault.InvalidRequest, "", "the fragment has an ice-pwd without an ice-ufrag")
	}
	return f, nil
}

// take notes an attribute. Every section may repeat the credentials (RFC 8840 4.4): they are those of one ICE session.
func (f *fragment) take(name, value string) error {
	switch name {
	case "ice-ufrag":
		if !iceText(value, 4) || (f.ufrag != "" && f.ufrag != value) {
			return fault.New(fault.InvalidRequest, "", "the fragment's ice-ufrag is not 4 to 256 ICE characters, or there are two")
		}
		f.ufrag = value
	case "ice-pwd":
		if !iceText(value, 22) || (f.password != "" && f.password != value) {
			return fault.New(fault.InvalidRequest, "", "the fragment's ice-pwd is not 22 to 256 ICE characters, or there are two")
		}
		f.password = value
	case "candidate":
		// foundation component transport priority address port "typ" type (RFC 8839 5.1)
		if len(strings.Fields(value)) < 8 {
			return fault.New(fault.InvalidRequest, "", "the fragment's candidate %.80q is none", value)
		}
		f.candidates++
	}
	return nil
}

// restarts tells whether the fragment is of another ICE session than that of c, which asks for a restart (RFC 9725 4.3.3). One
// without credentials is of the present session: some clients leave them out.
func (f fragment) restarts(c credentials) bool {
	return f.ufrag != "" && f.ufrag != c.ufrag || f.password != "" && f.password != c.password
}

// iceText tells whether s is least to 256 of ice-char (RFC 8839 5.4).
func iceText(s string, least int) bool {
	return len(s) >= least && len(s) <= 256 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '/'
	})
}

// lines gives the lines of an SDP that are not empty. RFC 8866 5 wants them to be taken with or without a carriage return.
func lines(sdp string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(sdp, "\n") {
			if line = strings.TrimSuffix(line, "\r"); line != "" && !yield(line) {
				return
			}
		}
	}
}
