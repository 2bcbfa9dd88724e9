// Package connection is the part of the WCS-compatible REST API that is about connections: clients with the Web SDK, who they say they
// are, and how to be rid of them. It knows no socket. Clients of other protocols are streams only, as each has but one.
package connection

import (
	"context"
	"encoding/json"
	"slices"

	"sluice/api/rest/wcs/call"
	"sluice/api/websocket/wire"
)

// Clients are who is connected.
type Clients interface {
	// List tells of all, in the order in which they came.
	List() []wire.Client
	// Terminate closes a client's socket. One that is not there is fault.ResourceNotFound.
	Terminate(sessionID string) error
	// SetLogLevel sets at which level the messages of a client are logged. A level that is none is fault.InvalidParams, a client that is
	// not there fault.ResourceNotFound.
	SetLogLevel(sessionID, level string) error
}

// Routes are the calls of /rest-api/connection.
func Routes(c Clients) []call.Route {
	a := connections{c}
	return []call.Route{
		{Path: "/connection/find", Do: a.find},
		{Path: "/connection/find_all", Do: a.findAll},
		{Path: "/connection/terminate", Do: a.terminate},
		{Path: "/connection/set_log_level", Do: a.setLogLevel},
	}
}

// connections has the calls.
type connections struct{ clients Clients }

// find tells of the connections that all that is said of fits: any member that is no list or object can be asked for.
func (a connections) find(_ context.Context, r *call.Request) (any, error) {
	want := map[string]string{}
	for _, name := range r.Names() {
		if name == "offset" || name == "size" {
			continue
		}
		if text := r.Text(name); text != "" {
			want[name] = text
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(a.clients.List(), func(c wire.Client) bool {
		for name, text := range want {
			if written(c[name]) != text {
				return true
			}
		}
		return false
	})
	return call.Found(r, "connection", list)
}

// written is a member of a connection as a text, as call.Object writes it.
func written(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	text, _ := json.Marshal(v) // it was JSON before
	return string(text)
}

func (a connections) findAll(_ context.Context, r *call.Request) (any, error) {
	return call.Found(r, "connection", a.clients.List())
}

// terminate closes a connection, which ends all that it publishes and plays.
func (a connections) terminate(_ context.Context, r *call.Request) (any, error) {
	id := r.Need("sessionId")
	if err := r.Err(); err != nil {
		return nil, err
	}
	return nil, a.clients.Terminate(id)
}

func (a connections) setLogLevel(_ context.Context, r *call.Request) (any, error) {
	id, level := r.Need("sessionId"), r.Need("logLevel")
	if err := r.Err(); err != nil {
		return nil, err
	}
	return nil, a.clients.SetLogLevel(id, level)
}
