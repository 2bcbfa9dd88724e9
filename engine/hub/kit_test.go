package hub

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func newHub(t testing.TB, opt Options) *Hub {
	h := New(opt)
	t.Cleanup(h.Close)
	return h
}

// elapse lets the time of a synctest bubble go by: it passes once everybody in the bubble waits, and takes none outside.
func elapse(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // in a bubble all are done with the time before, so it is an event
}

func describing(codecs ...media.Codec) media.Description {
	var d media.Description
	for _, c := range codecs {
		t := media.NewTrack(c)
		if t.ClockRate == 0 {
			t.ClockRate = 48000
		}
		d.Tracks = append(d.Tracks, t)
	}
	return d
}

var browser = media.Want{Video: []media.Codec{media.H264, media.VP8}, Audio: []media.Codec{media.Opus}}

func publish(t testing.TB, h *Hub, name string, d media.Description, opt PublishOptions) *Publication {
	t.Helper()
	p, err := h.Publish(t.Context(), name, d, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func join(t testing.TB, h *Hub, name string, want media.Want, s Sink, opt ReadOptions) *Reader {
	t.Helper()
	r, err := h.Read(t.Context(), name, want, s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// vp8Packets makes a frame of one packet each for sequence numbers from and up to; the first is a key frame if key.
func vp8Packets(key bool, from, to uint16) []media.Packet {
	var batch []media.Packet
	for n := from; n <= to; n++ {
		payload := []byte{0x10, 0x51}
		if key && n == from {
			payload[1] = 0x50
		}
		batch = append(batch, media.Packet{Header: rtp.Header{SequenceNumber: n, Timestamp: uint32(n) * 3000}, Payload: payload})
	}
	return batch
}

func write(t testing.TB, p *Publication, track int, batch []media.Packet) {
	t.Helper()
	if err := p.Write(track, batch); err != nil {
		t.Fatal(err)
	}
}

// sinkOf records what it is told. name gives an item its number.
type sinkOf[T any] struct {
	name func(*T) int

	mu      sync.Mutex
	begun   []media.Description
	got     map[int][]int // by track
	ends    []error
	stall   bool
	changed chan struct{} // holds a token after a change
}

type packetSink = sinkOf[media.Packet]

func newSink() *packetSink {
	return newSinkOf(func(p *media.Packet) int { return int(p.Header.SequenceNumber) })
}

func newSinkOf[T any](name func(*T) int) *sinkOf[T] {
	return &sinkOf[T]{name: name, got: map[int][]int{}, changed: make(chan struct{}, 1)}
}

func (s *sinkOf[T]) note(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *sinkOf[T]) Begin(tracks []media.Track) {
	s.note(func() { s.begun = append(s.begun, media.Description{Tracks: tracks}) })
}

func (s *sinkOf[T]) Push(track int, items []*T) (took int) {
	s.note(func() {
		if s.stall {
			return
		}
		took = len(items)
		for _, i := range items {
			s.got[track] = append(s.got[track], s.name(i))
		}
	})
	return took
}

func (s *sinkOf[T]) End(reason error) { s.note(func() { s.ends = append(s.ends, reason) }) }

// told gives what the sink was told of in Begin, as text.
func (s *sinkOf[T]) told() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.begun {
		all = append(all, d.String())
	}
	return all
}

func (s *sinkOf[T]) endings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ends)
}

// await waits until what is asked for has come.
func (s *sinkOf[T]) await(t testing.TB, done func() bool) {
	t.Helper()
	for {
		s.mu.Lock()
		ok := done()
		s.mu.Unlock()
		if ok {
			return
		}
		<-s.changed
	}
}

// awaitLast waits until the last item of a track is n.
func (s *sinkOf[T]) awaitLast(t testing.TB, track, n int) {
	t.Helper()
	s.await(t, func() bool { g := s.got[track]; return len(g) > 0 && g[len(g)-1] == n })
}

// awaitEnd waits for the end and gives its reason.
func (s *sinkOf[T]) awaitEnd(t testing.TB) error {
	t.Helper()
	s.await(t, func() bool { return len(s.ends) > 0 })
	return s.ends[0]
}

// span checks that a track got exactly the items from and up to.
func (s *sinkOf[T]) span(t testing.TB, track, from, to int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got[track]
	if len(got) != to-from+1 {
		t.Errorf("track %d got %v, want %d to %d", track, got, from, to)
		return
	}
	for i, n := range got {
		if n != from+i {
			t.Errorf("track %d got %v, want %d to %d", track, got, from, to)
			return
		}
	}
}

// source records what it is asked for.
type source struct {
	calls chan string
}

func newSource() *source { return &source{calls: make(chan string, 100)} }

func (s *source) RequestKey(track int) { s.calls <- "key " + string(rune('0'+track)) }
func (s *source) Demand(track int)     { s.calls <- "demand " + string(rune('0'+track)) }
func (s *source) Idle(track int)       { s.calls <- "idle " + string(rune('0'+track)) }
func (s *source) Ended(reason error)   { s.calls <- "ended " + string(fault.CodeOf(reason)) }

func (s *source) expect(t *testing.T, calls ...string) {
	t.Helper()
	for _, want := range calls {
		if got := <-s.calls; got != want {
			t.Errorf("the source was called for %q, want %q", got, want)
		}
	}
}

// expectNothingLeft checks that the hub remembers no name and no demand.
func expectNothingLeft(t *testing.T, h *Hub) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams)+h.flights.Len() != 0 {
		t.Errorf("%d names and %d demands are left", len(h.streams), h.flights.Len())
	}
}

func expectCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}
