package session

import (
	"crypto/md5" //nolint:gosec // it is what the protocol is made of
	"encoding/base64"
	"net/url"
	"strings"

	"sluice/engine/fault"
)

// challenge is how a server asks who it is, by the scheme of Adobe's Flash Media Server: in the description of an error.
type challenge struct{ params url.Values }

// Error implements error.
func (*challenge) Error() string { return "the server wants a user and a password" }

// parseChallenge reads the description of an error; nil if it asks for nothing.
func parseChallenge(about string) *challenge {
	at := strings.Index(about, "authmod=adobe")
	if at < 0 {
		return nil
	}
	c := &challenge{params: url.Values{}}
	_, query, _ := strings.Cut(about[at:], "?")
	for pair := range strings.SplitSeq(strings.TrimSpace(query), "&") {
		name, value, _ := strings.Cut(pair, "=") // not url.ParseQuery: base64 has a "+" and is not escaped
		c.params.Set(name, value)
	}
	return c
}

// answer is what to add to the application's name.
func (c *challenge) answer(user, pass string) (string, error) {
	switch c.params.Get("reason") {
	case "":
		return "?authmod=adobe&user=" + url.QueryEscape(user), nil
	case "needauth":
	default:
		return "", fault.New(fault.Unauthorized, "", "the server does not know the user or the password")
	}
	const ours = "c2x1aWNl" // no more secret than what the server sends; what counts is its own part
	opaque := c.params.Get("opaque")
	theirs := opaque
	if theirs == "" {
		theirs = c.params.Get("challenge")
	}
	// Nothing but the user is escaped: servers compare base64 as it is.
	more := "?authmod=adobe&user=" + url.QueryEscape(user) + "&challenge=" + ours +
		"&response=" + sum(sum(user+c.params.Get("salt")+pass)+theirs+ours)
	if opaque != "" {
		more += "&opaque=" + opaque
	}
	return more, nil
}

// sum is the MD5 of a text, in base64.
func sum(text string) string {
	d := md5.Sum([]byte(text)) //nolint:gosec // see above
	return base64.StdEncoding.EncodeToString(d[:])
}
