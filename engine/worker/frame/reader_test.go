package frame

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"sluice/engine/fault"
)

// raw makes a frame by hand.
func raw(kind Kind, flags byte, track uint16, payload []byte) []byte {
	return finish(append(begin(nil, kind, flags, track), payload...), 0)
}

func claim(kind Kind, size uint32) []byte {
	b := raw(kind, 0, 0, nil)
	binary.BigEndian.PutUint32(b, size)
	return b
}

func TestViolations(t *testing.T) {
	unit := make([]byte, unitHead+nalHead+1)
	for name, b := range map[string][]byte{
		"kind 0":                    raw(0, 0, 0, nil),
		"a kind after the last":     raw(last+1, 0, 0, nil),
		"a length beyond the limit": claim(Plan, 16<<20+1),
		"the largest length":        claim(Plan, 1<<32-1),
		"a message without head":    raw(State, 0, 0, make([]byte, 7)),
		"a unit without parts":      raw(Media, 0, 0, unit[1:]),
		"a large codec":             claim(Codec, maxCodec+1),
		"a key request with bytes":  raw(Key, 0, 0, []byte{1}),
		"an opening of nothing":     raw(Open, 0, 0, make([]byte, instanceSize)),
		"a bridge of a long name":   claim(Open, instanceSize+maxName+1),
		"an end with bytes":         raw(EOS, 0, 0, []byte{1}),
		"a short heartbeat":         raw(Heartbeat, 0, 0, make([]byte, 7)),
		"a long credit":             raw(Credit, 0, 0, make([]byte, 5)),
		"a short gap":               raw(Gap, 0, 0, make([]byte, 15)),
		"a track too high":          raw(Media, 0, MaxTracks, unit),
		"an unknown flag":           raw(Media, 4, 0, unit),
		"recovery without key":      raw(Media, 2, 0, unit),
		"a flag on another kind":    raw(EOS, 1, 0, nil),
	} {
		r := NewReader(bytes.NewReader(b), Limits{})
		_, err := r.Next()
		if !errors.Is(err, fault.ProtocolViolation) {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := r.Next(); again != err {
			t.Errorf("%s: the second call says %v", name, again)
		}
	}
}

func TestEndOfStream(t *testing.T) {
	whole := raw(Codec, 0, 0, []byte("abc"))
	for n := range len(whole) {
		_, err := NewReader(bytes.NewReader(whole[:n]), Limits{}).Next()
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		if err != want {
			t.Errorf("after %d bytes: %v, want %v", n, err, want)
		}
	}
	broken := errors.New("broken")
	if _, err := NewReader(iotest.ErrReader(broken), Limits{}).Next(); err != broken {
		t.Errorf("an error of the stream: %v", err)
	}
	if _, err := NewReader(silent{}, Limits{}).Next(); err != io.ErrNoProgress {
		t.Errorf("a stream that gives nothing: %v", err)
	}
}

// silent is a reader that never gives anything.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

// A header may claim what it likes: memory grows only with bytes that come.
func TestClaimedLengthAllocatesNothing(t *testing.T) {
	r := NewReader(bytes.NewReader(claim(Plan, 16<<20)), Limits{})
	if _, err := r.Next(); err != io.ErrUnexpectedEOF {
		t.Fatal(err)
	}
	if len(r.buf) != readBuffer {
		t.Errorf("the buffer grew to %d", len(r.buf))
	}
}

func TestBufferGrowsAndShrinks(t *testing.T) {
	large := raw(Plan, 0, 0, make([]byte, 1<<20))
	small := raw(Codec, 0, 0, make([]byte, 100))
	var stream bytes.Buffer
	stream.Write(large)
	for range calmFrames + 2 {
		stream.Write(small)
	}
	r := NewReader(&stream, Limits{})
	if f, err := r.Next(); err != nil || len(f.Payload) != 1<<20 {
		t.Fatalf("%d bytes, %v", len(f.Payload), err)
	}
	if len(r.buf) < 1<<20 || len(r.buf) > 1<<20+HeaderSize {
		t.Errorf("the buffer has %d bytes", len(r.buf))
	}
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil || len(f.Payload) != 100 {
			t.Fatalf("%d bytes, %v", len(f.Payload), err)
		}
	}
	if len(r.buf) != readBuffer {
		t.Errorf("the buffer still has %d bytes", len(r.buf))
	}
}

