// Package wire reads and writes the packets of SRT (draft-sharabayko-srt-01): headers, handshakes with their extensions, key
// material, and reports of what arrived. It is our own beside gosrt's, whose (0.11.1) runs over the end of short handshakes: any
// datagram could end the server. It opens no socket, keeps no state and encrypts nothing; nothing it is given makes it panic or
// allocate more than a datagram holds.
package wire

import "encoding/binary"

// HeaderSize is that of every packet, in bytes (section 3).
const HeaderSize = 16

// MaxSequence is the greatest sequence number of a data packet: they have 31 bits.
const MaxSequence = 1<<31 - 1

// Type is that of a control packet (table 1).
type Type uint16

// The types of control packets.
const (
	TypeHandshake Type = 0
	TypeKeepalive Type = 1
	TypeACK       Type = 2
	TypeNAK       Type = 3
	TypeShutdown  Type = 5
	TypeACKACK    Type = 6
	TypeUser      Type = 0x7fff // its subtype is an Extension
)

// Key says with which key a data packet is encrypted (section 3.1).
type Key byte

// The keys.
const (
	Clear Key = 0
	Even  Key = 1
	Odd   Key = 2
)

// Header is what every packet begins with. Of control packets Type, Sub and Info count, of data packets Seq, Key, Resent and
// Message.
type Header struct {
	Control bool
	Type    Type
	Sub     uint16
	Info    uint32

	Seq     uint32
	Key     Key
	Resent  bool
	Message uint32 // 26 bits

	Time uint32 // in microseconds, of the sender's clock
	To   uint32 // socket of the receiver; 0 of what asks for a connection
}

const (
	controlBit = 1 << 31
	whole      = 3 << 30 // a message of one packet, which all are in live mode
	keyShift   = 27
	resentBit  = 1 << 26
	messages   = 1<<26 - 1
)

// Parse reads a packet, and gives what is behind its header: a part of b. False if it is too short to be one.
func Parse(b []byte) (Header, []byte, bool) {
	if len(b) < HeaderSize {
		return Header{}, nil, false
	}
	first, second := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	h := Header{Time: binary.BigEndian.Uint32(b[8:]), To: binary.BigEndian.Uint32(b[12:])}
	if first&controlBit != 0 {
		h.Control, h.Type, h.Sub, h.Info = true, Type(first>>16&0x7fff), uint16(first), second
	} else {
		h.Seq, h.Key, h.Resent, h.Message = first, Key(second>>keyShift&3), second&resentBit != 0, second&messages
	}
	return h, b[HeaderSize:], true
}

// Append writes the header behind dst.
func (h *Header) Append(dst []byte) []byte {
	first, second := h.Seq&MaxSequence, whole|uint32(h.Key)<<keyShift|h.Message&messages
	if h.Resent {
		second |= resentBit
	}
	if h.Control {
		first, second = controlBit|uint32(h.Type)<<16|uint32(h.Sub), h.Info
	}
	dst = binary.BigEndian.AppendUint32(dst, first)
	dst = binary.BigEndian.AppendUint32(dst, second)
	dst = binary.BigEndian.AppendUint32(dst, h.Time)
	return binary.BigEndian.AppendUint32(dst, h.To)
}

// MarkResent says in a data packet that was written before that it is sent again.
func MarkResent(packet []byte) {
	if len(packet) >= HeaderSize {
		packet[4] |= resentBit >> 24
	}
}

// Next is the sequence number n behind another.
func Next(seq uint32, n int) uint32 { return (seq + uint32(n)) & MaxSequence }

// Distance is how far a is behind b in sequence; negative if it is before.
func Distance(a, b uint32) int { return int(int32((a-b)<<1) >> 1) }
