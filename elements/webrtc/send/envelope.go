package send

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// envelope is the header of the packet that is being written, used again for the next one.
type envelope struct {
	header    rtp.Header
	transport [2]byte
	sendTime  [3]byte
}

// fill makes the header of a packet as its slot describes it, but for the number.
func (e *envelope) fill(t *track, s *slot) {
	h := &e.header
	*h = rtp.Header{
		Version: 2, Marker: s.packet.Header.Marker, PayloadType: s.payloadType, SequenceNumber: uint16(s.number),
		Timestamp: s.timestamp, SSRC: t.SSRC, Padding: s.pad > 0, PaddingSize: s.pad,
		ExtensionProfile: rtp.ExtensionProfileOneByte, Extensions: h.Extensions[:0],
	}
	ids := &t.Extensions
	dependency := t.dependency(s.packet)
	if len(dependency) > maxOneByte {
		h.ExtensionProfile = rtp.ExtensionProfileTwoByte
	}
	if s.intro {
		e.add(ids.MID, t.mid)
		e.add(ids.PlayoutDelay, t.delay)
	}
	binary.BigEndian.PutUint16(e.transport[:], s.transport)
	e.add(ids.TransportCC, e.transport[:])
	e.sendTime = [3]byte{byte(s.sendTime >> 16), byte(s.sendTime >> 8), byte(s.sendTime)}
	e.add(ids.AbsSendTime, e.sendTime[:])
	e.add(ids.Orientation, t.orientation(s.packet))
	e.add(ids.Dependency, dependency)
}

// maxOneByte is the longest extension in a header of one-byte extensions (RFC 8285 4.2).
const maxOneByte = 16

// add adds an extension if it is negotiated and there is one. One that its header cannot hold is left out.
func (e *envelope) add(id uint8, value []byte) {
	if id == 0 || len(value) == 0 {
		return
	}
	e.header.Extension = true // or SetExtension would choose the profile
	if e.header.SetExtension(id, value) != nil && len(e.header.Extensions) == 0 {
		e.header.Extension = false
	}
}

// orientation is what the source says of how its camera is held, if the peer wants to know.
func (t *track) orientation(p *media.Packet) []byte {
	if t.Extensions.Orientation == 0 || !p.Header.Extension {
		return nil
	}
	return p.Header.GetExtension(OrientationID)
}

// dependency is the source's dependency descriptor, if the peer takes it.
func (t *track) dependency(p *media.Packet) []byte {
	if t.Extensions.Dependency == 0 || !p.Header.Extension {
		return nil
	}
	d := p.Header.GetExtension(DependencyID)
	if len(d) > maxOneByte && !t.Extensions.Mixed {
		return nil
	}
	return d
}

// absSendTime is a moment in the format of the abs-send-time extension: seconds modulo 64, in 6.18 fixed point.
func absSendTime(at time.Time) uint32 { return uint32(ntp(at) >> 14 & 0xFFFFFF) }

// ntp is a moment as an NTP timestamp: seconds since 1900, in 32.32 fixed point.
func ntp(at time.Time) uint64 {
	const until1970 = 2208988800
	ns := at.UnixNano()
	return uint64(ns/1e9+until1970)<<32 | uint64(ns%1e9)<<32/1e9
}