// A peer that sends without credit is stopped; one that waits for credit is not.
func TestCreditIsEnforced(t *testing.T) {
	u := Unit{AU: [][]byte{make([]byte, 1000)}}
	one := u.append(nil, 7)
	limits := Limits{Window: 2 * len(one)}
	flood := bytes.Repeat(one, 3)
	r := NewReader(bytes.NewReader(flood), limits)
	for range 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("the third unit: %v", err)
	}
	r = NewReader(bytes.NewReader(slices.Concat(flood, flood)), limits)
	for i := range 6 {
		f, err := r.Next()
		if err != nil {
			t.Fatalf("unit %d: %v", i, err)
		}
		if err := r.Grant(f.Track, f.Cost()); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		track uint16
		n     int
	}{{7, 1}, {7, 0}, {7, -1}, {MaxTracks, 1}} {
		if err := r.Grant(c.track, c.n); !errors.Is(err, fault.ProtocolViolation) {
			t.Errorf("%d bytes for track %d: %v", c.n, c.track, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(send(f, func(w *Writer) error { return paid(w.Unit(3, &Unit{PTS: 1, Key: true, AU: [][]byte{{1, 2}, {3}}})) }))
	f.Add(send(f, func(w *Writer) error { return paid(w.Gap(3, Silence{PTS: 1, Duration: 2})) }))
	f.Add(send(f, func(w *Writer) error {
		return errors.Join(w.Message(Message{Kind: Plan, ID: 1, JSON: []byte("{}"), Blob: []byte("x")}), w.Heartbeat(1), w.Key(1),
			w.Credit(1, 5), w.Codec(1, []byte("{}")), w.Flush(1), w.EOS(1))
	}))
	f.Add(claim(Plan, 1<<32-1))
	f.Add(claim(Media, 1<<20))
	f.Add(raw(Media, 1, 1, make([]byte, 40)))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stream []byte) {
		var again bytes.Buffer
		w := NewWriter(&again, Limits{Frame: minLimit, Window: 1000})
		r := NewReader(iotest.HalfReader(bytes.NewReader(stream)), Limits{Frame: minLimit, Window: 1000})
		var u Unit
		for {
			fr, err := r.Next()
			if err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF && !errors.Is(err, fault.ProtocolViolation) {
					t.Fatalf("a surprising error: %v", err)
				}
				break
			}
			if len(r.buf) > minLimit+readBuffer {
				t.Fatalf("the buffer has %d bytes", len(r.buf))
			}
			again.Reset()
			if !rewrite(t, w, fr, &u) {
				continue
			}
			if err := w.Send(); err != nil {
				t.Fatal(err)
			}
			b := again.Bytes()
			key, recovery := b[5]&keyFlag != 0, b[5]&recoveryFlag != 0
			if !bytes.Equal(b[HeaderSize:], fr.Payload) || Kind(b[4]) != fr.Kind || key != fr.Key || recovery != fr.Recovery {
				t.Fatalf("%s with %x was written again as %x", fr.Kind, fr.Payload, b)
			}
			w.credit.used[fr.Track].Store(0)
		}
	})
}

// rewrite writes a frame again from what its accessors say; false if they refuse it, which must be a violation.
func rewrite(t *testing.T, w *Writer, f Frame, u *Unit) bool {
	var err, failed error
	switch {
	case f.Kind == Media:
		if err = f.Unit(u); err == nil {
			failed = paid(w.Unit(f.Track, u))
		}
	case f.Kind == Gap:
		var s Silence
		if s, err = f.Silence(); err == nil {
			failed = paid(w.Gap(f.Track, s))
		}
	case f.Kind.Message():
		var m Message
		if m, err = f.Message(); err == nil {
			failed = w.Message(m)
		}
	case f.Kind == Codec:
		failed = w.Codec(f.Track, f.Payload)
	default:
		return false
	}
	if failed != nil {
		t.Fatalf("%s cannot be written again: %v", f.Kind, failed)
	}
	if err != nil && !errors.Is(err, fault.ProtocolViolation) {
		t.Fatalf("a surprising error: %v", err)
	}
	return err == nil
}
