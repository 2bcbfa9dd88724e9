package frame

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/fault"
)

// send queues by fill and gives the bytes that went out.
func send(t testing.TB, fill func(w *Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, Limits{})
	if err := fill(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func parts() *rapid.Generator[[][]byte] {
	return rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 300), 1, 5)
}

func units() *rapid.Generator[Unit] {
	return rapid.Custom(func(t *rapid.T) Unit {
		u := Unit{
			PTS: time.Duration(rapid.Int64().Draw(t, "pts")), DTS: time.Duration(rapid.Int64().Draw(t, "dts")),
			Key: rapid.Bool().Draw(t, "key"), Recovery: rapid.Bool().Draw(t, "recovery"), AU: parts().Draw(t, "au"),
		}
		u.Recovery = u.Recovery && u.Key
		if ns := rapid.Int64Range(-9e18, 9e18).Draw(t, "ntp"); ns != 0 {
			u.NTP = time.Unix(0, ns).UTC()
		}
		return u
	})
}

func equal(a, b Unit) bool {
	return a.PTS == b.PTS && a.DTS == b.DTS && a.NTP.Equal(b.NTP) && a.Key == b.Key && a.Recovery == b.Recovery &&
		slices.EqualFunc(a.AU, b.AU, bytes.Equal)
}

// step is one call on the Writer and how to recognise the frame it makes.
type step struct {
	kind    Kind
	track   uint16
	queue   func(w *Writer) error
	matches func(f Frame) bool
}

func paid(ok bool, err error) error {
	if err == nil && !ok {
		return errors.New("no credit")
	}
	return err
}

func steps() *rapid.Generator[step] {
	return rapid.Custom(func(t *rapid.T) step {
		s := step{kind: Kind(rapid.IntRange(1, int(last)).Draw(t, "kind")), track: rapid.Uint16Max(MaxTracks-1).Draw(t, "track")}
		blob := rapid.SliceOfN(rapid.Byte(), 0, 300)
		n := rapid.Int64Range(1, 1<<20).Draw(t, "n")
		switch s.kind {
		case Media:
			u := units().Draw(t, "unit")
			s.queue = func(w *Writer) error { return paid(w.Unit(s.track, &u)) }
			s.matches = func(f Frame) bool { var got Unit; return f.Unit(&got) == nil && equal(got, u) }
		case Gap:
			gap := Silence{PTS: time.Duration(-n), Duration: time.Duration(n)}
			s.queue = func(w *Writer) error { return paid(w.Gap(s.track, gap)) }
			s.matches = func(f Frame) bool { got, err := f.Silence(); return err == nil && got == gap }
		case Credit:
			s.queue = func(w *Writer) error { return w.Credit(s.track, int(n)) }
			s.matches = func(f Frame) bool { got, err := f.Credit(); return err == nil && got == int(n) }
		case Heartbeat:
			s.track = 0
			s.queue = func(w *Writer) error { return w.Heartbeat(time.Duration(n)) }
			s.matches = func(f Frame) bool { got, err := f.Clock(); return err == nil && got == time.Duration(n) }
		case Codec:
			text := blob.Draw(t, "codec")
			s.queue = func(w *Writer) error { return w.Codec(s.track, text) }
			s.matches = func(f Frame) bool { return bytes.Equal(f.Payload, text) }
		case Key, Flush, EOS:
			call := map[Kind]func(*Writer, uint16) error{Key: (*Writer).Key, Flush: (*Writer).Flush, EOS: (*Writer).EOS}[s.kind]
			s.queue = func(w *Writer) error { return call(w, s.track) }
			s.matches = func(f Frame) bool { return len(f.Payload) == 0 }
		case Open:
			name := rapid.StringN(1, 20, maxName).Draw(t, "bridge")
			s.queue = func(w *Writer) error { return w.Open(s.track, uint16(n%MaxTracks), name) }
			s.matches = func(f Frame) bool {
				instance, bridge, err := f.Opened()
				return err == nil && instance == uint16(n%MaxTracks) && bridge == name
			}
		default:
			m := Message{Kind: s.kind, Instance: s.track, ID: uint32(n), JSON: blob.Draw(t, "json"), Blob: blob.Draw(t, "blob")}
			s.queue = func(w *Writer) error { return w.Message(m) }
			s.matches = func(f Frame) bool {
				got, err := f.Message()
				return err == nil && got.ID == m.ID && bytes.Equal(got.JSON, m.JSON) && bytes.Equal(got.Blob, m.Blob)
			}
		}
		return s
	})
}

