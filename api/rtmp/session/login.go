package session

import (
	"crypto/subtle"
	"net/url"
	"strings"
)

// Login is what a client says to log in by the scheme of Adobe's Flash Media Server, of which only ffmpeg's and librtmp's sources tell:
// behind the application's name, once it was asked to. It implements auth.Proof.
type Login struct {
	User      string
	Challenge string // of the client
	Response  string // "" if it has not been told yet what to answer
	Opaque    string // of the server
}

// cutLogin cuts what a client says to log in off an application's name or an address; nil if it says nothing.
func cutLogin(text string) (rest string, l *Login) {
	const mark = "authmod=adobe"
	at := strings.Index(text, mark)
	if at < 1 || text[at-1] != '?' && text[at-1] != '&' {
		return text, nil
	}
	l = &Login{}
	for pair := range strings.SplitSeq(text[at+len(mark):], "&") {
		name, value, _ := strings.Cut(pair, "=") // not url.ParseQuery: base64 has a "+" and is not escaped
		switch name {
		case "user":
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain
			}
			l.User = value
		case "challenge":
			l.Challenge = value
		case "response":
			l.Response = value
		case "opaque":
			l.Opaque = value
		}
	}
	return text[:at-1], l
}

// Follows tells whether the response follows from the MD5 of the user's name, the salt and the password, in base64.
func (l *Login) Follows(salted string) bool {
	return subtle.ConstantTimeCompare([]byte(l.Response), []byte(sum(salted+l.Opaque+l.Challenge))) == 1
}
