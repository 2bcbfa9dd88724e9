package socket

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair makes both ends, which are closed after the test.
func pair(t testing.TB) (a, b *Conn) {
	t.Helper()
	a, file, err := Pair()
	if err != nil {
		t.Fatal(err)
	}
	if b, err = New(file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		a.Close()
		b.Close()
	})
	return a, b
}

// fill writes until the socket takes nothing more, and gives what it took.
func fill(t testing.TB, c *Conn) (took int) {
	t.Helper()
	for {
		n, err := c.TryWrite(make([]byte, 10_000))
		if err != nil {
			t.Fatal(err)
		}
		if took += n; n == 0 {
			return took
		}
	}
}

// Everything arrives in order, whatever the sizes of writes and reads are, while both ends are full all the time.
func TestBothWays(t *testing.T) {
	const total = 5 << 20
	a, b := pair(t)
	said := make([]byte, total)
	for i := range said {
		said[i] = byte(rand.IntN(256))
	}
	sent := make(chan error, 2)
	for _, c := range []*Conn{a, b} {
		go func() {
			rest := said
			for len(rest) > 0 {
				n, err := c.Write(rest[:min(len(rest), 1+rand.IntN(300_000))])
				if err != nil {
					sent <- err
					return
				}
				rest = rest[n:]
			}
			sent <- c.CloseWrite()
		}()
	}
	heard := make(chan []byte, 1)
	go func() {
		all, _ := io.ReadAll(io.MultiReader(io.LimitReader(a, 1000), a))
		heard <- all
	}()
	got, err := io.ReadAll(b)
	if err != nil || !bytes.Equal(got, said) {
		t.Errorf("one end heard %d bytes, %v", len(got), err)
	}
	if got := enginetest.Await(t, "a message", heard); !bytes.Equal(got, said) {
		t.Errorf("the other end heard %d bytes", len(got))
	}
	for range 2 {
		if err := enginetest.Await(t, "the end of the sending", sent); err != nil {
			t.Error(err)
		}
	}
}

// What is read wakes nobody at the other end: no poller of it has anything to tell, though it could write.
func TestReadingWakesNobody(t *testing.T) {
	a, b := pair(t)
	ready := func(w *watch) bool {
		n := 0
		if err := w.raw.Control(func(fd uintptr) { n, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0) }); err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
	quiet := func(when string) {
		t.Helper()
		if ready(a.in) || ready(a.out) {
			t.Errorf("%s: reading %t, writing %t", when, ready(a.in), ready(a.out))
		}
	}
	quiet("at first")
	took := fill(t, a)
	quiet("full")
	done := make(chan error, 1)
	go func() {
		_, err := a.Write([]byte("more"))
		done <- err
	}()
	if _, err := io.ReadFull(b, make([]byte, took+len("more"))); err != nil {
		t.Fatal(err)
	}
	if err := enginetest.Await(t, "the end of it", done); err != nil {
		t.Fatal(err)
	}
	quiet("written after a wait")
	if _, err := b.Write([]byte("x")); err != nil || !ready(a.in) {
		t.Errorf("what is there to be read is not told of: %v", err)
	}
}

func TestTryWriteDoesNotWait(t *testing.T) {
	a, b := pair(t)
	took := fill(t, a)
	if got, err := io.ReadAll(io.LimitReader(b, int64(took))); err != nil || len(got) != took {
		t.Errorf("%d bytes of %d came, %v", len(got), took, err)
	}
	if n, err := a.TryWrite([]byte("again")); n != 5 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestTheOtherEndCloses(t *testing.T) {
	a, b := pair(t)
	if a.HungUp() {
		t.Error("it hung up before it did")
	}
	if _, err := b.Write([]byte("bye")); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if !a.HungUp() {
		t.Error("it did not hang up")
	}
	if got, err := io.ReadAll(a); err != nil || string(got) != "bye" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := a.Write([]byte("x")); !errors.Is(err, unix.EPIPE) {
		t.Errorf("writing for nobody: %v", err)
	}
	if n, err := a.Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing: %d, %v", n, err)
	}
}

// A peer that closes ends what waits for it to read or to write.
func TestTheOtherEndClosesMeanwhile(t *testing.T) {
	a, b := pair(t)
	fill(t, a)
	ended := make(chan error, 2)
	go func() {
		_, err := a.Write([]byte("x"))
		ended <- err
	}()
	go func() {
		_, err := a.Read(make([]byte, 1))
		ended <- err
	}()
	b.Close()
	for range 2 {
		if err := enginetest.Await(t, "the end", ended); err == nil {
			t.Error("it goes on")
		}
	}
}

// What is at work, and what comes after, ends with our own Close.
func TestClose(t *testing.T) {
	a, _ := pair(t)
	fill(t, a)
	ended := make(chan error, 2)
	go func() {
		_, err := a.Write([]byte("x"))
		ended <- err
	}()
	go func() {
		_, err := a.Read(make([]byte, 1))
		ended <- err
	}()
	for range 2 {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if err := enginetest.Await(t, "the end", ended); !errors.Is(err, net.ErrClosed) {
			t.Errorf("what was at work: %v", err)
		}
	}
	_, read := a.Read(make([]byte, 1))
	_, written := a.Write([]byte("x"))
	_, tried := a.TryWrite([]byte("x"))
	for what, err := range map[string]error{
		"read": read, "write": written, "try": tried, "close write": a.CloseWrite(), "deadline": a.SetReadDeadline(time.Now()),
	} {
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if !a.HungUp() {
		t.Error("what is closed has not hung up")
	}
}

func TestDeadline(t *testing.T) {
	a, b := pair(t)
	ended := make(chan error, 1)
	go func() {
		_, err := a.Read(make([]byte, 1))
		ended <- err
	}()
	if err := a.SetReadDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := enginetest.Await(t, "the end", ended); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := a.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Read(make([]byte, 2)); n != 1 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// A file that is no Unix stream socket is refused, and closed all the same.
func TestWhatIsNoSocket(t *testing.T) {
	udp, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	other, err := udp.File()
	if err != nil {
		t.Fatal(err)
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]*os.File{"a file": null, "another socket": other} {
		if _, err := New(f); err == nil || !strings.Contains(err.Error(), "not a socket") {
			t.Errorf("%s: %v", name, err)
		}
		if err := f.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s is still open: %v", name, err)
		}
	}
	if _, err := New(null); err == nil {
		t.Error("what is closed is a socket")
	}
}

// Nothing is allocated, and no file is left.
func TestNothingIsLeft(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := open()
	a, b := pair(t)
	buf := make([]byte, 100)
	if n := testing.AllocsPerRun(1000, func() {
		_, _ = a.TryWrite(buf)
		_, _ = b.Read(buf)
		_, _ = b.Write(buf)
		_, _ = a.Read(buf)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	a.Close()
	b.Close()
	if now := open(); now != before {
		t.Errorf("%d files before, %d after", before, now)
	}
}
