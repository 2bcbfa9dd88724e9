package hls

import (
	"net/http"
	"strings"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// guest is somebody who may play a stream, and what he was let in by.
type guest struct {
	user string
	credential
}

// admit says who asks for a stream; an error if he may not play it. A token is in the header Authorization or in the address: as "token",
// or under a name of the page's own choice, as players of WCS have it, if there is only one that it can be.
func (d *Door) admit(r *http.Request, stream string, query query) (guest, error) {
	if d.opt.Auth == nil {
		return guest{}, nil
	}
	c, err := d.shows(r, query)
	if err != nil {
		return guest{}, err
	}
	q := auth.OfHTTP(r)
	q.Action, q.Stream, q.Protocol = auth.Play, stream, d.Name()
	q.Key = "" // of who publishes; here it is a parameter like any other
	if !c.second() {
		user, err := d.opt.Auth.Authorise(r.Context(), q)
		return guest{user, c}, err
	}
	user, err := d.opt.Auth.Authorise(r.Context(), q)
	if fault.CodeOf(err) != fault.Unauthorized {
		return guest{user, c.without(d.whole)}, err
	}
	q.Token = c.secret
	user, err = d.opt.Auth.Authorise(r.Context(), q)
	return guest{user, c}, err
}

// candidate is the parameter of an address that may be a token: the only one that is none of ours, or WCS's appKey. To try several would
// help nobody but who guesses. Nothing is one beside "token", even an empty one.
func candidate(query query) (string, bool) {
	found := ""
	if query.Has("appKey") {
		return "appKey", true
	}
	for _, p := range query {
		switch {
		case ours(p.name), p.name == found:
		case p.name == tokenParam, found != "":
			return "", false
		default:
			found = p.name
		}
	}
	return found, found != "" && query.Get(found) != ""
}

// The parameters that the door knows itself.
const sessionParam, startParam, profileParam, tokenParam = "session", "start", "profile", "token"

func ours(name string) bool {
	return name == sessionParam || name == startParam || name == profileParam || strings.HasPrefix(name, "_HLS_")
}
