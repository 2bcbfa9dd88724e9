package rtmp_test

import (
	"log/slog"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluice/api/rtmp"
	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// used is the processor time of this process.
func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// meter counts what readers read, and tells when it is enough.
type meter struct {
	mu    sync.Mutex
	cond  sync.Cond
	total int
}

func newMeter() *meter {
	m := &meter{}
	m.cond.L = &m.mu
	return m
}

// read reads until the connection ends.
func (m *meter) read(conn net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		m.mu.Lock()
		m.total += n
		m.mu.Unlock()
		m.cond.Signal()
	}
}

// reach waits for as many bytes.
func (m *meter) reach(total int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.total < total {
		m.cond.Wait()
	}
}

// floor is what a frame for one player costs at least, in processor time: a bare loop writes as many bytes to as many sockets.
func floor(b *testing.B, players, size int) time.Duration {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	m := newMeter()
	var conns []*net.TCPConn
	for range players {
		there, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer there.Close()
		here, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		defer here.Close()
		conns = append(conns, here.(*net.TCPConn))
		go m.read(there)
	}
	const rounds, header = 200, 12
	head, body := make([]byte, header), make([]byte, size-header)
	before := used(b)
	for i := range rounds {
		for _, c := range conns {
			bufs := net.Buffers{head, body}
			if _, err := bufs.WriteTo(c); err != nil {
				b.Fatal(err)
			}
		}
		m.reach((i + 1) * players * size)
	}
	return (used(b) - before) / time.Duration(rounds*players)
}

// BenchmarkPlayers brings frames of 8 KB, as 2 Mbit/s at 30 a second has them, to 200 players, and compares the processor time of
// that with a bare loop's. Those who read are in the same process, both times.
func BenchmarkPlayers(b *testing.B) {
	const players = 200
	unit := media.Unit{AU: [][]byte{append([]byte{0x41, 0x9a}, make([]byte, 8<<10)...)}}
	track := h264(b)
	size := 12 + len(flv.Make(&track, &unit).Bodies[0])
	least := floor(b, players, size)
	s := serve(b, func(o *rtmp.Options) { o.Log = slog.New(slog.DiscardHandler) })
	from := s.both("cam")
	m := newMeter()
	for range players {
		r := rawPlayer(b, s.host, "cam")
		r.video() // the key frame, behind the configuration
		go m.read(r.conn)
	}
	total := 0
	b.ResetTimer()
	before := used(b)
	for i := range b.N {
		from.send(track, uint32(40+i), unit)
		total += players * size
		m.reach(total)
	}
	cost := (used(b) - before) / time.Duration(b.N*players)
	b.ReportMetric(float64(cost), "cpu-ns/frame")
	b.ReportMetric(float64(cost)/float64(least), "x-floor")
}
