package frame

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWriterRefuses(t *testing.T) {
	w := NewWriter(io.Discard, Limits{Frame: minLimit})
	big := make([]byte, minLimit)
	unit := func(track uint16, parts ...[]byte) error { _, err := w.Unit(track, &Unit{AU: parts}); return err }
	_, gap := w.Gap(0, Silence{Duration: -1})
	for name, err := range map[string]error{
		"a unit without parts":    unit(0),
		"a unit with empty part":  unit(0, []byte{1}, nil),
		"a unit too large":        unit(0, big),
		"a unit of many parts":    unit(0, make([][]byte, MaxNALs+1)...),
		"a unit on a high track":  unit(MaxTracks, []byte{1}),
		"a negative gap":          gap,
		"a message too large":     w.Message(Message{Kind: Plan, JSON: big}),
		"a message of media":      w.Message(Message{Kind: Media}),
		"a high instance":         w.Message(Message{Kind: Plan, Instance: MaxTracks}),
		"an end too large":        w.Behind(Message{Kind: Result, JSON: big}),
		"an end of media":         w.Behind(Message{Kind: Media}),
		"an opening of nothing":   w.Open(0, 0, ""),
		"an opening of much":      w.Open(0, 0, string(big)),
		"a high instance's track": w.Open(0, MaxTracks, "a"),
		"a codec too large":       w.Codec(0, make([]byte, maxCodec+1)),
		"a codec on a high track": w.Codec(MaxTracks, nil),
		"an end on a high track":  w.EOS(MaxTracks),
		"a key on a high track":   w.Key(MaxTracks),
		"no credit":               w.Credit(0, 0),
		"credit on a high track":  w.Credit(MaxTracks, 1),
		"boundless credit":        w.Credit(0, 1<<30),
	} {
		if !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(w.control.waiting) + len(w.media.waiting); n != 0 {
		t.Errorf("%d bytes are waiting", n)
	}
}

// Without credit units and gaps are not queued, what a track cannot do without is, and credit opens it again.
func TestWriterCredit(t *testing.T) {
	w := NewWriter(io.Discard, Limits{Window: 100})
	u := Unit{AU: [][]byte{make([]byte, 200)}} // one may overdraw
	if err := paid(w.Unit(1, &u)); err != nil {
		t.Fatal(err)
	}
	before := len(w.media.waiting)
	for range 3 {
		if ok, err := w.Unit(1, &u); ok || err != nil {
			t.Errorf("a unit without credit: %v, %v", ok, err)
		}
		if ok, err := w.Gap(1, Silence{}); ok || err != nil {
			t.Errorf("a gap without credit: %v, %v", ok, err)
		}
	}
	if len(w.media.waiting) != before {
		t.Error("something was queued")
	}
	if err := errors.Join(w.Codec(1, []byte("{}")), w.Flush(1), w.EOS(1), paid(w.Unit(2, &u))); err != nil {
		t.Error(err)
	}
	if err := w.Granted(1, before+1); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("more credit than was spent: %v", err)
	}
	if err := w.Granted(1, before); err != nil {
		t.Error(err)
	}
	if err := paid(w.Unit(1, &u)); err != nil {
		t.Errorf("after credit: %v", err)
	}
}

// gate is a stream whose writes are handed to the test one by one.
type gate struct {
	writes chan []byte
	done   chan error
}

func (g *gate) Write(b []byte) (int, error) {
	g.writes <- bytes.Clone(b)
	if err := <-g.done; err != nil {
		return 0, err
	}
	return len(b), nil
}

// Control that comes while much media is being sent goes out next, and a second sender does not wait.
func TestControlOvertakes(t *testing.T) {
	g := &gate{writes: make(chan []byte), done: make(chan error)}
	w := NewWriter(g, Limits{})
	u := Unit{AU: [][]byte{make([]byte, 40<<10)}}
	for range 3 {
		if err := paid(w.Unit(1, &u)); err != nil {
			t.Fatal(err)
		}
	}
	sent := make(chan error)
	go func() { sent <- w.Send() }()
	if first := enginetest.Await(t, "a write", g.writes); Kind(first[4]) != Media || len(first) > writeBatch {
		t.Fatalf("first %d bytes of %s", len(first), Kind(first[4]))
	}
	if err := errors.Join(w.Heartbeat(time.Second), w.EOS(1), w.Send()); err != nil {
		t.Fatal(err)
	}
	var order []Kind
	for range 4 {
		g.done <- nil
		b := enginetest.Await(t, "a write", g.writes)
		order = append(order, Kind(b[4]))
	}
	g.done <- nil
	if err := enginetest.Await(t, "the end of the sending", sent); err != nil {
		t.Fatal(err)
	}
	if want := [4]Kind{Heartbeat, Media, Media, EOS}; [4]Kind(order) != want {
		t.Errorf("got %v, want %v", order, want)
	}
}

