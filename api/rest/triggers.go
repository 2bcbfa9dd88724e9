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
			Sessions: []string{"phone"},
			Vars: []element.Var{
				{Name: "from", Type: value.String, About: "Who calls, as the phone will show."},
				{Name: "to", Type: value.String, About: "Who is called, as the request says."},
				{Name: "headers", Type: value.Map, About: "SIP headers to add to the call."},
				{Name: "account", Type: value.String, About: "Name of the account that the call goes out on."},
			},
		},
		{Event: "boot", About: "The server has started."},
	}
}
