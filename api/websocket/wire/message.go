// Package wire is the form of what travels over the signalling WebSocket: one JSON object a text frame, with the name of a
// message and its arguments. It reads what pages send, as leniently as the original server did (numbers may be strings), and
// writes what they understand.
//
// The package is pure: it knows no socket and no session, keeps nothing, and decides nothing.
package wire

import (
	"bytes"
	"encoding/json"

	"sluice/engine/fault"
)

// Limits of a message's frame.
const (
	MaxName = 64 // bytes of a message's name
	MaxArgs = 8  // arguments of a message
)

// Message is one message of a client.
type Message struct {
	Name string
	Args []json.RawMessage // one object, in all that the SDK sends; none if there is no "data" (media sockets' pong)
}

// Parse reads a message. What is not one is fault.InvalidRequest. The message refers to b, which must not be changed.
func Parse(b []byte) (Message, error) {
	var frame struct {
		Message *Text           `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(b, &frame); err != nil {
		return Message{}, fault.New(fault.InvalidRequest, "", "the message is not a JSON object of \"message\" and \"data\"").Because(err)
	}
	switch {
	case frame.Message == nil || *frame.Message == "":
		return Message{}, fault.New(fault.InvalidRequest, "", "the member \"message\" is missing")
	case len(*frame.Message) > MaxName:
		return Message{}, fault.New(fault.InvalidRequest, "", "a message's name of %d bytes is too long", len(*frame.Message)).
			Advise("at most %d", MaxName)
	}
	m := Message{Name: string(*frame.Message)}
	if absent(frame.Data) {
		return m, nil
	}
	if err := json.Unmarshal(frame.Data, &m.Args); err != nil {
		return Message{}, fault.New(fault.InvalidRequest, "", "the member \"data\" of %q is not an array", m.Name)
	}
	if len(m.Args) > MaxArgs {
		return Message{}, fault.New(fault.InvalidRequest, "", "%q has %d arguments", m.Name, len(m.Args)).Advise("at most %d", MaxArgs)
	}
	return m, nil
}

// Into reads the first argument, an object. A message without one, or with members of the wrong form, is
// fault.InvalidRequest.
func (m Message) Into(v any) error {
	if len(m.Args) == 0 || absent(m.Args[0]) {
		return fault.New(fault.InvalidRequest, "", "%q needs an object in \"data\"", m.Name)
	}
	if err := json.Unmarshal(m.Args[0], v); err != nil {
		return fault.New(fault.InvalidRequest, "", "the data of %q cannot be read", m.Name).Because(err)
	}
	return nil
}

// Encode writes a message. Without arguments its data is [null]: the SDK looks at data[0] before it looks at the name.
func Encode(name string, args ...any) ([]byte, error) {
	if len(args) == 0 {
		args = []any{nil}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // SDP and names are not HTML
	err := enc.Encode(struct {
		Message string `json:"message"`
		Data    []any  `json:"data"`
	}{name, args})
	if err != nil {
		return nil, fault.New(fault.Internal, "", "%q cannot be written as JSON", name).Because(err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// absent tells whether a member is missing or null.
func absent(raw json.RawMessage) bool {
	return len(raw) == 0 || string(raw) == "null"
}