// A message sent behind media stays there, however it is overtaken by others.
func TestBehind(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out, Limits{})
	first := Message{Kind: Change, ID: 1}
	if err := errors.Join(w.Open(1, 2, "a"), w.EOS(1), w.Behind(first), w.Flush(2), w.Message(Message{Kind: State}), w.Send()); err != nil {
		t.Fatal(err)
	}
	r := NewReader(&out, Limits{})
	for i, want := range []Kind{State, Open, EOS, Change, Flush} {
		if f, err := r.Next(); err != nil || f.Kind != want {
			t.Fatalf("frame %d is a %s, %v, want %s", i, f.Kind, err, want)
		}
	}
}

// Units queued together leave in one write.
func TestBatch(t *testing.T) {
	g := &gate{writes: make(chan []byte, 1), done: make(chan error, 1)}
	w := NewWriter(g, Limits{})
	for range 10 {
		if err := paid(w.Unit(1, &Unit{AU: [][]byte{make([]byte, 1000)}})); err != nil {
			t.Fatal(err)
		}
	}
	g.done <- nil
	if err := w.Send(); err != nil {
		t.Fatal(err)
	}
	if n, want := len(<-g.writes), 10*(HeaderSize+unitHead+nalHead+1000); n != want {
		t.Errorf("%d bytes in the first write, want %d", n, want)
	}
}

func TestWriteErrorStays(t *testing.T) {
	broken := errors.New("broken")
	g := &gate{writes: make(chan []byte, 1), done: make(chan error, 1)}
	g.done <- broken
	w := NewWriter(g, Limits{})
	if err := w.Heartbeat(1); err != nil {
		t.Fatal(err)
	}
	first := w.Send()
	_, unit := w.Unit(1, &Unit{AU: [][]byte{{1}}})
	for i, err := range []error{first, w.Send(), w.Heartbeat(1), w.EOS(1), unit} {
		if !errors.Is(err, broken) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

func TestControlQueueIsBounded(t *testing.T) {
	w := NewWriter(io.Discard, Limits{Frame: minLimit})
	m := Message{Kind: Stats, JSON: make([]byte, minLimit-messageHead)}
	var err error
	for range controlQueue + 1 {
		err = w.Message(m)
	}
	if !errors.Is(err, fault.Overloaded) {
		t.Errorf("got %v", err)
	}
	if err := w.Send(); err != nil {
		t.Fatal(err)
	}
	if err := w.Message(m); err != nil {
		t.Errorf("after sending: %v", err)
	}
}

// A buffer that one huge frame made is given back.
func TestLargeBufferIsNotKept(t *testing.T) {
	w := NewWriter(io.Discard, Limits{})
	if err := paid(w.Unit(1, &Unit{AU: [][]byte{make([]byte, 4*keepBuffer)}})); err != nil {
		t.Fatal(err)
	}
	if err := w.Send(); err != nil {
		t.Fatal(err)
	}
	if n := cap(w.media.waiting) + cap(w.media.spare); n > keepBuffer {
		t.Errorf("%d bytes are kept", n)
	}
}

// Many senders, one stream: every unit arrives whole and each track in order, with credit going back all the while.
func TestTwoEnds(t *testing.T) {
	const tracks, each = 4, 500
	a, b := net.Pipe()
	here, there := NewWriter(a, Limits{Window: 4096}), NewReader(b, Limits{Window: 4096})
	credit, back := NewWriter(b, Limits{}), NewReader(a, Limits{})
	ends := make(chan error, tracks+2)
	var granted [tracks]chan struct{}
	for i := range granted {
		granted[i] = make(chan struct{}, 1)
	}
	go func() { ends <- takeCredit(here, back, granted[:]) }()
	go func() { ends <- consume(credit, there, tracks, each); b.Close() }()
	for track := range uint16(tracks) {
		go func() { ends <- produce(here, track, each, granted[track]) }()
	}
	for range tracks + 2 {
		if err := enginetest.Await(t, "the end", ends); err != nil {
			t.Error(err)
		}
	}
	a.Close()
}

func produce(w *Writer, track uint16, each int, granted <-chan struct{}) error {
	for i := 0; i < each; {
		ok, err := w.Unit(track, &Unit{PTS: time.Duration(i), AU: [][]byte{make([]byte, 1+i)}})
		if err := errors.Join(err, w.Send()); err != nil {
			return err
		}
		if ok {
			i++
		} else {
			<-granted
		}
	}
	return nil
}

func takeCredit(w *Writer, r *Reader, granted []chan struct{}) error {
	for {
		f, err := r.Next()
		if err == io.EOF {
			return nil
		}
		n, bad := f.Credit()
		if err := errors.Join(err, bad, w.Granted(f.Track, n)); err != nil {
			return err
		}
		select {
		case granted[f.Track] <- struct{}{}:
		default: // told already
		}
	}
}

func consume(w *Writer, r *Reader, tracks, each int) error {
	var u Unit
	next := map[uint16]time.Duration{}
	for range tracks * each {
		f, err := r.Next()
		if err != nil {
			return err
		}
		if err := f.Unit(&u); err != nil {
			return err
		}
		if u.PTS != next[f.Track] || len(u.AU[0]) != 1+int(u.PTS) {
			return errors.New("a unit out of order")
		}
		next[f.Track]++
		if err := errors.Join(r.Grant(f.Track, f.Cost()), w.Credit(f.Track, f.Cost()), w.Send()); err != nil {
			return err
		}
	}
	return nil
}
