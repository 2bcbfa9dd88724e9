package hub

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

func TestLookAtPackets(t *testing.T) {
	line := media.NewTimeline(time.Unix(0, 0))
	key, delta := []byte{0x10, 0x50}, []byte{0x10, 0x51}
	rest := []byte{0x00, 0x50}
	look := lookAtPackets(media.VP8, line)
	for i, row := range []struct {
		timestamp  uint32
		payload    []byte
		first, key bool
	}{
		{100, key, true, true},
		{100, rest, false, false},
		{300, delta, true, false}, // B-frames go back in time
		{200, delta, true, false},
		{300, rest, false, false}, // late, of the frame before
		{200, rest, false, false},
		{400, key, true, true},
		{500, delta, true, false},
		{400, key, false, false}, // late: where its frame begins is not known any more
	} {
		g := look(&media.Packet{
			Header: rtp.Header{Timestamp: row.timestamp}, Payload: row.payload, Arrival: time.Unix(0, 0).Add(time.Second),
		})
		if g.First != row.first || g.Key != row.key || g.At != time.Second || g.Bytes != 2 || g.Size <= 2 {
			t.Errorf("packet %d: %+v", i, g)
		}
	}
}

func TestKeyPacketOfEachCodec(t *testing.T) {
	for codec, row := range map[media.Codec]struct{ key, other []byte }{
		media.H264: {[]byte{0x65, 1}, []byte{0x41, 1}},
		media.H265: {[]byte{19 << 1, 1}, []byte{1 << 1, 1}},
		media.VP8:  {[]byte{0x10, 0x50}, []byte{0x10, 0x51}},
		media.VP9:  {[]byte{0x08, 1}, []byte{0x48, 1}},
		media.AV1:  {[]byte{0x18, 1}, []byte{0x10, 1}},
	} {
		if is := keyPacket(codec); !is(row.key) || is(row.other) {
			t.Errorf("%s: %v and %v", codec, is(row.key), is(row.other))
		}
	}
	if is := keyPacket(media.VP6); is == nil || !is(nil) {
		t.Error("video that cannot be looked into never begins")
	}
	if keyPacket(media.Opus) != nil {
		t.Error("audio has key frames")
	}
}

func TestLookAtUnits(t *testing.T) {
	u := &media.Unit{DTS: time.Second, AU: [][]byte{{1, 2}, {3}}}
	if g := lookAtUnits(media.H264)(u); !g.First || g.Key || g.At != time.Second || g.Bytes != 3 {
		t.Errorf("h264: %+v", g)
	}
	if g := lookAtUnits(media.MJPEG)(u); !g.Key {
		t.Error("a JPEG picture is no key frame")
	}
}
