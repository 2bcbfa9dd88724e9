// Package send is the outgoing half of a player over RTSP: it takes packets of the hub, numbers them anew and writes them, a
// frame at a time, with the sender reports that sound and pictures are put together by. It opens no socket and knows no
// message of RTSP; the packets themselves stay as they are.
package send

import (
	"crypto/rand"
	"encoding/binary"
)

// random is for first numbers and timestamps (RFC 3550 5.1).
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.NativeEndian.Uint32(b[:])
}
