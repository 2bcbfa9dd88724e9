package audio

import (
	"bytes"
	"testing"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// What is packed is unpacked as it was, and only the usual payloads have their halves swapped.
func TestG726(t *testing.T) {
	frame := []byte{0x12, 0x34, 0xab, 0xcd}
	for profile, want := range map[string][]byte{"": {0x21, 0x43, 0xba, 0xdc}, AAL2: frame} {
		track := media.NewTrack(media.G726)
		track.Profile = profile
		var b payload.Batch
		p := NewG726Packetizer(track, NewStreamPacketizer(G726(), 1200, 0))
		if err := p.Packetize(&b, &media.Unit{AU: [][]byte{frame}}); err != nil {
			t.Fatal(err)
		}
		if len(b.Payloads) != 1 || !bytes.Equal(b.Payloads[0].Data, want) {
			t.Fatalf("%q: %v", profile, b.Payloads)
		}
		units, err := NewG726Depacketizer(track).Depacketize(nil, &media.Packet{Payload: b.Payloads[0].Data})
		if err != nil || len(units) != 1 || !bytes.Equal(units[0].AU[0], frame) {
			t.Errorf("%q: %v %v", profile, units, err)
		}
	}
	if !bytes.Equal(frame, []byte{0x12, 0x34, 0xab, 0xcd}) {
		t.Error("the unit was changed")
	}
}
