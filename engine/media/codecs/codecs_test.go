package codecs_test

import (
	"errors"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

func TestWhatCannotBeMade(t *testing.T) {
	for _, c := range []struct {
		name  string
		track media.Track
		how   codecs.Packing
		want  fault.Code
	}{
		{"all is well", media.NewTrack(media.Opus), codecs.Packing{}, ""},
		{"a codec without a format", media.NewTrack(media.Nellymoser), codecs.Packing{}, fault.CodecNotAvailable},
		{"data", media.Track{Kind: media.Data}, codecs.Packing{}, fault.CodecNotAvailable},
		{"a size too small", media.NewTrack(media.Opus), codecs.Packing{Size: payload.MinSize - 1}, fault.InvalidParams},
		{"a size too large", media.NewTrack(media.VP8), codecs.Packing{Size: 70_000}, fault.InvalidParams},
		{"a time before now", media.NewTrack(media.PCMU), codecs.Packing{PTime: -time.Second}, fault.InvalidParams},
	} {
		if _, err := codecs.NewPacketizer(c.track, c.how); fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := codecs.NewDepacketizer(media.NewTrack(media.Sorenson), 0); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("got %v", err)
	}
}

func TestPacketizationModeIsAskedFor(t *testing.T) {
	u := media.Unit{AU: [][]byte{run(0x65, 2000)}}
	for mode, want := range map[string]bool{"": false, "0": false, "1": true, "2": false} {
		p, err := codecs.NewPacketizer(track(media.H264, fmtp("packetization-mode", mode)), codecs.Packing{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Packetize(new(payload.Batch), &u); (err == nil) != want {
			t.Errorf("mode %q: %v", mode, err)
		}
	}
}

func TestPictureIDsBeginAnywhere(t *testing.T) {
	seen := map[string]bool{}
	for range 20 {
		p, err := codecs.NewPacketizer(media.NewTrack(media.VP8), codecs.Packing{})
		if err != nil {
			t.Fatal(err)
		}
		var b payload.Batch
		if err := p.Packetize(&b, &media.Unit{AU: [][]byte{{0x10, 0}}}); err != nil {
			t.Fatal(err)
		}
		seen[string(b.Payloads[0].Data[2:4])] = true
	}
	if len(seen) < 2 {
		t.Error("all begin with the same")
	}
}

// TestLimit gives units that never end to every depacketizer of video.
func TestLimit(t *testing.T) {
	for codec, head := range map[media.Codec][]byte{
		media.H264: {0x67}, media.H265: {0x40, 1}, media.VP8: {0x10, 0x10}, media.VP9: {0x08, 0x82}, media.AV1: {0x18, 0x32},
	} {
		d, err := codecs.NewDepacketizer(media.NewTrack(codec), 10_000)
		if err != nil {
			t.Fatal(err)
		}
		stuck := true
		for i := range 12 {
			p := media.Packet{Payload: append(append([]byte(nil), head...), run(1, 1000)...)}
			if codec == media.VP9 && i > 0 {
				p.Payload[0] = 0
			}
			p.Header.SequenceNumber = uint16(i)
			if _, err := d.Depacketize(nil, &p); errors.Is(err, fault.ProtocolViolation) {
				stuck = false
			} else if err != nil {
				t.Errorf("%s: %v", codec, err)
			}
		}
		if stuck {
			t.Errorf("%s takes all", codec)
		}
	}
}
