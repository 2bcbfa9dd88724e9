package lint

import (
	"net/url"
	"strings"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// secrets warns of passwords written into a graph: everybody who reads the file, a listing or a plan would see them.
func (g *graph) secrets(v spec.Value, want value.Constraint, s setting) {
	for _, item := range v.Items {
		g.secrets(item, value.Constraint{}, s)
	}
	for _, e := range v.Entries {
		g.secrets(e.Value, value.Constraint{}, s)
	}
	if v.Kind < spec.Bool || v.Kind > spec.String || v.Text == "" {
		return
	}
	const remedy = "write $env.NAME, or a parameter of type secret"
	switch {
	case strings.Contains(v.Text, "://") && password(v.Text):
		g.at(v.Pos, "secret_in_text", "%s holds a password that anybody can read", s.what).Advise(remedy)
	case strings.Contains(v.Text, "$"):
	case want.Type == value.Secret, want.Type == value.String && telling(s.field):
		g.at(v.Pos, "secret_in_text", "%s is a secret that anybody can read", s.what).Advise(remedy)
	}
}

// password tells whether an address has a password in front of its host that is no reference.
func password(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	authority, _, _ := strings.Cut(rest, "/")
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return false
	}
	_, word, found := strings.Cut(authority[:at], ":")
	if plain, err := url.PathUnescape(word); err == nil {
		word = plain
	}
	return found && word != "" && !strings.Contains(word, "$")
}

// telling tells whether a setting's name says that it is a secret. GStreamer has no type for that.
func telling(field string) bool {
	switch strings.ToLower(field) {
	case "password", "passwd", "passphrase", "user-pw", "proxy-pw", "secret", "token", "secret-access-key", "pbkey":
		return true
	}
	return false
}
