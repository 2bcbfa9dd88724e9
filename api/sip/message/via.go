package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// readVia reads one value of Via, with white space wherever RFC 3261 25.1 lets it be.
func readVia(text string) (*sip.ViaHeader, *Malformed) {
	protocol, rest, params := strings.Cut(text, ";")
	if !params {
		rest = ""
	}
	parts := strings.SplitN(protocol, "/", 3)
	if len(parts) != 3 {
		return nil, bad("Via names no transport")
	}
	v := &sip.ViaHeader{ProtocolName: strings.TrimSpace(parts[0]), ProtocolVersion: strings.TrimSpace(parts[1])}
	words := strings.TrimSpace(parts[2])
	at := strings.IndexAny(words, " \t")
	if at < 0 {
		return nil, bad("Via has no sender")
	}
	v.Transport = strings.ToUpper(words[:at])
	var wrong *Malformed
	if v.Host, v.Port, wrong = sentBy(words[at:]); wrong != nil {
		return nil, wrong
	}
	if !Token(v.Transport) || !strings.EqualFold(v.ProtocolName, "SIP") || v.ProtocolVersion != "2.0" {
		return nil, bad("Via is none of SIP")
	}
	if v.Params, wrong = readParams(rest); wrong != nil {
		return nil, wrong
	}
	if v.Params == nil {
		v.Params = sip.HeaderParams{} // sipgo adds to it
	}
	if branch, ok := v.Params.Get("branch"); ok && (branch == "" || branch == sip.RFC3261BranchMagicCookie) {
		return nil, bad("Via has an empty branch")
	}
	return v, nil
}

// sentBy reads host [ : port ]. IPv6 addresses lose their brackets, as sipgo has them.
func sentBy(text string) (sender string, port int, wrong *Malformed) {
	text = strings.Join(strings.Fields(text), "")
	name, behind := text, ""
	if end := strings.IndexByte(text, ']'); end >= 0 {
		name, behind = text[:end+1], text[end+1:]
	} else if at := strings.IndexByte(text, ':'); at >= 0 {
		name, behind = text[:at], text[at:]
	}
	if !host(name) {
		return "", 0, bad("Via has no sender")
	}
	name = strings.Trim(name, "[]")
	if behind == "" {
		return name, 0, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(behind, ":"), 10, 16)
	if err != nil || behind[0] != ':' {
		return "", 0, bad("Via has a wrong port")
	}
	return name, int(n), nil
}
