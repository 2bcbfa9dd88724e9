package chunk_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib/pkg/bytecounter"
	"github.com/bluenviron/gortmplib/pkg/rawmessage"

	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

func body(n int, fill byte) []byte { return bytes.Repeat([]byte{fill}, n) }

// messages have every kind of header to write: other lengths, types and streams, large timestamps and one that wrapped.
func messages() []chunk.Message {
	return []chunk.Message{
		{Type: chunk.CommandAMF0, Body: body(1, 1)},
		{Type: chunk.Video, Stream: 1, Timestamp: 40, Body: body(1000, 2)},
		{Type: chunk.Video, Stream: 1, Timestamp: 80, Body: body(1000, 3)},
		{Type: chunk.Video, Stream: 1, Timestamp: 120, Body: body(1000, 4)},
		{Type: chunk.Video, Stream: 1, Timestamp: 0xfffffe, Body: body(300, 5)},
		{Type: chunk.Video, Stream: 1, Timestamp: 0xffffff, Body: body(300, 6)},
		{Type: chunk.Video, Stream: 1, Timestamp: 0xfffffff0, Body: body(500, 7)},
		{Type: chunk.Video, Stream: 1, Timestamp: 24, Body: body(127, 8)},
		{Type: chunk.Video, Stream: 1, Timestamp: 25, Body: body(128, 9)},
		{Type: chunk.Video, Stream: 1, Timestamp: 26, Body: body(129, 10)},
		{Type: chunk.Audio, Stream: 1, Timestamp: 26, Body: []byte{}},
	}
}

func read(t testing.TB, r *chunk.Reader) []chunk.Message {
	t.Helper()
	var out []chunk.Message
	for {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("message %d: %v", len(out), err)
		}
		out = append(out, m)
	}
}

// TestReadsWhatOthersWrite has gortmplib write, which leaves out of headers what it can.
func TestReadsWhatOthersWrite(t *testing.T) {
	var buf bytes.Buffer
	counted := bytecounter.NewWriter(&buf)
	w := rawmessage.NewWriter(counted, counted, false)
	want := messages()
	for _, m := range want {
		err := w.Write(&rawmessage.Message{
			ChunkStreamID: 5 + byte(m.Stream), Timestamp: time.Duration(m.Timestamp) * time.Millisecond, Type: m.Type, MessageStreamID: m.Stream << 24, Body: m.Body,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, chunk.NewReader(&buf, chunk.Usual())); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %.300v\nwant %.300v", got, want)
	}
}

func TestOthersReadWhatIsWritten(t *testing.T) {
	for _, size := range []int{128, 1, 65536} {
		var b []byte
		want := messages()
		for i := range want {
			b = chunk.Append(b, 6, &want[i], size)
		}
		counted := bytecounter.NewReader(bytes.NewReader(b))
		r := rawmessage.NewReader(counted, counted, func(uint32) error { return nil })
		if err := r.SetChunkSize(uint32(size)); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			m, err := r.Read()
			if err != nil {
				t.Fatalf("size %d, message %d: %v", size, i, err)
			}
			// gortmplib takes the number of the message stream for big-endian.
			got := chunk.Message{Type: m.Type, Stream: m.MessageStreamID >> 24, Timestamp: uint32(m.Timestamp / time.Millisecond), Body: m.Body}
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("size %d, message %d: %v, not %v", size, i, got, want[i])
			}
		}
	}
}

// TestHeaders reads chunks that are written by hand.
func TestHeaders(t *testing.T) {
	long := func(format byte) []byte { return []byte{format<<6 | 5} }
	head := func(stamp [3]byte, length, kind byte) []byte {
		return append(append([]byte{}, stamp[:]...), 0, 0, length, kind, 1, 0, 0, 0)
	}
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	far := [3]byte{0xff, 0xff, 0xff}
	for _, row := range []struct {
		name string
		in   []byte
		size uint32
		want []chunk.Message
	}{
		{"deltas add up, and go on without a header", cat(
			long(0), head([3]byte{0, 0, 100}, 1, 9), []byte{1}, long(2), []byte{0, 0, 40, 2}, long(3), []byte{3},
			long(1), []byte{0, 0, 1, 0, 0, 2, 8, 4, 4}, long(3), []byte{5, 5},
		), 128, []chunk.Message{
			{Type: 9, Stream: 1, Timestamp: 100, Body: []byte{1}}, {Type: 9, Stream: 1, Timestamp: 140, Body: []byte{2}},
			{Type: 9, Stream: 1, Timestamp: 180, Body: []byte{3}}, {Type: 8, Stream: 1, Timestamp: 181, Body: []byte{4, 4}},
			{Type: 8, Stream: 1, Timestamp: 182, Body: []byte{5, 5}},
		}},
		{"two bytes of chunk stream", cat([]byte{0, 10}, head([3]byte{}, 1, 9), []byte{1}, []byte{0xc0, 10, 2}), 128, []chunk.Message{
			{Type: 9, Stream: 1, Body: []byte{1}}, {Type: 9, Stream: 1, Body: []byte{2}},
		}},
		{"three bytes of it", cat([]byte{1, 10, 1}, head([3]byte{}, 1, 9), []byte{1}), 128, []chunk.Message{{Type: 9, Stream: 1, Body: []byte{1}}}},
		{"extended timestamps that are repeated", cat(
			long(0), head(far, 6, 9), []byte{1, 0, 0, 0, 1, 1, 1, 1}, long(3), []byte{1, 0, 0, 0, 2, 2},
		), 4, []chunk.Message{{Type: 9, Stream: 1, Timestamp: 0x1000000, Body: []byte{1, 1, 1, 1, 2, 2}}}},
		{"extended timestamps that are not", cat(
			long(0), head(far, 8, 9), []byte{1, 0, 0, 0, 1, 1, 1, 1}, long(3), []byte{2, 2, 2, 2},
		), 4, []chunk.Message{{Type: 9, Stream: 1, Timestamp: 0x1000000, Body: []byte{1, 1, 1, 1, 2, 2, 2, 2}}}},
		{"two streams, chunk about chunk", cat(
			long(0), head([3]byte{}, 3, 9), []byte{1, 1}, []byte{6}, head([3]byte{}, 2, 8), []byte{7, 7}, long(3), []byte{2},
		), 2, []chunk.Message{{Type: 8, Stream: 1, Body: []byte{7, 7}}, {Type: 9, Stream: 1, Body: []byte{1, 1, 2}}}},
		{"a message that another takes the place of", cat(
			long(0), head([3]byte{}, 3, 9), []byte{1, 1}, long(0), head([3]byte{}, 1, 8), []byte{7},
		), 2, []chunk.Message{{Type: 8, Stream: 1, Body: []byte{7}}}},
	} {
		r := chunk.NewReader(bytes.NewReader(row.in), chunk.Usual())
		if err := r.SetSize(row.size); err != nil {
			t.Fatal(err)
		}
		if got := read(t, r); !reflect.DeepEqual(got, row.want) {
			t.Errorf("%s: got %v, not %v", row.name, got, row.want)
		}
	}
}

