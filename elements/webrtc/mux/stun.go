package mux

import (
	"bytes"
	"encoding/binary"
)

// What of STUN (RFC 8489) is needed to tell whose a message is.
const (
	stunHeader    = 20
	stunCookie    = 0x2112A442
	stunRequest   = 0x0001
	stunSuccess   = 0x0101
	attrUsername  = 0x0006
	classOfAnswer = 0x0100
)

// isSTUN tells STUN from DTLS and RTP, by the ranges of their first bytes (RFC 7983) and the cookie.
func isSTUN(p []byte) bool {
	return len(p) >= stunHeader && p[0] < 4 && binary.BigEndian.Uint32(p[4:]) == stunCookie
}

func stunType(p []byte) uint16 { return binary.BigEndian.Uint16(p) }

// isAnswer tells success and error responses, which carry no user name, from requests and indications.
func isAnswer(p []byte) bool { return stunType(p)&classOfAnswer != 0 }

// user finds the receiver's user fragment in the user name "receiver:sender" of a check (RFC 8445 7.2.2).
func user(p []byte) (string, bool) {
	end := min(len(p), stunHeader+int(binary.BigEndian.Uint16(p[2:])))
	for rest := p[stunHeader:end]; len(rest) >= 4; {
		kind, n := binary.BigEndian.Uint16(rest), int(binary.BigEndian.Uint16(rest[2:]))
		rest = rest[4:]
		if n > len(rest) {
			return "", false
		}
		if kind == attrUsername {
			name, _, ok := bytes.Cut(rest[:n], []byte{':'})
			return string(name), ok
		}
		rest = rest[min(len(rest), (n+3)&^3):]
	}
	return "", false
}
