package leg_test

import (
	"fmt"
	"math"
	"net"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/api/sip/leg"
	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// far is a far end that is only a socket and what a test says it says.
type far struct {
	net.PacketConn
	port int
}

func newFar(t *testing.T) *far {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &far{c, c.LocalAddr().(*net.UDPAddr).Port}
}

// packets reads packets of a payload type until there are enough.
func (f *far) packets(t *testing.T, kind uint8, n int, is func(*rtp.Packet) bool) []*rtp.Packet {
	t.Helper()
	f.SetReadDeadline(time.Now().Add(enginetest.Patience))
	var out []*rtp.Packet
	buf := make([]byte, 64<<10)
	for len(out) < n {
		size, _, err := f.ReadFrom(buf)
		if err != nil {
			t.Fatalf("%d packets came, of %d: %v", len(out), n, err)
		}
		p := &rtp.Packet{}
		if p.Unmarshal(append([]byte(nil), buf[:size]...)) == nil && p.PayloadType == kind && is(p) {
			out = append(out, p)
		}
	}
	return out
}

// TestLengths: packets are as long as the far end wants them.
func TestLengths(t *testing.T) {
	for _, c := range []struct {
		lines   string
		in, out int
	}{
		{"a=ptime:20\r\n", 160, 160}, {"a=ptime:40\r\n", 160, 320}, {"a=ptime:10\r\n", 160, 80}, {"", 240, 160},
		{"a=ptime:60\r\na=maxptime:30\r\n", 160, 240},
	} {
		t.Run(fmt.Sprintf("%q from %d", c.lines, c.in), func(t *testing.T) {
			h, f := newHub(t), newFar(t)
			a := newEnd(t, pool(t))
			a.answer(t, fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 0\r\n%s", f.port, c.lines))
			voice := newVoice(t, h, "voice", a.Tracks()[0], uint32(c.in))
			play(t, h, a, "voice")
			for range 12 {
				voice.say(t, chunk(7, c.in))
			}
			got := f.packets(t, 0, 4, func(p *rtp.Packet) bool { return p.Payload[0] == 7 })
			for i, p := range got {
				if len(p.Payload) != c.out || i > 0 && (p.Timestamp-got[i-1].Timestamp != uint32(c.out) || p.SequenceNumber != got[i-1].SequenceNumber+1) {
					t.Errorf("packet %d: %d bytes, number %d, timestamp %d", i, len(p.Payload), p.SequenceNumber, p.Timestamp)
				}
			}
		})
	}
}

// TestSingleUnits: a far end of packetization mode 0 gets a NAL unit a packet, whatever its source sends.
func TestSingleUnits(t *testing.T) {
	for mode, want := range map[string][]byte{"": {0x67, 0x68, 0x65}, "a=fmtp:97 packetization-mode=1\r\n": {0x78, 0x7c, 0x7c}} {
		h, f := newHub(t), newFar(t)
		a := newEnd(t, pool(t), func(o *leg.Options) { o.Audio, o.Video = false, true })
		a.answer(t, fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=video %d RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n%s", f.port, mode))
		track := media.NewTrack(media.H264)
		track.FMTP = map[string]string{"packetization-mode": "1"}
		pub, err := h.Publish(t.Context(), "film", media.Description{Tracks: []media.Track{track}}, hubOptions())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { pub.Close(nil) })
		play(t, h, a, "film")
		sps := []byte{0x67, 0x42, 0xe0, 0x0a, 0x8d, 0x68, 0x20}
		pps := []byte{0x68, 0xce, 0x06, 0xe2}
		stap := append(append([]byte{0x78, 0, byte(len(sps))}, sps...), append([]byte{0, byte(len(pps))}, pps...)...)
		piece := func(flags byte) []byte { return append([]byte{0x7c, flags | 5}, chunk(0x88, 400)...) }
		for i, b := range [][]byte{stap, piece(0x80), piece(0x40)} {
			hd := rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: 9000, SSRC: 9, Marker: i == 2}
			if err := pub.Write(0, []media.Packet{{Header: hd, Payload: b}}); err != nil {
				t.Fatal(err)
			}
		}
		for i, p := range f.packets(t, 97, 3, func(*rtp.Packet) bool { return true }) {
			if p.Payload[0] != want[i] || p.Marker != (i == 2) {
				t.Errorf("%q: packet %d begins with %x, marker %v", mode, i, p.Payload[0], p.Marker)
			}
		}
	}
}

// TestInBand: keys are found in the sound, of a far end that has no events.
func TestInBand(t *testing.T) {
	f := newFar(t)
	a := newEnd(t, pool(t), func(o *leg.Options) { o.InBand = true })
	text := a.answer(t, fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 0\r\n", f.port))
	for i := range 20 {
		payload := chunk(0xff, 160)
		for j := range payload {
			at := float64(i*160+j) / 8000
			if i < 10 { // a five
				payload[j] = mulaw(0.3*math.Sin(2*math.Pi*770*at) + 0.3*math.Sin(2*math.Pi*1336*at))
			}
		}
		f.send(t, text, rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160, SSRC: 3}, payload)
	}
	a.until(t, "a key", func() bool { return a.keys == "5" })
}

// TestBeside: comfort noise is no sound, and leaves no gap in the numbers.
func TestBeside(t *testing.T) {
	h, f := newHub(t), newFar(t)
	a := newEnd(t, pool(t))
	text := a.answer(t, fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 0 13\r\n", f.port))
	publish(t, h, a, "far")
	heard := read(t, h, "far")
	for i := range 6 {
		hd := rtp.Header{Version: 2, SequenceNumber: uint16(i), Timestamp: uint32(i) * 160, SSRC: 3}
		if i%2 == 1 {
			hd.PayloadType = 13
		}
		f.send(t, text, hd, chunk(byte(i), 160))
	}
	for i, p := range heard.wait(t, 3) {
		if p.Payload[0] != byte(2*i) || p.Header.SequenceNumber != uint16(i) {
			t.Errorf("packet %d: number %d, %x", i, p.Header.SequenceNumber, p.Payload[0])
		}
	}
	if n := a.Counts(); n.In.Lost != 0 {
		t.Errorf("counted %+v", n)
	}
}
