package outlet

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

// pair is a connection and its other end, with small buffers between them.
func pair(t testing.TB, limit time.Duration) (*Conn, *net.TCPConn) {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	there, err := net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr)) //nolint:forcetypeassert // of TCP it is one
	if err != nil {
		t.Fatal(err)
	}
	here, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{here.SetWriteBuffer(4096), there.SetReadBuffer(4096)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := New(here, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = there.Close() })
	return c, there
}

// fill writes until the socket takes no more, and gives what was written.
func fill(t testing.TB, c *Conn) []byte {
	t.Helper()
	var all []byte
	for i := byte(0); c.Room(); i++ {
		p := bytes.Repeat([]byte{i}, 10_000)
		if n, err := c.Write(p); n != len(p) || err != nil {
			t.Fatal(n, err)
		}
		all = append(all, p...)
	}
	return all
}

// Nothing waits, nothing is lost and nothing comes in another order, however slow the other end is.
func TestOrder(t *testing.T) {
	c, there := pair(t, time.Minute)
	room := make(chan struct{}, 100)
	c.OnRoom(func() { room <- struct{}{} })
	want := fill(t, c)
	for _, more := range []string{"behind", "that", "comes this"} {
		if n, err := c.Write([]byte(more)); n != len(more) || err != nil {
			t.Fatal(n, err)
		}
		want = append(want, more...)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(there, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("something else came than was written")
	}
	enginetest.Await(t, "room to write", room)
	if !c.Room() {
		t.Error("there is no room")
	}
	if _, err := c.Write([]byte("more")); err != nil {
		t.Error(err)
	}
}

// What is kept is bounded.
func TestTooMuch(t *testing.T) {
	c, there := pair(t, time.Minute)
	fill(t, c)
	var err error
	for written := 0; err == nil && written <= 2*Most; written += 100_000 {
		_, err = c.Write(make([]byte, 100_000))
	}
	if !errors.Is(err, fault.SlowReader) {
		t.Fatalf("%v", err)
	}
	if _, again := c.Write([]byte("x")); !errors.Is(again, fault.SlowReader) {
		t.Error(again)
	}
	_, _ = io.Copy(io.Discard, there) // it ends
}

// Who takes nothing is cut off, and its reader hears of it.
func TestTooSlow(t *testing.T) {
	c, _ := pair(t, time.Millisecond)
	fill(t, c)
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("it goes on")
	}
	if !c.Room() {
		t.Error("writers would wait for a broken connection")
	}
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("it is written")
	}
}

// Close ends what is being sent.
func TestClose(t *testing.T) {
	c, there := pair(t, time.Minute)
	fill(t, c)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	_ = there.Close()
}

// The other end may go at any time.
func TestGone(t *testing.T) {
	c, there := pair(t, time.Minute)
	if err := there.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	_ = there.Close()
	var err error
	for err == nil {
		_, err = c.Write([]byte("x"))
	}
}

// Deadlines for writing mean nothing, so an old one does not either.
func TestDeadline(t *testing.T) {
	c, there := pair(t, time.Minute)
	if err := errors.Join(c.SetWriteDeadline(time.Unix(1, 0)), c.SetDeadline(time.Time{})); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadFull(there, make([]byte, 1)); err != nil {
		t.Error(err)
	}
}
