package mpegts_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"sluice/api/mpegts"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// packet is what a transport packet says, by the letter of ISO/IEC 13818-1 2.4.3.2.
type packet struct {
	pid           int
	start, random bool
	payload       bool
	counter       byte
	clock         int64 // -1: none
}

func split(t *testing.T, stream []byte) []packet {
	t.Helper()
	if len(stream)%mpegts.PacketSize != 0 {
		t.Fatalf("%d bytes are no whole packets", len(stream))
	}
	var all []packet
	for b := range slices.Chunk(stream, mpegts.PacketSize) {
		if b[0] != 0x47 {
			t.Fatalf("packet %d does not begin with 0x47", len(all))
		}
		p := packet{
			pid: int(b[1]&0x1f)<<8 | int(b[2]), start: b[1]&0x40 != 0, payload: b[3]&0x10 != 0, counter: b[3] & 0xf, clock: -1,
		}
		if b[3]&0x20 != 0 && b[4] > 0 {
			p.random = b[5]&0x40 != 0
			if b[5]&0x10 != 0 {
				p.clock = int64(b[6])<<25 | int64(b[7])<<17 | int64(b[8])<<9 | int64(b[9])<<1 | int64(b[10])>>7
			}
		}
		all = append(all, p)
	}
	return all
}

// writer makes one that writes into memory.
func writer(t testing.TB, tracks ...media.Track) (*mpegts.Writer, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	w, err := mpegts.New(&out, tracks)
	if err != nil {
		t.Fatal(err)
	}
	return w, &out
}

func TestPacketsAreCounted(t *testing.T) {
	w, out := writer(t, tracks()...)
	for i := range 60 { // sizes that end anywhere in a packet
		at := time.Duration(i) * 40 * time.Millisecond
		write(t, w, 0, picture(at, i%25 == 0, 1+i*37))
		write(t, w, 1, &media.Unit{PTS: at, DTS: at, AU: [][]byte{make([]byte, 100+i)}})
	}
	next := map[int]byte{}
	for i, p := range split(t, out.Bytes()) {
		if want, seen := next[p.pid]; seen && p.counter != want || !p.payload {
			t.Fatalf("packet %d of %#x has number %d, want %d", i, p.pid, p.counter, want)
		}
		next[p.pid] = (p.counter + 1) & 0xf
	}
}

func TestTablesComeBeforeKeyPicturesAndNowAndThen(t *testing.T) {
	w, out := writer(t, tracks()...)
	if err := w.Tables(); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		write(t, w, 0, picture(time.Duration(i)*40*time.Millisecond, i%25 == 0, 1000))
	}
	count, at := 0, 0
	var where []int
	for i, p := range split(t, out.Bytes()) {
		if p.pid == 0x100 && p.start {
			count++
		}
		if p.pid == 0 {
			where = append(where, count)
			at = i
		}
		if p.pid == 0x1000 && at != i-1 {
			t.Error("the program map does not follow the association")
		}
	}
	if want := []int{0, 10, 20, 25, 35, 45}; !slices.Equal(where, want) {
		t.Errorf("tables come before pictures %v, want %v", where, want)
	}
}

func TestTheClock(t *testing.T) {
	const wraps = (1<<33 - 1) * time.Second / 90000
	for _, begin := range []time.Duration{0, time.Hour, wraps - time.Second} {
		w, out := writer(t, tracks()...)
		for i := range 50 {
			at := begin + time.Duration(i)*40*time.Millisecond
			write(t, w, 1, &media.Unit{PTS: at, DTS: at, AU: [][]byte{{1}}})
			write(t, w, 0, picture(at, i%25 == 0, 500))
		}
		last, n := int64(-1), 0
		for _, p := range split(t, out.Bytes()) {
			if p.clock < 0 {
				continue
			}
			if p.pid != 0x100 {
				t.Fatalf("the clock is in packets of %#x", p.pid)
			}
			step := (p.clock - last) & (1<<33 - 1)
			if n > 0 && (step < 3599 || step > 3601) {
				t.Fatalf("from %v on: the clock goes from %d to %d", begin, last, p.clock)
			}
			last, n = p.clock, n+1
		}
		if n != 50 {
			t.Errorf("the clock comes %d times in 50 pictures", n)
		}
		all := read(t, out.Bytes())
		if len(all) != 2 || len(all[0]) != 50 || len(all[1]) != 50 {
			t.Errorf("from %v on: %d tracks", begin, len(all))
		}
	}
}

