package leg_test

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/api/sip/leg"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// watcher keeps what it hears.
type watcher struct {
	mu     sync.Mutex
	keys   string
	silent time.Duration
	left   []error
	renews int
	broken error
}

func (w *watcher) set(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *watcher) Key(digit string)       { w.set(func() { w.keys += digit }) }
func (w *watcher) Silent(d time.Duration) { w.set(func() { w.silent = d }) }
func (w *watcher) Left(err error)         { w.set(func() { w.left = append(w.left, err) }) }
func (w *watcher) Renewed()               { w.set(func() { w.renews++ }) }
func (w *watcher) Broken(err error)       { w.set(func() { w.broken = err }) }

func (w *watcher) pressed() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.keys
}

// end is one leg with what it hears.
type end struct {
	*leg.Leg
	*watcher
}

// pool lends ports of a range for tests of this package.
func pool(t *testing.T) *ports.Pool {
	t.Helper()
	p, err := ports.New(ports.Options{Address: loopback(), First: 41000, Last: 41999, Drain: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func newEnd(t *testing.T, p *ports.Pool, change ...func(*leg.Options)) *end {
	t.Helper()
	w := &watcher{}
	opt := leg.Options{ID: t.Name(), Ports: p, Audio: true, Peer: loopback(), Watch: w}
	for _, c := range change {
		c(&opt)
	}
	l, err := leg.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(nil) })
	return &end{l, w}
}

// call has two ends agree, and answer.
func call(t *testing.T, a, b *end) {
	t.Helper()
	offer, err := a.Offer()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer(offer, nil)
	if err != nil {
		t.Fatalf("%v of\n%s", err, offer)
	}
	if err := a.Accept(answer); err != nil {
		t.Fatalf("%v of\n%s", err, answer)
	}
	a.Answered()
	b.Answered()
}

// gather is a sink that keeps packets.
type gather struct {
	mu      sync.Mutex
	packets []*media.Packet
	came    chan struct{}
}

func (g *gather) Begin([]media.Track) {}
func (g *gather) End(error)           {}
func (g *gather) Push(_ int, items []*media.Packet) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.packets = append(g.packets, items...)
	select {
	case g.came <- struct{}{}:
	default:
	}
	return len(items)
}

// all are those that came.
func (g *gather) all() []*media.Packet {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.packets)
}

// wait returns when there are n packets, and gives them.
func (g *gather) wait(t *testing.T, n int) []*media.Packet {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
	defer cancel()
	for {
		got := g.all()
		if len(got) >= n {
			return got
		}
		select {
		case <-g.came:
		case <-ctx.Done():
			t.Fatalf("%d packets came, of %d", len(got), n)
		}
	}
}

// publish has what a leg gets published, as the element does.
func publish(t *testing.T, h *hub.Hub, e *end, name string) *hub.Publication {
	t.Helper()
	s, err := e.Source(func(error) {}, 0)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Publish(t.Context(), name, d, hub.PublishOptions{Source: s})
	if err != nil {
		t.Fatal(err)
	}
	s.Feed(p)
	t.Cleanup(func() { p.Close(nil); s.Stop(context.Background()) })
	return p
}

// play has a leg send what is published, until the test or stop ends it.
func play(t *testing.T, h *hub.Hub, e *end, name string) (stop func()) {
	t.Helper()
	s, err := e.Sink(func(error) {}, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Read(t.Context(), name, s.Want(), s, hub.ReadOptions{Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Begin(r.Tracks())
	s.Attach(r)
	stop = sync.OnceFunc(func() { r.Close(); s.Stop(context.Background()) })
	t.Cleanup(stop)
	return stop
}

// read gathers what is published.
func read(t *testing.T, h *hub.Hub, name string) *gather {
	t.Helper()
	g := &gather{came: make(chan struct{}, 1)}
	r, err := h.Read(t.Context(), name, media.Everything(), g, hub.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return g
}

func newHub(t *testing.T) *hub.Hub {
	t.Helper()
	h := hub.New(hub.Options{Shards: 1})
	t.Cleanup(h.Close)
	return h
}

// voice publishes sound that the test writes.
type voice struct {
	pub   *hub.Publication
	seq   uint16
	ticks uint32
	step  uint32
}

func newVoice(t *testing.T, h *hub.Hub, name string, track media.Track, step uint32) *voice {
	t.Helper()
	p, err := h.Publish(t.Context(), name, media.Description{Tracks: []media.Track{track}}, hub.PublishOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(nil) })
	return &voice{pub: p, seq: 65530, ticks: 1 << 31, step: step}
}

func (v *voice) say(t *testing.T, payloads ...[]byte) {
	t.Helper()
	for _, p := range payloads {
		h := rtp.Header{Version: 2, SequenceNumber: v.seq, Timestamp: v.ticks, SSRC: 9}
		if err := v.pub.Write(0, []media.Packet{{Header: h, Payload: p, Arrival: time.Now()}}); err != nil {
			t.Fatal(err)
		}
		v.seq++
		v.ticks += v.step
	}
}

func hubOptions() hub.PublishOptions { return hub.PublishOptions{} }

// send sends a packet to where a description says.
func (f *far) send(t *testing.T, description string, h rtp.Header, payload []byte) {
	t.Helper()
	s, err := sdp.Read([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	b, err := (&rtp.Packet{Header: h, Payload: payload}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteTo(b, net.UDPAddrFromAddrPort(s.Lines[0].RTP)); err != nil {
		t.Fatal(err)
	}
}

// mulaw is G.711's µ-law of a sample; full scale is 1.
func mulaw(x float64) byte {
	v, sign, exponent := int(x*32767), byte(0), 7
	if v < 0 {
		v, sign = -v, 0x80
	}
	v += 0x84
	for mask := 0x4000; v&mask == 0 && exponent > 0; mask >>= 1 {
		exponent--
	}
	return ^(sign | byte(exponent)<<4 | byte(v>>(exponent+3)&0xf))
}
