package srt_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"sluice/api/mpegts"
	"sluice/api/srt"
	"sluice/api/srt/link"
	"sluice/engine/media"
)

// Where the readers of a benchmark read: a process of their own, so that only what serves them is counted.
const (
	readSRT = "SLUICE_BENCH_SRT"
	readUDP = "SLUICE_BENCH_UDP"
	readers = 50
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

// TestReadersOfTheBenchmark is that process. It reads until its standard input is closed, and says when all have something.
func TestReadersOfTheBenchmark(t *testing.T) {
	srtAt, udpAt := os.Getenv(readSRT), os.Getenv(readUDP)
	if srtAt == "" && udpAt == "" {
		t.Skip("it is started by the benchmark")
	}
	for range readers {
		if srtAt != "" {
			c, err := link.Dial(t.Context(), srtAt, link.Options{StreamID: "read:cam"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := c.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			go func() {
				for err := error(nil); err == nil; {
					_, err = c.Read(t.Context())
				}
			}()
			continue
		}
		c, err := net.Dial("udp", udpAt)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = c.Write([]byte("here"))
		go func() { _, _ = io.Copy(io.Discard, c) }()
	}
	_, _ = fmt.Fprintln(os.Stdout, "all are here")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// away starts the process of the readers; none of them is left when it is ended.
func away(b *testing.B, key, at string) (ready, end func()) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestReadersOfTheBenchmark$")
	cmd.Env = append(os.Environ(), key+"="+at)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ready = func() {
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "all are here\n" {
			b.Fatalf("the readers say %q, %v", line, err)
		}
	}
	return ready, func() {
		_ = in.Close()
		_ = cmd.Wait()
	}
}

const (
	rate  = 30
	frame = 8 << 10 // of 2 Mbit/s
)

// pace calls do as often as there are frames in some seconds.
func pace(seconds int, do func(n int)) {
	t := time.NewTicker(time.Second / rate)
	defer t.Stop()
	for n := range seconds * rate {
		<-t.C
		do(n)
	}
}

// floor is the processor time that a bare loop needs in a second to send as much to as many sockets, a datagram a call.
func floor(b *testing.B, seconds int) time.Duration {
	b.Helper()
	here, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer here.Close()
	ready, end := away(b, readUDP, here.LocalAddr().String())
	defer end()
	var all []netip.AddrPort
	buf := make([]byte, link.MessageSize+16)
	for range readers {
		_, from, err := here.ReadFromUDPAddrPort(buf)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, from)
	}
	ready()
	before := used(b)
	pace(seconds, func(int) {
		for _, to := range all {
			for left := frame; left > 0; left -= link.MessageSize {
				_, _ = here.WriteToUDPAddrPort(buf[:min(left, link.MessageSize)+16], to)
			}
		}
	})
	return (used(b) - before) / time.Duration(seconds)
}

// BenchmarkReaders brings a stream of 2 Mbit/s and 30 pictures a second, published over SRT, to 50 readers, and compares the
// processor time of that with a bare loop's. One iteration is a second: use -benchtime=5x.
func BenchmarkReaders(b *testing.B) {
	least := floor(b, max(b.N, 2))
	s := serve(b, func(o *srt.Options) { o.Log = slog.New(slog.DiscardHandler) })
	there := s.await("stream.published", "cam")
	c, err := call(b, s.host, "publish:cam", "")
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	track := media.NewTrack(media.H264)
	track.Extra = [][]byte{
		{0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x07, 0xec, 0x04, 0x40, 0, 0, 3, 0, 0x40, 0, 0, 0x0c, 0x83, 0xc5, 0x0a, 0xa8}, {0x68, 0xce, 0x0f, 0x2c, 0x80},
	}
	w, err := mpegts.New(writer(func(p []byte) { c.Write(p) }), []media.Track{track})
	if err != nil {
		b.Fatal(err)
	}
	at := 0
	send := func(int) {
		nal := make([]byte, frame)
		for i := range nal {
			nal[i] = 0x55
		}
		if nal[0] = 0x41; at%rate == 0 {
			nal[0] = 0x65
		}
		moment := time.Duration(at) * time.Second / rate
		_ = w.Write(0, &media.Unit{PTS: moment, DTS: moment, Key: at%rate == 0, AU: [][]byte{nal}})
		at++
	}
	begun := make(chan struct{})
	go func() { defer close(begun); there() }()
	pace(2, send)
	<-begun
	ready, end := away(b, readSRT, s.host)
	defer end()
	waited := make(chan struct{})
	go func() { defer close(waited); ready() }()
	pace(2, send)
	<-waited
	b.ResetTimer()
	before, sent := used(b), s.door.Counts().Link.Sent
	pace(b.N, send)
	cost := (used(b) - before) / time.Duration(b.N)
	b.ReportMetric(float64(cost)/float64(time.Second), "cores")
	b.ReportMetric(float64(cost)/float64(least), "x-floor")
	b.ReportMetric(float64(s.door.Counts().Link.Sent-sent)/float64(b.N*readers), "packets/s")
}
