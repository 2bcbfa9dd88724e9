// Package hook is what the WebSocket door asks and tells the applications of its clients: which message of a client, or to it, is which
// method of a back end, with which object. Who calls the back end is behind an interface.
//
// It knows neither sockets nor streams, and keeps nothing.
package hook

import (
	"context"
	"encoding/json"
	"maps"
	"sync/atomic"

	"sluice/engine/fault"
)

// Object is an object of JSON, each of whose members is as it was written.
type Object = map[string]json.RawMessage

// Session is what the back end of an application is asked and told of one client, as hooks.Session does it, where the methods are
// described. Only Connect and Ask wait.
type Session interface {
	Connect(ctx context.Context, body Object) (Object, error)
	Ask(ctx context.Context, method string, body Object) (Object, error)
	Pass(method string, body Object, then func(error))
	Tell(method string, body Object)
	Hidden(method string) []string
}

// Hooks call the back ends of applications.
type Hooks interface {
	// Session begins to ask and tell an application of a client; nil if it has no back end. An application whose clients are not let in
	// is fault.Forbidden. failed is told of events that could not be told and whose client is to know; it must not wait.
	Session(app string, failed func(method string, err error)) (Session, error)
}

// Client is a client of an application. The methods of a nil Client do nothing and allow everything. Safe for concurrent use.
type Client struct {
	node, app, id string
	now           atomic.Pointer[Session]
}

// New makes a client that nobody is asked about yet. node, app and id are of its objects: nodeId, appKey and sessionId.
func New(node, app, id string) *Client { return &Client{node: node, app: app, id: id} }

// Use has a session asked and told from now on.
func (c *Client) Use(s Session) { c.now.Store(&s) }

// session is whom to ask; nil if there is nobody.
func (c *Client) session() Session {
	if c == nil {
		return nil
	}
	if s := c.now.Load(); s != nil {
		return *s
	}
	return nil
}

// Active tells whether anybody is asked or told anything.
func (c *Client) Active() bool { return c.session() != nil }

// Object makes the object of a method: what v is as JSON, with what each of them has and more members.
func (c *Client) Object(v any, more map[string]any) (Object, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fault.New(fault.Internal, "", "this cannot be written as JSON").Because(err)
	}
	var out Object
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "this is no object").Because(err)
	}
	if out == nil {
		out = Object{}
	}
	all := map[string]any{"nodeId": c.node, "appKey": c.app, "sessionId": c.id}
	maps.Copy(all, more)
	for name, member := range all {
		if out[name], err = json.Marshal(member); err != nil {
			return nil, fault.New(fault.Internal, "", "this cannot be written as JSON").Because(err)
		}
	}
	return out, nil
}

// Ask asks whether a client may do something, and reads what the back end made of it into v, which v's own JSON is asked with. What the
// application does not allow, or cannot be asked about although it has to be, is fault.Forbidden.
func Ask[V any](ctx context.Context, c *Client, method string, v *V, more map[string]any) error {
	s := c.session()
	if s == nil {
		return nil
	}
	before, err := c.Object(v, more)
	if err != nil {
		return err
	}
	after, err := s.Ask(ctx, method, before)
	if err != nil {
		return fault.New(fault.Forbidden, "", "the application does not allow it").Because(err)
	}
	return read(after, v)
}

// read reads an object into what it is of.
func read[V any](o Object, v *V) error {
	text, err := json.Marshal(o)
	if err == nil {
		var now V
		if err = json.Unmarshal(text, &now); err == nil {
			*v = now
			return nil
		}
	}
	return fault.New(fault.InvalidRequest, "", "the application makes something of it that cannot be used").Because(err)
}

// Tell tells what happened, with an object made of v.
func (c *Client) Tell(method string, v any, more map[string]any) {
	s := c.session()
	if s == nil {
		return
	}
	if o, err := c.Object(v, more); err == nil { // what is no object has no event
		s.Tell(method, o)
	}
}

// Pass passes something on whose receiver the application is, and says whether it is there and took it; then is called from another
// goroutine, or from this one if nothing is passed on.
func (c *Client) Pass(method string, v any, then func(error)) {
	s := c.session()
	if s == nil {
		then(nil)
		return
	}
	o, err := c.Object(v, nil)
	if err != nil {
		then(err)
		return
	}
	s.Pass(method, o, func(err error) {
		if err != nil {
			err = fault.New(fault.Forbidden, "", "the application did not take it").Because(err)
		}
		then(err)
	})
}
