package wire

import (
	"encoding/binary"

	"sluice/engine/fault"
)

// Kind is that of a handshake (table 4); from 1000 on it is a Reason for which there is none.
type Kind uint32

// The kinds of handshakes of callers and listeners.
const (
	Induction  Kind = 1
	Conclusion Kind = 0xffffffff
)

// Magic is what listeners put into Extension of an induction, so that callers know that they speak version 5 (4.3.1.1).
const Magic = 0x4a17

// Extension is the type of one (table 5).
type Extension uint16

// The extensions of handshakes. Keys come in packets of TypeUser, too.
const (
	ExtRequest    Extension = 1 // Live
	ExtResponse   Extension = 2
	ExtKeyRequest Extension = 3
	ExtKeyAnswer  Extension = 4
	ExtStreamID   Extension = 5
	ExtCongestion Extension = 6
	ExtFilter     Extension = 7
	ExtGroup      Extension = 8
)

// MaxStreamID is how long a stream id may be, in bytes (3.2.1.3).
const MaxStreamID = 512

// Flags are those of Live (table 6).
type Flags uint32

// The flags. All that live streams need is Usual.
const (
	FlagStream Flags = 1 << 6 // files as one row of bytes, without messages
	FlagFilter Flags = 1 << 7
	Usual      Flags = 0x3f
)

// Live is what both sides say of live streams (3.2.1.1).
type Live struct {
	Version       uint32 // of the library: 0x010401 is 1.4.1
	Flags         Flags
	Receive, Send uint16 // latency in milliseconds: of what comes to who says it, and goes from there
}

// Handshake is how a connection begins (3.2.1).
type Handshake struct {
	Version               uint32
	Encryption, Extension uint16
	Seq                   uint32 // of the first data packet
	MTU, Window           uint32 // in bytes, with headers of UDP; in packets
	Kind                  Kind
	Socket, Cookie        uint32
	Peer                  [16]byte

	Live            *Live  // nil if it is not said
	KeyMaterial     []byte // see ParseKeys; nil if the stream is in the clear
	StreamID        string
	Congestion      string // "" is live
	Filter, Grouped bool   // packet filters or bonded connections are asked for
}

const handshakeSize = 48

// ParseHandshake reads the body of a handshake. What is wrong is fault.ProtocolViolation.
func ParseHandshake(b []byte) (Handshake, error) {
	if len(b) < handshakeSize {
		return Handshake{}, violation("a handshake of %d bytes", len(b))
	}
	be := binary.BigEndian
	h := Handshake{
		Version: be.Uint32(b), Encryption: be.Uint16(b[4:]), Extension: be.Uint16(b[6:]), Seq: be.Uint32(b[8:]) & MaxSequence,
		MTU: be.Uint32(b[12:]), Window: be.Uint32(b[16:]), Kind: Kind(be.Uint32(b[20:])),
		Socket: be.Uint32(b[24:]), Cookie: be.Uint32(b[28:]), Peer: [16]byte(b[32:handshakeSize]),
	}
	if h.Kind != Conclusion || h.Version < 5 {
		return h, nil
	}
	for b = b[handshakeSize:]; len(b) > 0; {
		if len(b) < 4 {
			return h, violation("an extension of %d bytes", len(b))
		}
		kind, size := Extension(be.Uint16(b)), 4*int(be.Uint16(b[2:]))
		if size > len(b)-4 {
			return h, violation("an extension is longer than its packet")
		}
		if err := h.extend(kind, b[4:4+size]); err != nil {
			return h, err
		}
		b = b[4+size:]
	}
	return h, nil
}

// extend takes an extension; one that is not known says nothing.
func (h *Handshake) extend(kind Extension, b []byte) error {
	switch kind {
	case ExtRequest, ExtResponse:
		if len(b) < 12 {
			return violation("an extension for live streams of %d bytes", len(b))
		}
		be := binary.BigEndian
		h.Live = &Live{Version: be.Uint32(b), Flags: Flags(be.Uint32(b[4:])), Receive: be.Uint16(b[8:]), Send: be.Uint16(b[10:])}
	case ExtKeyRequest, ExtKeyAnswer:
		h.KeyMaterial = append([]byte{}, b...)
	case ExtStreamID:
		if len(b) > MaxStreamID {
			return violation("a stream id of %d bytes", len(b))
		}
		h.StreamID = words(b)
	case ExtCongestion:
		h.Congestion = words(b)
	case ExtFilter:
		h.Filter = true
	case ExtGroup:
		h.Grouped = true
	}
	return nil
}

// words reads text, which is written four bytes at a time, the last of them first (3.2.1.3).
func words(b []byte) string {
	out := make([]byte, 0, len(b))
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, b[3], b[2], b[1], b[0])
	}
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return string(out)
}

// appendWords writes text like that, as an extension.
func appendWords(dst []byte, kind Extension, text string) []byte {
	n := (len(text) + 3) / 4
	dst = appendExtension(dst, kind, n)
	padded := append([]byte(text), 0, 0, 0)
	for i := range n {
		w := padded[4*i:]
		dst = append(dst, w[3], w[2], w[1], w[0])
	}
	return dst
}

func appendExtension(dst []byte, kind Extension, size int) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(kind))
	return binary.BigEndian.AppendUint16(dst, uint16(size))
}

// Append writes the handshake behind dst; a request has other types of extensions than its answer, and a stream id.
func (h *Handshake) Append(dst []byte, request bool) []byte {
	const hasLive, hasKeys, hasConfig = 1, 2, 4
	extension, live, keys := h.Extension, ExtResponse, ExtKeyAnswer
	if request {
		live, keys = ExtRequest, ExtKeyRequest
	}
	if h.Kind == Conclusion {
		extension = 0
		if h.Live != nil {
			extension |= hasLive
		}
		if h.KeyMaterial != nil {
			extension |= hasKeys
		}
		if request && h.StreamID != "" {
			extension |= hasConfig
		}
	}
	be := binary.BigEndian
	dst = be.AppendUint32(dst, h.Version)
	dst = be.AppendUint16(dst, h.Encryption)
	dst = be.AppendUint16(dst, extension)
	for _, v := range []uint32{h.Seq, h.MTU, h.Window, uint32(h.Kind), h.Socket, h.Cookie} {
		dst = be.AppendUint32(dst, v)
	}
	dst = append(dst, h.Peer[:]...)
	if h.Kind != Conclusion {
		return dst
	}
	if l := h.Live; l != nil {
		dst = appendExtension(dst, live, 3)
		dst = be.AppendUint32(dst, l.Version)
		dst = be.AppendUint32(dst, uint32(l.Flags))
		dst = be.AppendUint16(dst, l.Receive)
		dst = be.AppendUint16(dst, l.Send)
	}
	if h.KeyMaterial != nil {
		dst = append(appendExtension(dst, keys, len(h.KeyMaterial)/4), h.KeyMaterial...)
	}
	if request && h.StreamID != "" {
		dst = appendWords(dst, ExtStreamID, h.StreamID)
	}
	return dst
}

func violation(format string, args ...any) *fault.Fault {
	return fault.New(fault.ProtocolViolation, "", format, args...)
}
