package live

import (
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// way is a protocol over TCP.
type way struct {
	name    string
	address func(*server) string
	publish func(*testing.B, string)
	read    func(string, *relayed) error
}

// BenchmarkRelay has one publisher read by 200 readers over the same protocol. Its ratio is the processor time of the server to
// what a loop takes that writes the same bytes to as many sockets, in the same run. The first frame is that of readers who come
// one after the other beside the others, from their request to connect on.
func BenchmarkRelay(b *testing.B) {
	for _, w := range []way{
		{"rtmp", func(s *server) string { return s.rtmp }, publishRTMP, readRTMP},
		{"rtsp", func(s *server) string { return s.rtsp }, publishRTSP, readRTSP},
	} {
		b.Run(w.name, func(b *testing.B) { relay(b, w) })
	}
}

func relay(b *testing.B, w way) {
	const readers = 200
	s := serve(b)
	address := w.address(s)
	empty := s.memory(b)
	w.publish(b, address)
	all := make([]*relayed, readers)
	for i := range all {
		all[i] = w.join(b, address)
	}
	_, port, _ := net.SplitHostPort(address)
	wire := tapTCP(b, port)
	for b.Loop() {
		for _, r := range all {
			r.forget()
		}
		if wire != nil {
			wire.forget()
		}
		pictures, lost, begin, cpu := count(all), gaps(all), time.Now(), s.ran(b)
		<-time.After(measured)
		pictures, lost, cpu = count(all)-pictures, gaps(all)-lost, s.ran(b)-cpu
		wall := time.Since(begin)
		var delays []time.Duration
		for _, r := range all {
			delays = append(delays, r.delayed()...)
		}
		least := floorTCP(b, readers)
		b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
		b.ReportMetric(float64(cpu)/float64(pictures), "cpu-ns/frame")
		b.ReportMetric(float64(least), "floor-ns/frame")
		b.ReportMetric(float64(cpu)/float64(pictures)/float64(least), "ratio")
		b.ReportMetric((s.memory(b)-empty)/readers/1024, "MB/reader")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(delays, 0.5)), "delay-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(delays, 0.99)), "delay-p99-ms")
		b.ReportMetric(float64(lost), "gaps")
		b.ReportMetric(float64(pictures)/readers/wall.Seconds(), "frames/s")
		if wire != nil {
			added := wire.added()
			b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.5)), "added-p50-ms")
			b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.99)), "added-p99-ms")
			b.ReportMetric(float64(len(added))/readers/wall.Seconds(), "seen/s")
		}
	}
	var firsts []time.Duration
	for i := range 20 {
		<-time.After(137*time.Millisecond + time.Duration(i)*interval/7)
		r := w.join(b, address)
		firsts = append(firsts, r.first.Sub(r.began))
	}
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(firsts, 0.5)), "first-p50-ms")
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(firsts, 0.95)), "first-p95-ms")
}

// join plays, and waits for the first picture.
func (w way) join(b *testing.B, address string) *relayed {
	b.Helper()
	r := &relayed{began: time.Now(), firstly: make(chan struct{})}
	if err := w.read(address, r); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		r.over.Store(true)
		_ = r.conn.Close()
		<-r.ended
		if r.err != nil {
			b.Errorf("a reader: %v", r.err)
		}
	})
	select {
	case <-r.firstly:
	case <-r.ended:
		b.Fatal(r.err)
	case <-time.After(patience):
		b.Fatal("no picture came that decoding can begin with")
	}
	return r
}

// relayed is what a reader got.
type relayed struct {
	conn    io.Closer
	began   time.Time // its request
	first   time.Time // decoding can begin
	firstly chan struct{}
	ended   chan struct{}
	over    atomic.Bool // it is closed by us
	err     error
	seen    atomic.Int64
	lost    atomic.Int64
	mu      sync.Mutex
	delays  []time.Duration
}

// run takes pictures until the connection is closed.
func (r *relayed) run(conn io.Closer, next func() (n uint32, sent time.Time, key bool, err error)) {
	r.conn, r.ended = conn, make(chan struct{})
	go func() {
		defer close(r.ended)
		var last uint32
		for begun := false; ; {
			n, sent, key, err := next()
			if err != nil {
				if !r.over.Load() {
					r.err = err
				}
				return
			}
			now := time.Now()
			if !begun {
				if !key {
					continue
				}
				r.first, begun, last = now, true, n-1
				close(r.firstly)
			}
			if n != last+1 {
				r.lost.Add(1)
			}
			last = n
			r.seen.Add(1)
			r.mu.Lock()
			r.delays = append(r.delays, now.Sub(sent))
			r.mu.Unlock()
		}
	}()
}

// forget begins to measure delays anew.
func (r *relayed) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delays = nil
}

func (r *relayed) delayed() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.delays)
}

func count(all []*relayed) (sum int64) {
	for _, r := range all {
		sum += r.seen.Load()
	}
	return sum
}

func gaps(all []*relayed) (sum int64) {
	for _, r := range all {
		sum += r.lost.Load()
	}
	return sum
}
