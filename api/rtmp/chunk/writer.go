package chunk

import "encoding/binary"

// HeaderSize is the most that Head writes.
const HeaderSize = 16

// Append writes a message in chunks of at most size bytes, on a chunk stream from 2 to 63.
func Append(b []byte, id uint8, m *Message, size int) []byte {
	b = AppendHead(b, id, m, len(m.Body))
	for at := 0; at < len(m.Body); at += size {
		if at > 0 {
			b = AppendNext(b, id, m.Timestamp)
		}
		b = append(b, m.Body[at:min(at+size, len(m.Body))]...)
	}
	return b
}

// AppendHead writes the whole header of a message whose body has length bytes, of which the first chunk's follow. Every message
// is written with one: it costs a few bytes more than it might, and makes each independent of those before.
func AppendHead(b []byte, id uint8, m *Message, length int) []byte {
	stamp := min(m.Timestamp, extended)
	b = append(b, id, byte(stamp>>16), byte(stamp>>8), byte(stamp), byte(length>>16), byte(length>>8), byte(length), m.Type)
	b = binary.LittleEndian.AppendUint32(b, m.Stream)
	if stamp == extended {
		b = binary.BigEndian.AppendUint32(b, m.Timestamp)
	}
	return b
}

// AppendNext writes what stands before the later chunks of a message.
func AppendNext(b []byte, id uint8, timestamp uint32) []byte {
	b = append(b, 3<<6|id)
	if timestamp >= extended {
		b = binary.BigEndian.AppendUint32(b, timestamp)
	}
	return b
}
