//go:build unix

package frame

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

// socketPair makes the kind of connection a worker has.
func socketPair(tb testing.TB) (net.Conn, net.Conn) {
	tb.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		tb.Fatal(err)
	}
	var ends [2]net.Conn
	for i, fd := range fds {
		file := os.NewFile(uintptr(fd), "socket")
		if ends[i], err = net.FileConn(file); err != nil {
			tb.Fatal(err)
		}
		file.Close()
	}
	return ends[0], ends[1]
}

// drain reads units until the end, giving credit back, and tells how many came.
func drain(r *Reader, w *Writer, done chan<- int) {
	var u Unit
	n := 0
	for {
		f, err := r.Next()
		if err != nil || f.Unit(&u) != nil || r.Grant(f.Track, f.Cost()) != nil || w.Granted(f.Track, f.Cost()) != nil {
			done <- n
			return
		}
		n++
	}
}

// BenchmarkUnit measures both ends together: queue, write, read, take apart. One operation is one unit.
func BenchmarkUnit(b *testing.B) {
	for _, size := range []int{160, 1200, 20000} {
		for _, batch := range []int{1, 16} {
			b.Run(fmt.Sprintf("%dB/batch%d", size, batch), func(b *testing.B) { benchmarkUnit(b, size, batch) })
		}
	}
}

func benchmarkUnit(b *testing.B, size, batch int) {
	here, there := socketPair(b)
	// The reading end gives credit back without a message, so that the numbers are those of one direction. The window
	// is larger than what the socket holds and is never used up.
	limits := Limits{Window: 256 << 20}
	w, done := NewWriter(here, limits), make(chan int, 1)
	go drain(NewReader(there, limits), w, done)
	u := Unit{PTS: 1, DTS: 1, AU: [][]byte{make([]byte, size/2), make([]byte, size/2)}}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := paid(w.Unit(3, &u)); err != nil {
			b.Fatal(err)
		}
		if i%batch == batch-1 {
			if err := w.Send(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Send(); err != nil {
		b.Fatal(err)
	}
	here.Close()
	if n := <-done; n < b.N {
		b.Fatalf("%d units of %d arrived", n, b.N)
	}
	there.Close()
}

// The sending end alone, into nothing: what a unit costs the parent apart from the system call.
func BenchmarkQueue(b *testing.B) {
	w := NewWriter(io.Discard, Limits{})
	u := Unit{AU: [][]byte{make([]byte, 1200)}}
	cost := len(u.append(nil, 3))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := paid(w.Unit(3, &u)); err != nil {
			b.Fatal(err)
		}
		if i%16 == 15 {
			if err := errors.Join(w.Send(), w.Granted(3, 16*cost)); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func TestSteadyStateDoesNotAllocate(t *testing.T) {
	here, there := socketPair(t)
	defer here.Close()
	defer there.Close()
	w, r := NewWriter(here, Limits{}), NewReader(there, Limits{})
	u, got := Unit{Key: true, AU: [][]byte{make([]byte, 500), make([]byte, 500)}}, Unit{}
	pass := func() {
		for range 4 {
			if err := paid(w.Unit(1, &u)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Heartbeat(1); err != nil {
			t.Fatal(err)
		}
		if err := w.Send(); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			f, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			if f.Kind != Media {
				continue
			}
			if err := f.Unit(&got); err != nil {
				t.Fatal(err)
			}
			if err := r.Grant(1, f.Cost()); err != nil {
				t.Fatal(err)
			}
			if err := w.Granted(1, f.Cost()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 { // both buffers of each lane come into use
		pass()
	}
	if n := testing.AllocsPerRun(100, pass); n != 0 {
		t.Errorf("%v allocations for four units and a heartbeat", n)
	}
}
