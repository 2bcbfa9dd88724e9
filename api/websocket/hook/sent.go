package hook

import (
	"encoding/json"
	"slices"
)

// Methods that are called for what clients are told.
const (
	StreamStatus = "StreamStatusEvent"
	StreamEvent  = "StreamEvent"
)

// methodOf is the method that belongs to a message to a client, and whether it is an event that the back end is told.
func methodOf(message string) (method string, told bool) {
	switch message {
	case "notifyStreamStatusEvent":
		return StreamStatus, true
	case "notifyStreamEvent":
		return StreamEvent, true
	case "OnDataEvent", "DataStatusEvent": // who sends them tells of them, or the back end had them sent
		return message, false
	case "notifySessionDebugEvent":
		return "SessionDebugStatusEvent", false
	case "notifyIncomingCall":
		return "OnCallEvent", false
	case "notifyTryingResponse", "ring", "talk", "hold", "finish":
		return "CallStatusEvent", false
	case "notifyTransferEvent":
		return "TransferStatusEvent", false
	case "registered":
		return "RegistrationStatusEvent", false
	}
	return "", false
}

// Sent tells the back end of a message to the client, if it is of an event, and gives what of it the client is to get: without the
// fields that it is not to know. What is no message of such an event is given back as it is. message is its name, "" if only the message
// says it.
func (c *Client) Sent(message string, frame []byte) []byte {
	s := c.session()
	if s == nil {
		return frame
	}
	if message == "" {
		message = nameOf(frame)
	}
	method, told := methodOf(message)
	hidden := s.Hidden(method)
	if !told && len(hidden) == 0 {
		return frame
	}
	var m struct {
		Message string   `json:"message"`
		Data    []Object `json:"data"`
	}
	if err := json.Unmarshal(frame, &m); err != nil || len(m.Data) != 1 || m.Data[0] == nil {
		return frame
	}
	if told {
		c.Tell(method, withoutPicture(m.Data[0]), nil)
	}
	if !Hide(m.Data[0], hidden) {
		return frame
	}
	out, err := json.Marshal(m)
	if err != nil {
		return frame // it cannot be: it was read
	}
	return out
}

func nameOf(frame []byte) string {
	var m struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(frame, &m) != nil {
		return ""
	}
	return m.Message
}

// Hide takes the fields out of an object that a client is not to know, and tells whether there were any. It needs its ids and its status
// to know what it is about.
func Hide[V any](o map[string]V, fields []string) bool {
	changed := false
	for _, name := range fields {
		if slices.Contains([]string{"mediaSessionId", "callId", "operationId", "status", "type", "authToken"}, name) {
			continue
		}
		if _, ok := o[name]; ok {
			delete(o, name)
			changed = true
		}
	}
	return changed
}

// withoutPicture leaves pictures out, which have no limit that a back end would expect.
func withoutPicture(o Object) Object {
	if string(o["type"]) != `"snapshotCompleted"` {
		return o
	}
	out := Object{}
	for name, member := range o {
		if name != "payload" {
			out[name] = member
		}
	}
	return out
}

// Hidden are the fields of a method's object that the client is not to know.
func (c *Client) Hidden(method string) []string {
	if s := c.session(); s != nil {
		return s.Hidden(method)
	}
	return nil
}
