package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

const (
	version           = "SIP/2.0"
	unsupportedScheme = 416 // RFC 3261 21.4.14
)

// startLine reads the first line. A request whose address or version is wrong comes with what is wrong.
func startLine(line string) (sip.Message, *Malformed) {
	if len(line) >= 4 && strings.EqualFold(line[:4], "SIP/") {
		return statusLine(line)
	}
	words := strings.Split(line, " ")
	if len(words) < 3 || !Token(words[0]) {
		return nil, bad("the first line is none of SIP")
	}
	method := sip.RequestMethod(words[0])
	if len(words) != 3 {
		return sip.NewRequest(method, sip.Uri{Scheme: "sip", Host: "invalid"}), bad("the request line has white space where none may be")
	}
	var uri sip.Uri
	wrong := ReadURI(words[1], &uri)
	if wrong == nil && uri.Headers.Length() > 0 {
		wrong = bad("the request's address has headers") // RFC 3261 19.1.1, table 1
	}
	if wrong != nil {
		uri = sip.Uri{Scheme: "sip", Host: "invalid"}
	}
	r := sip.NewRequest(method, uri)
	if !strings.EqualFold(words[2], version) {
		wrong = &Malformed{Code: sip.StatusVersionNotSupported, Reason: "not SIP/2.0"}
	}
	return r, wrong
}

// statusLine reads the first line of an answer.
func statusLine(line string) (sip.Message, *Malformed) {
	v, rest, _ := strings.Cut(line, " ")
	code, reason, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(code, 10, 16)
	if err != nil || len(code) != 3 || n < 100 || n > 699 {
		return nil, bad("no status of SIP")
	}
	if !strings.EqualFold(v, version) {
		return nil, &Malformed{Code: sip.StatusVersionNotSupported, Reason: "not SIP/2.0"}
	}
	return sip.NewResponse(int(n), reason), nil
}