func TestSoundAloneHasTheClock(t *testing.T) {
	w, out := writer(t, tracks()[1])
	write(t, w, 0, &media.Unit{PTS: time.Second, DTS: time.Second, AU: [][]byte{{1}}})
	packets := split(t, out.Bytes())
	if p := packets[len(packets)-1]; p.clock != 90000 || !p.random {
		t.Errorf("%+v", p)
	}
}

func TestRecoveryPointsAreRandomAccess(t *testing.T) {
	w, out := writer(t, tracks()[0])
	u := picture(0, false, 10)
	u.Key, u.Recovery = true, true
	write(t, w, 0, u)
	packets := split(t, out.Bytes())
	if len(packets) != 3 || !packets[2].random {
		t.Errorf("%+v", packets)
	}
}

func TestReorderedPicturesOfMPEG1(t *testing.T) {
	w, out := writer(t, media.NewTrack(media.MPEG1))
	write(t, w, 0, &media.Unit{PTS: 80 * time.Millisecond, Key: true, AU: [][]byte{{0, 0, 1, 0xb3, 1, 2, 3, 4}}})
	last := out.Bytes()[out.Len()-mpegts.PacketSize:]
	pes := last[bytes.Index(last, []byte{0, 0, 1, 0xe0}):]
	if pes[7] != 0xc0 || pes[8] != 10 {
		t.Errorf("the header has flags %#x and %d bytes: both times are wanted", pes[7], pes[8])
	}
}

func TestUnitsThatCannotBeCarried(t *testing.T) {
	w, out := writer(t, tracks()...)
	if err := w.Write(1, &media.Unit{AU: [][]byte{make([]byte, 9000)}}); fault.CodeOf(err) != fault.MediaCorrupt {
		t.Errorf("a frame of 9000 bytes: %v", err)
	}
	if err := w.Write(2, picture(0, true, 1)); fault.CodeOf(err) != fault.InvalidParams {
		t.Errorf("a third track: %v", err)
	}
	if err := w.Write(0, &media.Unit{AU: [][]byte{nil, {}}}); err != nil || out.Len() != 0 {
		t.Errorf("an empty unit: %v, %d bytes", err, out.Len())
	}
	opus, out := writer(t, media.NewTrack(media.Opus))
	if err := opus.Write(0, &media.Unit{AU: [][]byte{make([]byte, 70_000)}}); fault.CodeOf(err) != fault.MediaCorrupt || out.Len() != 0 {
		t.Errorf("Opus of 70000 bytes: %v, %d bytes", err, out.Len())
	}
}

// FuzzWriter lets units of any content and time come: what is written is whole packets that begin units.
func FuzzWriter(f *testing.F) {
	f.Add(byte(0), int64(0), int64(40), true, []byte{0x65, 1, 2, 3})
	f.Add(byte(1), int64(-1), int64(1<<60), false, []byte{0xff, 0xfb, 0x90, 0x64})
	f.Fuzz(func(t *testing.T, which byte, dts, shown int64, key bool, data []byte) {
		codec := mpegts.Codecs()[int(which)%len(mpegts.Codecs())]
		track := media.NewTrack(codec)
		track.Extra = [][]byte{{0x11, 0x90}}
		w, out := writer(t, track)
		for range 3 {
			err := w.Write(0, &media.Unit{DTS: time.Duration(dts), PTS: time.Duration(shown), Key: key, AU: [][]byte{data[:len(data)/2], data[len(data)/2:]}})
			if err != nil && fault.CodeOf(err) != fault.MediaCorrupt {
				t.Fatal(err)
			}
		}
		packets := split(t, out.Bytes())
		if len(data) > 0 && len(data) < 4000 && (len(packets) < 5 || packets[0].pid != 0) {
			t.Errorf("%d packets", len(packets))
		}
	})
}

// BenchmarkWriter writes pictures of 2 Mbit/s; the ratio is of the bytes that are written to those that came.
func BenchmarkWriter(b *testing.B) {
	w, out := writer(b, tracks()...)
	u := picture(0, false, 10_000)
	b.ReportAllocs()
	written, came := 0, 0
	for b.Loop() {
		if err := w.Write(0, u); err != nil {
			b.Fatal(err)
		}
		u.DTS += 40 * time.Millisecond
		u.PTS = u.DTS
		came, written = came+u.Bytes(), written+out.Len()
		out.Reset()
	}
	b.ReportMetric(float64(written)/float64(came), "ratio")
}
