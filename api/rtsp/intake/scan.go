package intake

import "encoding/binary"

// Sizes and values of Motion JPEG's headers (RFC 2435 3.1).
const (
	scanHeader    = 8
	restartHeader = 4
	tableHeader   = 4
	firstRestart  = 64 // types from here to lastRestart have a header for restart markers
	lastRestart   = 127
	ownTables     = 128 // qualities from here on come with their tables in the picture's first packet
	maxOffset     = 1<<24 - 1
)

// splitScan cuts a payload of Motion JPEG into several of at most size bytes, as far as its headers permit; one that it does not
// understand stays whole.
func splitScan(p []byte, size int) [][]byte {
	head, data, ok := scanHeaders(p)
	if !ok || len(p) <= size {
		return [][]byte{p}
	}
	offset := int(p[1])<<16 | int(p[2])<<8 | int(p[3])
	var out [][]byte
	for {
		n := min(max(size-len(head), scanHeader), len(data))
		part := append(append(make([]byte, 0, len(head)+n), head...), data[:n]...)
		part[1], part[2], part[3] = byte(offset>>16), byte(offset>>8), byte(offset)
		out = append(out, part)
		if data = data[n:]; len(data) == 0 || offset+n > maxOffset {
			return out
		}
		offset += n
		head = head[:min(len(head), scanHeader+restart(p))] // tables come once
	}
}

// restart is the size of the header for restart markers.
func restart(p []byte) int {
	if p[4] < firstRestart || p[4] > lastRestart {
		return 0
	}
	return restartHeader
}

// scanHeaders divides a payload into its headers and what they describe. What is said of restart markers becomes that pieces may begin
// anywhere between them (RFC 2435 3.1.7).
func scanHeaders(p []byte) (head, data []byte, ok bool) {
	if len(p) < scanHeader {
		return nil, nil, false
	}
	n := scanHeader + restart(p)
	if p[5] >= ownTables && p[1]|p[2]|p[3] == 0 {
		if len(p) < n+tableHeader {
			return nil, nil, false
		}
		n += tableHeader + int(binary.BigEndian.Uint16(p[n+2:]))
	}
	if n >= len(p) {
		return nil, nil, false
	}
	head = append([]byte(nil), p[:n]...)
	if restart(p) > 0 {
		head[scanHeader+2], head[scanHeader+3] = 0xff, 0xff
	}
	return head, p[n:], true
}
