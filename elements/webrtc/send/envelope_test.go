package send

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

// all negotiates everything.
func all(o *Options) {
	for i := range o.Tracks {
		o.Tracks[i].Extensions = Extensions{MID: 4, TransportCC: 5, AbsSendTime: 6, PlayoutDelay: 7, Orientation: 8, Dependency: 9, Mixed: true}
		o.Tracks[i].PlayoutDelay = &PlayoutDelay{Max: 200 * time.Millisecond}
	}
}

func with(p *media.Packet, id uint8, value []byte) *media.Packet {
	_ = p.Header.SetExtensionWithProfile(id, value, rtp.ExtensionProfileTwoByte) // tests look for it
	return p
}

// read is what a receiver makes of a packet.
func read(t *testing.T, p *rtp.Packet) *rtp.Packet {
	t.Helper()
	b, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var got rtp.Packet
	if err := got.Unmarshal(b); err != nil {
		t.Fatal(err)
	}
	return &got
}

func TestExtensions(t *testing.T) {
	large := bytes.Repeat([]byte{0xD0}, 40)
	source := func() *media.Packet {
		return with(with(with(packet(1, 0, delta(0)), OrientationID, []byte{2}), DependencyID, []byte{1, 2, 3}), 12, []byte("secret"))
	}
	cases := []struct {
		name   string
		change func(*Options)
		packet *media.Packet
		want   map[uint8]string
	}{
		{"nothing negotiated", func(*Options) {}, source(), nil},
		{"everything", all, source(), map[uint8]string{4: "0", 5: "\x00\x01", 6: "\xF4\x00\x00", 7: "\x00\x00\x14", 8: "\x02", 9: "\x01\x02\x03"}},
		{"a large descriptor", all, with(packet(1, 0, delta(0)), DependencyID, large),
			map[uint8]string{4: "0", 5: "\x00\x01", 6: "\xF4\x00\x00", 7: "\x00\x00\x14", 9: string(large)}},
		{"one that is too large", func(o *Options) { o.Tracks[0].Extensions = Extensions{Dependency: 9} },
			with(packet(1, 0, delta(0)), DependencyID, large), nil},
		{"only the orientation", func(o *Options) { o.Tracks[0].Extensions = Extensions{Orientation: 3, Dependency: 2} },
			with(packet(1, 0, delta(0)), OrientationID, []byte{1}), map[uint8]string{3: "\x01"}},
		{"an id that no header can hold", func(o *Options) { o.Tracks[0].Extensions = Extensions{MID: 15, AbsSendTime: 1} },
			source(), map[uint8]string{1: "\xF4\x00\x00"}},
		{"only such an id", func(o *Options) { o.Tracks[0].Extensions = Extensions{MID: 15} }, source(), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := playing(c.change)
			r.now = time.Unix(61-2208988800+64*40000000, 0).UTC()
			r.feed(0, c.packet)
			p := read(t, &r.take()[0])
			if len(p.GetExtensionIDs()) != len(c.want) || p.Extension != (len(c.want) > 0) {
				t.Errorf("has extensions %v", p.GetExtensionIDs())
			}
			for id, value := range c.want {
				if got := p.GetExtension(id); string(got) != value {
					t.Errorf("extension %d is %x, not %x", id, got, value)
				}
			}
			if !bytes.Equal(p.Payload, c.packet.Payload) {
				t.Errorf("payload %x", p.Payload)
			}
		})
	}
}

// TestIntroduction: what introduces a track is sent until the receiver reports on it.
func TestIntroduction(t *testing.T) {
	r := playing(all)
	r.feed(0, packet(1, 0, delta(0)), packet(2, 3000, delta(0)))
	r.feed(1, packet(1, 0, delta(0)))
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: videoSSRC}}})
	r.feed(0, packet(3, 6000, delta(0)))
	r.feed(1, packet(2, 960, delta(0)))
	want := []string{"0", "0", "1", "", "1"}
	for i, p := range r.take() {
		if got := string(p.GetExtension(4)); got != want[i] || (got == "") != (p.GetExtension(7) == nil) {
			t.Errorf("packet %d: mid %q", i, got)
		}
		if n := p.GetExtension(5); n[1] != byte(i+1) {
			t.Errorf("packet %d: transport-wide number %x", i, n)
		}
	}
}

// TestSizesWithExtensions: packets are made equal with all that is on them.
func TestSizesWithExtensions(t *testing.T) {
	r := playing(all)
	frame := frames(0, 4)
	for i, p := range frame {
		p.Payload, p.Header.Marker = append(p.Payload, make([]byte, 200)...), i == 3
	}
	with(frame[1], OrientationID, []byte{1})
	with(frame[2], DependencyID, make([]byte, 18))
	r.Push(0, frame)
	sent := r.take()
	size := sent[0].MarshalSize()
	for i, p := range sent[:3] {
		if p.MarshalSize() != size {
			t.Errorf("packet %d has %d bytes, not %d", i, p.MarshalSize(), size)
		}
	}
}

func TestPlayoutDelay(t *testing.T) {
	for d, want := range map[PlayoutDelay][3]byte{
		{}: {}, {Min: 10 * time.Millisecond, Max: time.Second}: {0, 0x10, 100}, {Min: time.Hour, Max: time.Hour}: {0xFF, 0xFF, 0xFF},
		{Min: -time.Second, Max: 19 * time.Millisecond}: {0, 0, 1},
	} {
		if got := [3]byte(d.bytes()); got != want {
			t.Errorf("%v: %x, not %x", d, got, want)
		}
	}
}

func TestNTP(t *testing.T) {
	at := time.Date(1970, 1, 1, 0, 0, 10, 500_000_000, time.UTC)
	if got := ntp(at); got != (2208988800+10)<<32|1<<31 {
		t.Errorf("%x", got)
	}
	if got := absSendTime(at); got != ((2208988800+10)%64)<<18|1<<17 {
		t.Errorf("%x", got)
	}
}
