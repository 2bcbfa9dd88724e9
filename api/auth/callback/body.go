package callback

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"

	"sluice/api/auth"
)

// message is what a back end is posted. Names and values are MediaMTX's (internal/auth of v1.13), but for "stream", which is "path"
// once more for back ends that ask for it.
type message struct {
	User     string  `json:"user"`
	Password string  `json:"password"`
	Token    string  `json:"token"`
	IP       string  `json:"ip"`
	Action   string  `json:"action"`
	Path     string  `json:"path"`
	Stream   string  `json:"stream"`
	Protocol string  `json:"protocol"`
	ID       *string `json:"id"`
	Query    string  `json:"query"`
}

// body words a request.
func body(id string, q auth.Request) []byte {
	b, _ := json.Marshal(message{ //nolint:gosec // the back end is to see the password, and texts cannot fail
		User: q.User, Password: q.Password, Token: q.Token, IP: plain(q.Remote), Action: deed(q.Action), Path: q.Stream, Stream: q.Stream,
		Protocol: protocol(q.Protocol), ID: &id, Query: q.Query,
	})
	return b
}

// deed is what an action is called there.
func deed(a auth.Action) string {
	switch a {
	case auth.Play:
		return "read"
	case auth.Admin:
		return "api"
	default:
		return string(a)
	}
}

// protocol is what a door is called there.
func protocol(door string) string {
	switch door {
	case "whip", "whep":
		return "webrtc"
	default:
		return door
	}
}

// newID names one question, in the log and for the back end.
func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails, as its documentation says
	return hex.EncodeToString(b)
}
