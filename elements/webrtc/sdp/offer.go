// Package sdp reads a WebRTC client's offer and writes the answer (RFC 8866, 8829, 8843). It is pure: it opens no socket,
// makes no credentials and decides nothing but what fits what. Offers come from anybody, so what they may hold is bounded.
package sdp

import (
	"strings"

	"github.com/pion/sdp/v3"

	"sluice/engine/fault"
)

// What an offer may hold at most. A browser's has 10 kB and two sections, with every codec there is.
const (
	maxBytes      = 128 << 10
	maxLines      = 4000
	maxLine       = 4096
	maxSections   = 32
	maxCandidates = 64
	maxSources    = 64
)

// Offer is what a client offered. It is a value.
type Offer struct {
	Sections []Section
	Remote   Remote
	Mixed    bool // a=extmap-allow-mixed
}

// Remote is how the client is to be reached and recognized.
type Remote struct {
	Ufrag, Pwd   string
	Lite         bool
	Setup        string // "actpass", "active" or "passive" (RFC 4145)
	Fingerprints []Fingerprint
	Candidates   []string // values of a=candidate
}

// Fingerprint is the digest of a certificate (RFC 8122).
type Fingerprint struct {
	Hash  string // "sha-256", in lower case
	Value string // in lower case hexadecimal, with colons
}

// Parse reads an offer. What cannot be understood, and what cannot be had at all (RTP without keys, several ports), is
// fault.InvalidRequest. Codecs, attributes and sections that are not known are left out.
func Parse(text string) (*Offer, error) {
	if err := bounded(text); err != nil {
		return nil, err
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return nil, fault.New(fault.InvalidRequest, "sdp", "cannot be parsed").Because(err)
	}
	if n := len(d.MediaDescriptions); n == 0 || n > maxSections {
		return nil, fault.New(fault.InvalidRequest, "sdp", "%d m-sections, and 1 to %d are possible", n, maxSections)
	}
	o := &Offer{}
	_, o.Mixed = d.Attribute("extmap-allow-mixed")
	bundle := bundled(&d)
	for i, m := range d.MediaDescriptions {
		s, err := section(i, m)
		if err != nil {
			return nil, err
		}
		s.bundled = bundle == nil || bundle[s.Mid]
		o.Sections = append(o.Sections, s)
	}
	return o, o.remote(&d)
}

// bounded looks at an offer before anything is allocated for it.
func bounded(text string) error {
	if len(text) > maxBytes {
		return fault.New(fault.InvalidRequest, "sdp", "%d bytes, and %d are the most", len(text), maxBytes)
	}
	lines := 0
	for line := range strings.Lines(text) {
		if lines++; lines > maxLines {
			return fault.New(fault.InvalidRequest, "sdp", "more than %d lines", maxLines)
		}
		if len(line) > maxLine {
			return fault.New(fault.InvalidRequest, "sdp", "line %d has %d bytes, and %d are the most", lines, len(line), maxLine)
		}
	}
	return nil
}

// bundled gives the mids of the first BUNDLE group; nil if there is no group and only one section, which needs none.
func bundled(d *sdp.SessionDescription) map[string]bool {
	for _, a := range d.Attributes {
		words := strings.Fields(a.Value)
		if a.Key != "group" || len(words) == 0 || words[0] != "BUNDLE" {
			continue
		}
		mids := make(map[string]bool, len(words))
		for _, mid := range words[1:] {
			mids[mid] = true
		}
		return mids
	}
	if len(d.MediaDescriptions) == 1 {
		return nil
	}
	// Without a group each section wants a transport of its own. One is all there is, and the first section gets it.
	mid, _ := d.MediaDescriptions[0].Attribute("mid")
	return map[string]bool{mid: true}
}

// remote finds what of the transport is said, in the first bundled section that says it or for the whole session.
func (o *Offer) remote(d *sdp.SessionDescription) error {
	r := &o.Remote
	_, r.Lite = d.Attribute("ice-lite")
	for i, m := range d.MediaDescriptions {
		if o.Sections[i].bundled {
			r.read(m.Attributes)
		}
	}
	r.read(d.Attributes)
	switch {
	case r.Ufrag == "" || r.Pwd == "":
		return fault.New(fault.InvalidRequest, "sdp", "no ice-ufrag and ice-pwd")
	case !credential(r.Ufrag) || !credential(r.Pwd):
		return fault.New(fault.InvalidRequest, "sdp", "ice-ufrag or ice-pwd is none (RFC 8839 5.4)")
	case len(r.Fingerprints) == 0:
		return fault.New(fault.InvalidRequest, "sdp", "no fingerprint")
	}
	switch r.Setup {
	case "":
		r.Setup = "actpass"
	case "actpass", "active", "passive":
	default:
		return fault.New(fault.InvalidRequest, "sdp", "setup is %q, and actpass, active or passive is possible", r.Setup)
	}
	return nil
}

func (r *Remote) read(attributes []sdp.Attribute) {
	known := r.Ufrag != ""
	marked := len(r.Fingerprints) > 0
	for _, a := range attributes {
		switch a.Key {
		case "ice-ufrag":
			r.Ufrag = first(r.Ufrag, a.Value)
		case "ice-pwd":
			r.Pwd = first(r.Pwd, a.Value)
		case "setup":
			r.Setup = first(r.Setup, a.Value)
		case "fingerprint":
			if hash, value, ok := strings.Cut(a.Value, " "); ok && !marked && len(r.Fingerprints) < maxSources {
				r.Fingerprints = append(r.Fingerprints, Fingerprint{strings.ToLower(hash), strings.ToLower(strings.TrimSpace(value))})
			}
		case "candidate":
			if !known && len(r.Candidates) < maxCandidates {
				r.Candidates = append(r.Candidates, a.Value)
			}
		}
	}
}

func first(have, other string) string {
	if have != "" {
		return have
	}
	return other
}

// credential tells whether s is made of ice-chars (RFC 8839 5.4); anything else could break out of the line that it is
// written to again.
func credential(s string) bool {
	if len(s) < 4 || len(s) > 256 {
		return false
	}
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '+' && c != '/' {
			return false
		}
	}
	return true
}