func TestBounds(t *testing.T) {
	start := func(id, high byte) []byte { return []byte{id, 0, 0, 0, high, 0, 0, 9, 1, 0, 0, 0} }
	for name, row := range map[string]struct {
		in []byte
		b  chunk.Bounds
	}{
		"a message that is too long":   {start(5, 1), chunk.Bounds{Message: 0xffff, Held: 1 << 20, Streams: 8}},
		"too much that is not whole":   {bytes.Join([][]byte{start(5, 1), body(128, 0), start(6, 1), body(128, 0)}, nil), chunk.Bounds{Message: 1 << 20, Held: 200, Streams: 8}},
		"too many chunk streams":       {bytes.Join([][]byte{start(5, 1), body(128, 0), start(6, 1), body(128, 0)}, nil), chunk.Bounds{Message: 1 << 20, Held: 1 << 20, Streams: 1}},
		"a beginning without a header": {[]byte{0x45, 0, 0, 0, 0, 0, 0, 9}, chunk.Usual()},
		"a repetition of nothing":      {[]byte{0xc5, 0}, chunk.Usual()},
	} {
		r := chunk.NewReader(bytes.NewReader(row.in), row.b)
		if m, err := r.Next(); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	r := chunk.NewReader(nil, chunk.Usual())
	for _, n := range []uint32{0, 1 << 31} {
		if r.SetSize(n) == nil {
			t.Errorf("chunks of %d bytes", n)
		}
	}
}

func TestAbort(t *testing.T) {
	in := bytes.Join([][]byte{
		{5, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0}, body(128, 1), {6, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 1}, {0xc5}, body(128, 2), {0xc5}, body(72, 3),
	}, nil)
	r := chunk.NewReader(bytes.NewReader(in), chunk.Usual())
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	r.Abort(5)
	r.Abort(99)
	m, err := r.Next()
	if err != nil || !bytes.Equal(m.Body, append(body(128, 2), body(72, 3)...)) {
		t.Errorf("%v, %v", m.Body, err)
	}
}

func TestSplit(t *testing.T) {
	tag := func(kind byte, stamp [4]byte, data ...byte) []byte {
		b := append([]byte{kind, 0, 0, byte(len(data))}, stamp[:]...)
		return append(append(b, 0, 0, 0), append(data, 0, 0, 0, byte(11+len(data)))...)
	}
	m := chunk.Message{Type: chunk.Aggregate, Stream: 1, Timestamp: 5000, Body: bytes.Join([][]byte{
		tag(9, [4]byte{0xff, 0xff, 0xff, 0}, 1, 2), tag(8, [4]byte{0, 0, 9, 1}, 3), {8, 0, 0, 99},
	}, nil)}
	want := []chunk.Message{
		{Type: 9, Stream: 1, Timestamp: 5000, Body: []byte{1, 2}}, {Type: 8, Stream: 1, Timestamp: 5010, Body: []byte{3}},
	}
	if got := chunk.Split(&m); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

// FuzzReader reads anything within narrow bounds, and what it reads can be written and read again.
func FuzzReader(f *testing.F) {
	var b []byte
	for _, m := range messages() {
		b = chunk.Append(b, 5, &m, 128)
	}
	f.Add(b, uint32(128))
	f.Add([]byte{0xc5, 1, 2, 3}, uint32(1))
	f.Fuzz(func(t *testing.T, in []byte, size uint32) {
		r := chunk.NewReader(bytes.NewReader(in), chunk.Bounds{Message: 4096, Held: 8192, Streams: 4})
		if r.SetSize(size) != nil {
			return
		}
		for {
			m, err := r.Next()
			if err != nil {
				return
			}
			if len(m.Body) > 4096 {
				t.Fatalf("a message of %d bytes", len(m.Body))
			}
			back, err := chunk.NewReader(bytes.NewReader(chunk.Append(nil, 9, &m, 128)), chunk.Usual()).Next()
			if err != nil || !reflect.DeepEqual(back, m) {
				t.Fatalf("%v became %v, %v", m, back, err)
			}
			chunk.Split(&m)
		}
	})
}
