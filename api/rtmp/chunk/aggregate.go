package chunk

// Split gives the messages of an aggregate message (RTMP 1.0, 7.1.6), which share its memory. What cannot be read ends them.
func Split(m *Message) []Message {
	const header, back = 11, 4
	var out []Message
	b := m.Body
	var first, stamp uint32
	for len(b) >= header {
		length := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
		stamp = uint32(b[7])<<24 | uint32(b[4])<<16 | uint32(b[5])<<8 | uint32(b[6])
		if len(out) == 0 {
			first = stamp
		}
		if length > len(b)-header {
			break
		}
		// Times count from that of the aggregate, which is the time of the first.
		out = append(out, Message{Type: b[0], Stream: m.Stream, Timestamp: m.Timestamp + stamp - first, Body: b[header : header+length]})
		b = b[min(header+length+back, len(b)):]
	}
	return out
}
