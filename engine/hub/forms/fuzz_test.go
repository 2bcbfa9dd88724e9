package forms

import (
	"encoding/binary"
	"testing"
	"time"

	"sluice/engine/media"
)

// hostile reads packets from anything: two bytes of sequence number, two of time, one of oddities, one of length, payload.
func hostile(data []byte) (packets []*media.Packet) {
	const header = 6
	for i := 0; len(data) > header; i++ {
		p := &media.Packet{Arrival: epoch.Add(time.Duration(i) * 10 * time.Millisecond)}
		p.Header.SequenceNumber = binary.BigEndian.Uint16(data)
		p.Header.Timestamp = uint32(binary.BigEndian.Uint16(data[2:])) * 100
		p.Header.Marker = data[4]&1 != 0
		p.Header.SSRC = uint32(data[4] >> 6)
		p.PTS = time.Duration(p.Header.Timestamp) * time.Second / 90000
		n := min(int(data[5]), len(data)-header)
		p.Payload = data[header : header+n]
		data = data[header+n:]
		packets = append(packets, p)
	}
	return packets
}

// FuzzForms: whatever comes, units have parts and decoding times that rise, video begins with a key unit, and all of them
// can be cut again.
func FuzzForms(f *testing.F) {
	for i, file := range []string{"bframes.rtp", "vp8.rtp"} {
		var seed []byte
		for _, p := range load(f, file)[:20] {
			odd := byte(0)
			if p.Header.Marker {
				odd = 1
			}
			seed = binary.BigEndian.AppendUint16(seed, p.Header.SequenceNumber)
			seed = binary.BigEndian.AppendUint16(seed, uint16(p.Header.Timestamp/100))
			seed = append(seed, odd, byte(min(len(p.Payload), 255)))
			seed = append(seed, p.Payload[:min(len(p.Payload), 255)]...)
		}
		f.Add(uint8(i), seed)
	}
	f.Add(uint8(5), []byte{0, 1, 0, 0, 1, 2, 0x78, 1, 0, 3, 0, 9, 1, 2, 0x78, 1, 0, 2, 0, 8, 1, 1, 3})
	all := []media.Codec{media.H264, media.VP8, media.H265, media.VP9, media.AV1, media.Opus, media.G729, media.MP3}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		track := media.NewTrack(all[int(which)%len(all)])
		b := &bench{}
		m := b.assembler(t, track)
		units := assemble(m, hostile(data))
		rising(t, units)
		for i := range units {
			if len(units[i].AU) == 0 || i == 0 && !units[i].Key {
				t.Errorf("unit %d: %+v", i, units[i])
			}
		}
		packets := b.packetiser(t, track).Make(pointers(units))
		for i := range packets {
			if len(packets[i].Payload) == 0 {
				t.Errorf("packet %d is empty", i)
			}
		}
	})
}
