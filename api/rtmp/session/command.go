package session

import (
	"encoding/binary"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// maxCommand is how long a command may be, in bytes.
const maxCommand = 128 << 10

// command is one command of the client.
type command struct {
	name   string
	tx     float64 // what its answer is known by; 0: none is wanted
	object any
	args   []any
	stream uint32
}

// parseCommand reads a command message.
func parseCommand(m *chunk.Message) (*command, error) {
	values, err := parseValues(m)
	if err != nil {
		return nil, err
	}
	c := &command{stream: m.Stream}
	ok := false
	if len(values) > 0 {
		c.name, ok = values[0].(string)
	}
	if !ok {
		return nil, fault.New(fault.ProtocolViolation, "rtmp", "a command without a name")
	}
	if len(values) > 1 {
		c.tx, _ = values[1].(float64)
	}
	if len(values) > 2 {
		c.object, c.args = values[2], values[3:]
	}
	return c, nil
}

// parseValues reads what a command or data message holds. Those of AMF 3 begin with a 0, and are AMF 0 that may go over to AMF 3.
func parseValues(m *chunk.Message) ([]any, error) {
	b := m.Body
	if len(b) > maxCommand {
		return nil, fault.New(fault.ProtocolViolation, "rtmp", "a command of %d bytes", len(b))
	}
	if (m.Type == chunk.CommandAMF3 || m.Type == chunk.DataAMF3) && len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return amf.Read(b)
}

// text is an argument that is a string; "" if there is none.
func (c *command) text(i int) string {
	if i >= len(c.args) {
		return ""
	}
	s, _ := c.args[i].(string)
	return s
}

// number is an argument that is a number; 0 if there is none.
func (c *command) number(i int) float64 {
	if i >= len(c.args) {
		return 0
	}
	n, _ := c.args[i].(float64)
	return n
}

// truth is an argument that is a truth value.
func (c *command) truth(i int) bool {
	if i >= len(c.args) {
		return false
	}
	b, _ := c.args[i].(bool)
	return b
}

// call writes a command to the client.
func (o *Out) call(stream uint32, values ...any) {
	o.Send(onCommand, &chunk.Message{Type: chunk.CommandAMF0, Stream: stream, Body: amf.Append(nil, values...)})
}

// onStatus tells what became of a stream.
func (o *Out) onStatus(stream uint32, level, code, description string, more ...amf.Pair) {
	o.call(stream, "onStatus", 0, nil, status(level, code, description, more...))
}

// control writes a control message that is one number.
func (o *Out) control(kind uint8, n uint32, more ...byte) {
	o.Send(onControl, &chunk.Message{Type: kind, Body: append(binary.BigEndian.AppendUint32(nil, n), more...)})
}

// user writes a user control message.
func (o *Out) user(event uint16, n uint32) {
	b := binary.BigEndian.AppendUint16(nil, event)
	o.Send(onControl, &chunk.Message{Type: chunk.UserControl, Body: binary.BigEndian.AppendUint32(b, n)})
}
