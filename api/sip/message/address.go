package message

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// ReadURI reads an address. Of other schemes than sip and sips only the scheme is understood; those that nobody here can do anything with
// are told apart (416).
func ReadURI(text string, to *sip.Uri) *Malformed {
	scheme, rest, ok := strings.Cut(text, ":")
	if !ok || !Token(scheme) {
		return bad("an address without a scheme")
	}
	if strings.ContainsFunc(text, notOfURI) {
		return bad("an address has a character that may not be there")
	}
	switch strings.ToLower(scheme) {
	case "sip", "sips", "tel":
	default:
		return &Malformed{Code: unsupportedScheme, Reason: "an address of an unknown scheme"}
	}
	if err := sip.ParseUri(text, to); err != nil {
		return bad("an address cannot be read")
	}
	if to.Scheme != "tel" && (!host(to.Host) || to.Port < 0 || to.Port > 65535 || strings.HasPrefix(rest, "@")) {
		return bad("an address without a host, or with a wrong port")
	}
	return nil
}

// notOfURI tells which characters no address has.
func notOfURI(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == '"' || r == 0x7f }

// host tells whether a word is a host's name or address; that of IPv6 is within brackets (RFC 3261 25.1). Some have underscores.
func host(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEF:.") == ""
	}
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("-._", r)
	})
}

// nameAddr is an address as headers have it: name-addr or addr-spec, with parameters (RFC 3261 20.10).
type nameAddr struct {
	display string // with the escapes that it had within quotes
	uri     string
	params  sip.HeaderParams
}

// readAddr reads one address of a header.
func readAddr(text string) (a nameAddr, wrong *Malformed) {
	text = strings.TrimSpace(text)
	var rest string
	if open := unquotedAt(text, '<'); open >= 0 {
		if a.display, wrong = displayName(strings.TrimSpace(text[:open])); wrong != nil {
			return a, wrong
		}
		end := strings.IndexByte(text[open:], '>')
		if end < 0 {
			return a, bad("an angle bracket is not closed")
		}
		a.uri, rest = text[open+1:open+end], strings.TrimSpace(text[open+end+1:])
		if rest != "" && rest[0] != ';' {
			return a, bad("something is behind an address")
		}
	} else {
		// Without angle brackets what is behind a semicolon is of the header; a question mark or comma cannot be (RFC 3261 20).
		a.uri, rest, _ = strings.Cut(text, ";")
		a.uri = strings.TrimSpace(a.uri)
		if strings.ContainsAny(a.uri, "?,") {
			return a, bad("an address that needs angle brackets has none")
		}
	}
	a.params, wrong = readParams(rest)
	return a, wrong
}

// displayName reads what is before an angle bracket: a quoted string, or tokens.
func displayName(text string) (string, *Malformed) {
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1], nil
	}
	for word := range strings.FieldsSeq(text) {
		if strings.ContainsAny(word, "\",;:<>@()[]\\") {
			return "", bad("a name that needs quotes has none")
		}
	}
	return text, nil
}

// readParams reads parameters, which begin with semicolons. Values that were quoted keep their quotes, unless they have white space: then
// sipgo quotes them again.
func readParams(text string) (sip.HeaderParams, *Malformed) {
	var params sip.HeaderParams
	for text != "" {
		part := text
		if at := unquotedAt(text, ';'); at >= 0 {
			part, text = text[:at], text[at+1:]
		} else {
			text = ""
		}
		name, value, valued := strings.Cut(part, "=")
		if name = strings.TrimSpace(name); name == "" {
			if valued {
				return params, bad("a parameter without a name")
			}
			continue
		}
		if strings.ContainsAny(name, " \t\"<>@,") {
			return params, bad("a parameter has a wrong name")
		}
		value = strings.TrimSpace(value)
		if inner, ok := unquoted(value); ok && strings.ContainsAny(inner, " \t") {
			value = inner
		}
		params.Add(strings.ToLower(name), value)
	}
	return params, nil
}

// unquotedAt is where a sign is first that is not within quotes; -1 if there is none.
func unquotedAt(text string, sign byte) int {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == sign && !quoted:
			return i
		}
	}
	return -1
}

// unquoted is what is within quotes.
func unquoted(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s, false
	}
	return s[1 : len(s)-1], true
}
