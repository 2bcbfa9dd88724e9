// Package api holds what the front doors share: what a door is, how all of them start and stop, and the web server that
// the doors on HTTP and WebSocket have in common, with its limits and its certificates. It speaks no protocol of its own and
// knows no door by name; the doors are in the packages below, and none of them knows another.
package api

import "context"

// Door lets one kind of client in. Its methods are called once each, in the order in which they stand here, but for Close:
// that may come at any time, also before Listen and more than once.
type Door interface {
	// Name is for logs: "web", "websocket".
	Name() string
	// Listen binds what the door listens on. The error names the port, and the key of the configuration that changes it. ctx
	// bounds the binding only.
	Listen(ctx context.Context) error
	// Serve lets clients in until Close is called or ctx is done, which cuts everybody off. It returns when nothing that it
	// began is left, with nil unless the door failed.
	Serve(ctx context.Context) error
	// Close lets nobody in any more, lets those who are inside end, and cuts off who is left when ctx is done. It returns when
	// all are gone; the error says who could not be got rid of properly.
	Close(ctx context.Context) error
}
