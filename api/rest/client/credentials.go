package client

import (
	"net/http"
	"strings"

	"sluice/engine/fault"
)

// Credentials are what a client shows to be let in: a token, or a user with a password. They never appear in what is printed or logged.
type Credentials struct {
	Token          string
	User, Password string
}

// String says which kind they are, and none of them.
func (c Credentials) String() string {
	switch {
	case c.Token != "":
		return "a token"
	case c.User != "":
		return "a user and a password"
	}
	return "none"
}

// GoString is what String is: %#v must not tell more than %v.
func (c Credentials) GoString() string { return c.String() }

// check refuses what no server could be shown.
func (c Credentials) check() error {
	switch {
	case c.Token != "" && c.User != "":
		return fault.New(fault.InvalidRequest, "", "there are two kinds of credentials").Advise("give a token, or a user and a password")
	case c.User == "" && c.Password != "":
		return fault.New(fault.InvalidRequest, "", "there is a password without a user")
	case strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fault.New(fault.InvalidRequest, "", "a token has no blanks and only ASCII characters")
	case strings.Contains(c.User, ":"): // RFC 7617, section 2
		return fault.New(fault.InvalidRequest, "", "a user's name has no colon")
	}
	return nil
}

// show puts them into a request.
func (c Credentials) show(r *http.Request) {
	switch {
	case c.Token != "":
		r.Header.Set("Authorization", "Bearer "+c.Token)
	case c.User != "":
		r.SetBasicAuth(c.User, c.Password)
	}
}
