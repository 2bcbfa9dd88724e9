// Package rest is the front door for programs: the REST API, over HTTP, with its description in OpenAPI. It lets in who may administer the
// server, and makes problem documents of everything that is refused; what the API does is in v1. It binds no port. Here also stands
// what starts graphs by hand: the API, the command line, and the start of the server.
package rest

import (
	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists the events that this door raises, and boot, which nobody raises but the server itself.
func Triggers() []element.Trigger {
	return []element.Trigger{
		{Event: "rest.start", About: "Somebody starts the graph by its name, through the REST API or the command line."},
		{
			Event: "rest.call", About: "Somebody has a phone called through the REST API; the path is whom to call.", Path: true,
			Sessions: []string{"phone"}, Vars: call(),
		},
		{
			Event: "rest.inject", Path: true, Sessions: []string{"phone"}, Vars: call(),
			About: "Something is to be heard in such a call that its own graph does not have, a stream or a file.",
		},
		{Event: "boot", About: "The server has started."},
	}
}

// call are the variables of a call.
func call() []element.Var {
	return []element.Var{
		{Name: "from", Type: value.String, About: "Who calls, as the phone will show."},
		{Name: "to", Type: value.String, About: "Who is called, as the request says."},
		{Name: "account", Type: value.String, About: "Login of the account that the call goes out on."},
		{Name: "publish", Type: value.String, About: "What the stream of what the phone says is to be called."},
		{Name: "scheme", Type: value.String, About: "How that is to be published elsewhere, too: rtmp, rtmps, or empty for not at all."},
		{Name: "url", Type: value.URI, About: "Where."},
		{Name: "key", Type: value.String, About: "Under which name there."},
	}
}
