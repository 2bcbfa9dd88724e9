package live

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/mpegts"
	"sluice/api/srt/link"
	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/media"
)

// BenchmarkSRT has one publisher read by 50 readers, all over SRT with a latency of 120 ms. Its ratio is the processor time of the server
// for each packet that it sends to what one send of a packet as large over UDP takes, in the same run. A reader plays a packet when
// the latency agreed on is over, so that each picture takes it twice at least: what is added is what it takes beyond that.
func BenchmarkSRT(b *testing.B) {
	const readers, latency = 50, 120 * time.Millisecond
	s := serve(b)
	empty := s.memory(b)
	publishSRT(b, s.srt, latency)
	all := make([]*srtReader, readers)
	for i := range all {
		all[i] = joinSRT(b, s.srt, latency)
	}
	for b.Loop() {
		for _, r := range all {
			r.forget()
		}
		sent, begin, cpu := srtPackets(all), time.Now(), s.ran(b)
		<-time.After(measured)
		sent, cpu = srtPackets(all)-sent, s.ran(b)-cpu
		wall := time.Since(begin)
		var added []time.Duration
		lost := uint64(0)
		for _, r := range all {
			added = append(added, r.beyond(2*latency)...)
			lost += r.conn.Counts().Lost
		}
		least := floorUDP(b, readers)
		b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
		b.ReportMetric(float64(cpu)/float64(sent), "cpu-ns/packet")
		b.ReportMetric(float64(least), "floor-ns/packet")
		b.ReportMetric(float64(cpu)/float64(sent)/float64(least), "ratio")
		b.ReportMetric((s.memory(b)-empty)/readers/1024, "MB/reader")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.5)), "added-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.99)), "added-p99-ms")
		b.ReportMetric(float64(lost), "lost")
		b.ReportMetric(float64(len(added))/readers/wall.Seconds(), "frames/s")
	}
}

// publishSRT sends the stream of the benchmark.
func publishSRT(b *testing.B, address string, latency time.Duration) {
	b.Helper()
	conn, err := link.Dial(b.Context(), address, link.Options{Latency: latency, StreamID: "publish:cam"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(conn.Close)
	track := media.NewTrack(media.H264)
	sps, pps := benchtest.Parameters()
	track.ClockRate, track.Extra = 90_000, [][]byte{sps, pps}
	out, err := mpegts.New(srtWriter{conn}, []media.Track{track})
	if err != nil {
		b.Fatal(err)
	}
	benchtest.Pictures(b, func(n uint32, nal []byte, key bool) error {
		at := time.Duration(n) * interval
		return out.Write(0, &media.Unit{PTS: at, DTS: at, Key: key, AU: [][]byte{nal}})
	})
}

// srtWriter is a connection as an io.Writer.
type srtWriter struct{ *link.Conn }

func (w srtWriter) Write(p []byte) (int, error) {
	w.Conn.Write(p)
	return len(p), w.Err()
}

// srtReader counts what comes.
type srtReader struct {
	conn    *link.Conn
	packets atomic.Int64
	mu      sync.Mutex
	delays  []time.Duration
}

// joinSRT plays, and waits until the first picture is there.
func joinSRT(b *testing.B, address string, latency time.Duration) *srtReader {
	b.Helper()
	r := &srtReader{}
	benchtest.Until(b, "the stream", 50*time.Millisecond, func() bool {
		conn, err := link.Dial(b.Context(), address, link.Options{Latency: latency, StreamID: "read:cam"})
		r.conn = conn
		return err == nil
	})
	first, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		once := sync.OnceFunc(func() { close(first) })
		for {
			p, err := r.conn.Read(context.Background())
			if err != nil {
				return
			}
			r.packets.Add(1)
			if _, sent, ok := benchtest.Marked(p); ok {
				now := time.Now()
				r.mu.Lock()
				r.delays = append(r.delays, now.Sub(sent))
				r.mu.Unlock()
				once()
			}
		}
	}()
	b.Cleanup(func() {
		r.conn.Close()
		<-ended
	})
	select {
	case <-first:
	case <-ended:
		b.Fatal(r.conn.Err())
	case <-time.After(patience):
		b.Fatal("no picture came")
	}
	return r
}

func (r *srtReader) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delays = nil
}

// beyond is how much more than a time each picture took.
func (r *srtReader) beyond(d time.Duration) (out []time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range r.delays {
		out = append(out, one-d)
	}
	return out
}

func srtPackets(all []*srtReader) (sum int64) {
	for _, r := range all {
		sum += r.packets.Load()
	}
	return sum
}

// floorUDP is what one send of a packet of SRT takes at least, with nothing clever.
func floorUDP(b *testing.B, readers int) time.Duration {
	b.Helper()
	here, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = here.Close() }()
	all := make([]*net.UDPConn, readers)
	for i := range all {
		if all[i], err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			b.Fatal(err)
		}
		defer func() { _ = all[i].Close() }()
	}
	const rounds = 40_000
	packet, drain := make([]byte, 16+link.MessageSize), make([]byte, 1500)
	spent := time.Duration(0)
	for n := 0; n < rounds; n += readers {
		begin := benchtest.Used()
		for _, r := range all {
			if _, err := here.WriteToUDPAddrPort(packet, r.LocalAddr().(*net.UDPAddr).AddrPort()); err != nil {
				b.Fatal(err)
			}
		}
		spent += benchtest.Used() - begin
		for _, r := range all { // what is sent is received, so that no buffer is full
			if _, err := r.Read(drain); err != nil {
				b.Fatal(err)
			}
		}
	}
	return spent / rounds
}
