// Package data is the part of the WCS-compatible REST API by which a back end says something to a page: /rest-api/data/send. What pages
// say to back ends is the business of hooks.
package data

import (
	"context"

	"github.com/google/uuid"

	"sluice/api/rest/wcs/call"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// Pages are who is connected.
type Pages interface {
	// Send sends data to a page. A client that is not there is fault.ResourceNotFound.
	Send(sessionID string, d wire.ServerData) error
}

// Routes are the calls of /rest-api/data. node is what the server is called.
func Routes(p Pages, node string) []call.Route {
	return []call.Route{{Path: "/data/send", Do: func(_ context.Context, r *call.Request) (any, error) { return nil, send(p, node, r) }}}
}

// send sends one message. Its operationId is the caller's, or one that is made up.
func send(p Pages, node string, r *call.Request) error {
	session, of, operation := r.Need("sessionId"), r.Text("nodeId"), r.Text("operationId")
	if operation == "" {
		operation = uuid.NewString()
	} else if err := wire.CheckID("it", operation); err != nil {
		r.Wrong("operationId", "it is too long, or has a character that cannot be seen")
	}
	if err := r.Err(); err != nil {
		return err
	}
	if of != "" && of != node {
		return fault.New(fault.ResourceNotFound, "", "there is no node %.80q", of).Advise("this one is called %q", node)
	}
	return p.Send(session, wire.ServerData{OperationID: operation, Payload: r.Value("payload")})
}