// Whatever is queued comes out the same, control before media, each lane in order, however the stream is cut.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(steps(), 0, 30).Draw(t, "steps")
		var out bytes.Buffer
		w := NewWriter(&out, Limits{})
		for _, s := range list {
			if err := s.queue(w); err != nil {
				t.Fatalf("%s: %v", s.kind, err)
			}
		}
		if err := w.Send(); err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(list, func(a, b step) int { return lanes(a.kind) - lanes(b.kind) })
		cut := rapid.SampledFrom([]func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		}).Draw(t, "cut")
		r := NewReader(cut(&out), Limits{})
		for i, s := range list {
			f, err := r.Next()
			if err != nil {
				t.Fatalf("frame %d, %s: %v", i, s.kind, err)
			}
			if f.Kind != s.kind || f.Track != s.track || !s.matches(f) {
				t.Fatalf("frame %d: got %s on %d, %d bytes; want %s on %d", i, f.Kind, f.Track, len(f.Payload), s.kind, s.track)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("at the end: %v", err)
		}
	})
}

func lanes(k Kind) int {
	if k.Control() {
		return 0
	}
	return 1
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := Kind(0); k <= last; k++ {
		if seen[k.String()] || strings.HasPrefix(k.String(), "kind ") {
			t.Errorf("kind %d is called %q", uint8(k), k)
		}
		seen[k.String()] = true
	}
	if s := (last + 1).String(); s != "kind 15" {
		t.Errorf("got %q", s)
	}
}

// A frame's accessors refuse frames of other kinds, and payloads that no Reader would have let through.
func TestAccessorsRefuse(t *testing.T) {
	for kind := Kind(0); kind <= last+1; kind++ {
		f := Frame{Kind: kind}
		var u Unit
		_, message := f.Message()
		_, credit := f.Credit()
		_, clock := f.Clock()
		_, silence := f.Silence()
		_, _, opened := f.Opened()
		for name, err := range map[string]error{"unit": f.Unit(&u), "message": message, "credit": credit, "clock": clock, "gap": silence, "open": opened} {
			if !errors.Is(err, fault.ProtocolViolation) {
				t.Errorf("%s of an empty %s: %v", name, kind, err)
			}
		}
	}
}

func TestCorruptPayloads(t *testing.T) {
	unit := func(change func(p []byte)) Frame {
		b := send(t, func(w *Writer) error { return paid(w.Unit(1, &Unit{AU: [][]byte{{1, 2}, {3}}})) })
		p := slices.Clone(b[HeaderSize:])
		change(p)
		return Frame{Kind: Media, Payload: p}
	}
	for name, f := range map[string]Frame{
		"no parts":         unit(func(p []byte) { p[25] = 0 }),
		"too many parts":   unit(func(p []byte) { p[24] = 0xff }),
		"more parts":       unit(func(p []byte) { p[25] = 3 }),
		"fewer parts":      unit(func(p []byte) { p[25] = 1 }),
		"an empty part":    unit(func(p []byte) { p[29] = 0 }),
		"a longer part":    unit(func(p []byte) { p[29] = 4 }),
		"a huge part":      unit(func(p []byte) { p[26] = 0xff }),
		"a shorter part":   unit(func(p []byte) { p[29] = 1 }),
		"a table too long": unit(func(p []byte) { p[25] = 200 }),
	} {
		var u Unit
		if err := f.Unit(&u); !errors.Is(err, fault.ProtocolViolation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Frame{Kind: Plan, Payload: []byte{0, 0, 0, 1, 0, 0, 0, 9, '{', '}'}}).Message(); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("a message with more JSON than bytes: %v", err)
	}
	gap := make([]byte, gapSize)
	gap[8] = 0x80
	if _, err := (Frame{Kind: Gap, Payload: gap}).Silence(); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("a negative gap: %v", err)
	}
}

func TestClone(t *testing.T) {
	store := []byte{1, 2, 3}
	u := Unit{PTS: 5, Key: true, AU: [][]byte{store[:1], store[1:]}}
	c := u.Clone()
	store[0], store[2] = 9, 9
	if want := (Unit{PTS: 5, Key: true, AU: [][]byte{{1}, {2, 3}}}); !equal(c, want) {
		t.Errorf("got %+v", c)
	}
	_ = append(c.AU[0], 7)
	if c.AU[1][0] != 2 {
		t.Error("the parts of a clone overlap")
	}
}

// Times that nanoseconds since 1970 cannot hold travel as unknown rather than as nonsense.
func TestWallClock(t *testing.T) {
	for _, at := range []time.Time{{}, time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)} {
		b := send(t, func(w *Writer) error { return paid(w.Unit(0, &Unit{NTP: at, AU: [][]byte{{1}}})) })
		var u Unit
		if err := (Frame{Kind: Media, Payload: b[HeaderSize:]}).Unit(&u); err != nil || !u.NTP.IsZero() {
			t.Errorf("%s came out as %s, %v", at, u.NTP, err)
		}
	}
}
