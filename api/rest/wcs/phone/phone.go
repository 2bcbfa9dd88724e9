// Package phone answers the calls of the WCS-compatible REST API that are about telephones and content delivery networks (CDN), of which
// this server has neither yet: /rest-api/call, /rest-api/api, /rest-api/cdn, and /RESTCall of old back ends. Lists are empty, what is
// asked of a call or an agent is asked of one that is not there, and what would begin something is told not to be implemented.
package phone

import (
	"context"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// Routes are these calls.
func Routes() []call.Route {
	sip := func(r *call.Request) error { return absent(r, "SIP") }
	cdn := func(r *call.Request) error { return absent(r, "content delivery network") }
	return []call.Route{
		route("/call/startup", sip),
		route("/call/find", none("call")),
		route("/call/find_all", none("call")),
		route("/call/terminate", unknown("call", "callId")),
		route("/call/send_dtmf", unknown("call", "callId", "dtmf")),
		route("/call/inject_sound", unknown("call", "callId", "fileName")),
		route("/call/inject_stream", unknown("call", "callId", "streamName")),
		route("/call/inject_stream/startup", unknown("call", "callId", "streamName")),
		route("/call/inject_stream/terminate", unknown("call", "callId")),

		route("/api/create-session", sip),
		route("/api/find_all", none("agent")),
		route("/api/terminate", unknown("agent", "sipLogin")),
		route("/api/call", unknown("agent", "wcsCallAgentId")),
		route("/api/hangup", unknown("agent", "wcsCallAgentId")),

		route("/cdn/show_routes", cdn),
		route("/cdn/show_nodes", cdn),

		old("/RESTCall/call", sip),
		old("/RESTCall/getStatus", unknown("call", "callId")),
		old("/RESTCall/sendDTMF", unknown("call", "callId", "dtmf")),
		old("/RESTCall/hangup", unknown("call", "callId")),
		{Path: "/RESTCall/getCalls", Whole: true, Do: func(_ context.Context, r *call.Request) (any, error) { return []any{}, r.Err() }},
	}
}

// route is a call that can only be refused.
func route(path string, why func(*call.Request) error) call.Route {
	return call.Route{Path: path, Do: func(_ context.Context, r *call.Request) (any, error) { return nil, why(r) }}
}

// old is one of the API that was there before.
func old(path string, why func(*call.Request) error) call.Route {
	r := route(path, why)
	r.Whole = true
	return r
}

// absent says what the server does not have.
func absent(_ *call.Request, what string) error {
	return fault.New(fault.ElementUnavailable, "", "this server has no %s", what)
}

// none says that there is nothing of a kind to be found.
func none(kind string) func(*call.Request) error {
	return func(r *call.Request) error {
		_, err := call.Found(r, kind, []any(nil))
		return err
	}
}

// unknown says that there is no such thing. The first of the members that are needed names it.
func unknown(kind, name string, more ...string) func(*call.Request) error {
	return func(r *call.Request) error {
		id := r.Need(name)
		for _, other := range more {
			r.Need(other)
		}
		if err := r.Err(); err != nil {
			return err
		}
		return fault.New(fault.ResourceNotFound, "", "there is no %s %.80q", kind, id)
	}
}
