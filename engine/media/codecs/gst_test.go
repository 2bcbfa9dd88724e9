package codecs_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
	"sluice/engine/media"
	"sluice/engine/media/codecs"
	"sluice/engine/media/payload"
)

// TestGStreamer has GStreamer pay what it encoded and compares what is gathered of it with the encoder's own bytes; then
// cuts that anew and has GStreamer depay and decode it, which must give the same bytes and the same samples and pictures
// as without RTP.
func TestGStreamer(t *testing.T) {
	program.Need(t, "gst-launch-1.0")
	for _, p := range peers() {
		t.Run(p.name, p.test)
	}
}

func (p peer) test(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	rate := int(p.track.ClockRate)
	launch(t, p.encode+" ! tee name=t"+
		" t. ! queue max-size-buffers=0 max-size-time=0 ! "+p.pay+" ! rtpstreampay ! filesink location="+in("their.rtp")+
		" t. ! queue max-size-buffers=0 max-size-time=0 ! filesink location="+in("encoded")+
		" t. ! queue max-size-buffers=0 max-size-time=0 ! "+p.decode+" ! filesink location="+in("decoded"))
	encoded := read(t, in("encoded"))[p.skip:]

	depacketizer, err := codecs.NewDepacketizer(p.track, 0)
	if err != nil {
		t.Fatal(err)
	}
	units := gather(t, depacketizer, unframe(t, read(t, in("their.rtp")), rate))
	if !p.joined {
		p.check(t, "units of GStreamer's payloads", p.bytes(units), encoded)
	}
	if stats := depacketizer.Stats(); stats.Corrupt+stats.Spoiled+stats.Lost+stats.Late > 0 || stats.Units != uint64(len(units)) {
		t.Errorf("%d units with %+v", len(units), stats)
	}
	if p.units > 0 && len(units) != p.units {
		t.Errorf("%d units, %d wanted", len(units), p.units)
	}

	packetizer, err := codecs.NewPacketizer(p.track, p.how)
	if err != nil {
		t.Fatal(err)
	}
	payloads := cut(t, packetizer, units)
	for i, one := range payloads {
		if size := max(p.how.Size, payload.DefaultSize*btoi(p.how.Size == 0)); len(one.Data) > size {
			t.Errorf("payload %d has %d bytes, more than %d", i, len(one.Data), size)
		}
	}
	if err := os.WriteFile(in("our.rtp"), frame(t, payloads, rate), 0o600); err != nil {
		t.Fatal(err)
	}
	launch(t, "filesrc location="+in("our.rtp")+" ! application/x-rtp-stream,payload=96,clock-rate="+strconv.Itoa(rate)+",media="+string(p.track.Kind)+","+p.caps+
		" ! rtpstreamdepay ! "+p.depay+" ! tee name=t"+
		" t. ! queue max-size-buffers=0 max-size-time=0 ! filesink location="+in("depayed")+
		" t. ! queue max-size-buffers=0 max-size-time=0 ! "+p.decode+" ! filesink location="+in("played"))
	p.check(t, "what GStreamer made of our payloads", read(t, in("depayed"))[p.adds:], encoded)
	if p.mute {
		return
	}
	p.plays(t, read(t, in("played")), read(t, in("decoded")))
}

// bytes are those of all units in a row, as the encoder would give them.
func (p peer) bytes(units []media.Unit) []byte {
	var all []byte
	for _, u := range units {
		for _, part := range u.AU {
			if p.nals {
				all = append(all, 0, 0, 0, 1)
			}
			all = append(all, part...)
		}
	}
	return all
}

func (p peer) check(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if p.nals {
		got, want = nals(got), nals(want)
	}
	if !bytes.Equal(got, want) {
		n := 0
		for n < min(len(got), len(want)) && got[n] == want[n] {
			n++
		}
		t.Fatalf("%s: %d bytes, %d wanted, alike up to %d", what, len(got), len(want), n)
	}
}

// plays compares what was decoded after RTP with what was without.
func (p peer) plays(t *testing.T, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) && !p.cuts {
		t.Errorf("decoded: %d bytes after RTP, %d without, or not the same", len(got), len(want))
	}
	if p.frames > 0 {
		if len(got) != p.frames*pictureSize {
			t.Errorf("%d pictures, %d wanted", len(got)/pictureSize, p.frames)
		}
		return
	}
	if share := toneShare(got, p.rate); share < 0.9 {
		t.Errorf("of %d samples, 440 Hz has only %.2f of the power", len(got)/2, share)
	}
}

// toneShare is how much of the power is at 440 Hz (Goertzel's algorithm, on a whole number of periods).
func toneShare(s16 []byte, rate int) float64 {
	n := len(s16) / 2 * 440 / rate * rate / 440
	w := 2 * math.Pi * 440 / float64(rate)
	var s1, s2, power float64
	for i := range n {
		v := float64(int16(uint16(s16[2*i]) | uint16(s16[2*i+1])<<8))
		s1, s2 = v+2*math.Cos(w)*s1-s2, s1
		power += v * v
	}
	if power == 0 {
		return 0
	}
	return (s1*s1 + s2*s2 - 2*math.Cos(w)*s1*s2) * 2 / float64(n) / power
}

// nals are the NAL units of a byte stream, without delimiters, all behind start codes of four bytes.
func nals(stream []byte) []byte {
	var out []byte
	for _, nal := range bytes.Split(stream, []byte{0, 0, 1}) {
		nal = bytes.TrimRight(nal, "\x00")
		if len(nal) == 0 || nal[0]&0x1f == 9 && len(nal) == 2 || nal[0] == 35<<1 {
			continue
		}
		out = append(append(out, 0, 0, 0, 1), nal...)
	}
	return out
}

func launch(t *testing.T, pipeline string) {
	t.Helper()
	program.Start(t, "gst-launch-1.0", append([]string{"-q"}, strings.Fields(pipeline)...)...).Wait()
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
