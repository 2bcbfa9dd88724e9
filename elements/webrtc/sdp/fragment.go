package sdp

import (
	"strings"

	"sluice/engine/fault"
)

// ParseFragment reads what a client sends after its offer: candidates, or new credentials that restart ICE, as an SDP
// fragment (RFC 8840 9) or as one "candidate:…" attribute. What is not there is empty. What cannot be understood is
// fault.InvalidRequest.
func ParseFragment(text string) (Remote, error) {
	var r Remote
	if err := bounded(text); err != nil {
		return r, err
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		attribute, is := strings.CutPrefix(line, "a=")
		switch {
		case is || strings.HasPrefix(line, "candidate:"):
			r.attribute(attribute)
		case line != "" && (len(line) < 2 || line[1] != '='):
			return r, fault.New(fault.InvalidRequest, "sdp fragment", "%.32q is no line of one", line)
		}
	}
	if (r.Ufrag != "" && !credential(r.Ufrag)) || (r.Pwd != "" && !credential(r.Pwd)) {
		return r, fault.New(fault.InvalidRequest, "sdp fragment", "ice-ufrag or ice-pwd is none (RFC 8839 5.4)")
	}
	return r, nil
}

func (r *Remote) attribute(a string) {
	key, value, _ := strings.Cut(a, ":")
	switch key {
	case "candidate":
		if len(r.Candidates) < maxCandidates {
			r.Candidates = append(r.Candidates, value)
		}
	case "ice-ufrag":
		r.Ufrag = first(r.Ufrag, value)
	case "ice-pwd":
		r.Pwd = first(r.Pwd, value)
	case "ice-lite":
		r.Lite = true
	}
}

// Fragment writes what restarted ICE: the new credentials and all candidates, for the first section that was agreed on (RFC
// 9725 4.3.3).
func (o *Offer) Fragment(choices []Choice, l Local) string {
	w := &writer{}
	if l.Lite {
		w.line("a=ice-lite")
	}
	w.line("a=ice-ufrag:%s", l.Ufrag)
	w.line("a=ice-pwd:%s", l.Pwd)
	if len(choices) > 0 {
		s := &o.Sections[choices[0].Section]
		w.line("m=%s 9 %s%s", s.word, s.proto, formats(choices[0].Codecs))
		if s.Mid != "" {
			w.line("a=mid:%s", s.Mid)
		}
	}
	for _, candidate := range l.Candidates {
		w.line("a=candidate:%s", candidate)
	}
	w.line("a=end-of-candidates")
	return w.String()
}
