package frame

import (
	"encoding/binary"
	"time"
)

const (
	messageHead  = 4 + 4 // id, length of the JSON
	instanceSize = 2
)

// Message is one of the kinds Plan, State, Change, Result and Stats. When read, its slices point into the frame's
// payload and share its life.
type Message struct {
	Kind     Kind
	Instance uint16 // a shared worker has several; below MaxTracks
	ID       uint32 // of a plan or change, repeated in its result; 0 where nothing is answered
	JSON     []byte
	Blob     []byte // bytes beside the JSON: a snapshot, a segment
}

// append writes the message as a whole frame.
func (m *Message) append(b []byte) []byte {
	start := len(b)
	b = begin(b, m.Kind, 0, m.Instance)
	b = binary.BigEndian.AppendUint32(b, m.ID)
	b = binary.BigEndian.AppendUint32(b, uint32(len(m.JSON)))
	b = append(b, m.JSON...)
	b = append(b, m.Blob...)
	return finish(b, start)
}

// Message reads the payload of a frame whose kind is a message.
func (f Frame) Message() (Message, error) {
	p := f.Payload
	if !f.Kind.Message() || len(p) < messageHead {
		return Message{}, violation("a %s of %d bytes is not a message", f.Kind, len(p))
	}
	m := Message{Kind: f.Kind, Instance: f.Track, ID: binary.BigEndian.Uint32(p)}
	n, body := binary.BigEndian.Uint32(p[4:]), p[messageHead:]
	if uint64(n) > uint64(len(body)) {
		return Message{}, violation("a %s with %d bytes of JSON in %d", f.Kind, n, len(body))
	}
	m.JSON, m.Blob = body[:n:n], body[n:]
	return m, nil
}

// Opened reads the payload of an Open frame: whose track it is from now on.
func (f Frame) Opened() (instance uint16, bridge string, err error) {
	if f.Kind != Open || len(f.Payload) <= instanceSize {
		return 0, "", violation("a %s of %d bytes opens nothing", f.Kind, len(f.Payload))
	}
	instance = binary.BigEndian.Uint16(f.Payload)
	if instance >= MaxTracks {
		return 0, "", violation("a track opened for instance %d, where %d are possible", instance, MaxTracks)
	}
	return instance, string(f.Payload[instanceSize:]), nil
}

// Credit reads the payload of a Credit frame: how many bytes more may be sent on its track.
func (f Frame) Credit() (int, error) {
	if f.Kind != Credit || len(f.Payload) != 4 {
		return 0, violation("a %s of %d bytes is not a credit", f.Kind, len(f.Payload))
	}
	return int(binary.BigEndian.Uint32(f.Payload)), nil
}

// Clock reads the payload of a Heartbeat frame: the asking end's clock, which the answer repeats.
func (f Frame) Clock() (time.Duration, error) {
	if f.Kind != Heartbeat || len(f.Payload) != 8 {
		return 0, violation("a %s of %d bytes is not a heartbeat", f.Kind, len(f.Payload))
	}
	return time.Duration(binary.BigEndian.Uint64(f.Payload)), nil
}
