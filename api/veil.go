package api

import "strings"

// secretLength is that of what crypto/rand.Text gives, at least.
const secretLength = 26

// Veil gives a path as it may be logged: what looks like a secret of crypto/rand.Text, such as the session in a URL of WHIP that
// who knows it may end (RFC 9725 5), is left out.
func Veil(path string) string {
	if len(path) < secretLength {
		return path
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if len(s) >= secretLength && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }) {
			segments[i] = "(hidden)"
		}
	}
	return strings.Join(segments, "/")
}
