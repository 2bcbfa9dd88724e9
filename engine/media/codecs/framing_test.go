package codecs_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// unframe reads packets that rtpstreampay wrote (RFC 4571): each behind its length.
func unframe(t *testing.T, data []byte, clock int) []media.Packet {
	t.Helper()
	var packets []media.Packet
	for len(data) > 0 {
		n := int(binary.BigEndian.Uint16(data))
		var p rtp.Packet
		if err := p.Unmarshal(data[2 : 2+n]); err != nil {
			t.Fatalf("packet %d: %v", len(packets), err)
		}
		first := p.Timestamp
		if len(packets) > 0 {
			first = packets[0].Header.Timestamp
		}
		pts := time.Duration(int32(p.Timestamp-first)) * time.Second / time.Duration(clock)
		packets = append(packets, media.Packet{Header: p.Header, Payload: p.Payload, PTS: pts})
		data = data[2+n:]
	}
	return packets
}

// frame writes payloads as packets that rtpstreamdepay reads.
func frame(t *testing.T, payloads []payload.Payload, clock int) []byte {
	t.Helper()
	var out []byte
	for i, p := range number(payloads, clock) {
		raw, err := (&rtp.Packet{Header: p.Header, Payload: p.Payload}).Marshal()
		if err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
		out = append(binary.BigEndian.AppendUint16(out, uint16(len(raw))), raw...)
	}
	return out
}

// number puts headers on payloads. The sequence numbers wrap around.
func number(payloads []payload.Payload, clock int) []media.Packet {
	packets := make([]media.Packet, len(payloads))
	for i, p := range payloads {
		packets[i] = media.Packet{
			Header: rtp.Header{
				Version: 2, PayloadType: 96, SequenceNumber: uint16(65530 + i), SSRC: 0x51d, Marker: p.Marker,
				Timestamp: uint32(1000 + int64(p.PTS)*int64(clock)/int64(time.Second)),
			},
			Payload: p.Data, PTS: p.PTS,
		}
	}
	return packets
}

// cut packetizes units.
func cut(t *testing.T, p payload.Packetizer, units []media.Unit) []payload.Payload {
	t.Helper()
	var b payload.Batch
	for i := range units {
		if err := p.Packetize(&b, &units[i]); err != nil {
			t.Fatalf("unit %d: %v", i, err)
		}
	}
	p.Flush(&b)
	return b.Payloads
}

// gather depacketizes packets.
func gather(t *testing.T, d payload.Depacketizer, packets []media.Packet) []media.Unit {
	t.Helper()
	var units []media.Unit
	var err error
	for i := range packets {
		if units, err = d.Depacketize(units, &packets[i]); err != nil {
			t.Fatalf("packet %d: %v", i, err)
		}
	}
	return d.Flush(units)
}
