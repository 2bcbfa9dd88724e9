package link_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/srt/link"
	"sluice/api/srt/link/linktest"
	"sluice/api/srt/wire"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func message(n int) []byte {
	b := bytes.Repeat([]byte{byte(n)}, link.MessageSize)
	binary.BigEndian.PutUint32(b, uint32(n))
	return b
}

// exchange sends messages and looks whether they come, the last of them, too.
func exchange(t *testing.T, from, to *link.Conn, count int, pause time.Duration) {
	t.Helper()
	ctx := patient(t)
	var writing sync.WaitGroup
	defer writing.Wait()
	writing.Go(func() {
		tick := time.NewTicker(max(pause, time.Microsecond))
		defer tick.Stop()
		for n := range count {
			if !from.Write(message(n)) {
				t.Errorf("no room for message %d", n)
			}
			if pause == 0 {
				continue
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	for n := range count {
		b, err := to.Read(ctx)
		if err != nil {
			t.Fatalf("message %d: %v", n, err)
		}
		if !bytes.Equal(b, message(n)) {
			t.Fatalf("message %d is another: %d, of %d bytes", n, binary.BigEndian.Uint32(b), len(b))
		}
	}
}

// TestTheLastIsSentAgain loses everything from some message on, before a silence: nothing comes behind it by which it were missed.
func TestTheLastIsSentAgain(t *testing.T) {
	t.Parallel()
	for name, count := range map[string]int{"one": 1, "the last": 10, "more than are tried": 60} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const latency = 3 * time.Second
			l := listen(t, link.Options{Latency: latency})
			r := linktest.New(t, l.Addr().String(), 0)
			called, accepted := pair(t, l, r.Addr(), link.Options{Latency: latency})
			r.Lose(func(b []byte) bool {
				h, body, ok := wire.Parse(b)
				return ok && !h.Control && !h.Resent && int(binary.BigEndian.Uint32(body)) >= count/3
			})
			exchange(t, called, accepted, count, 0)
			lost := count - count/3
			if n := called.Counts(); r.Losses() != lost || n.Resent < uint64(lost) || n.Dropped > 0 {
				t.Errorf("%d were lost, %d should have been, and %+v counted", r.Losses(), lost, n)
			}
		})
	}
}

func TestMessagesInBothDirections(t *testing.T) {
	for _, c := range []struct {
		name string
		o    link.Options
	}{
		{"in the clear", link.Options{StreamID: "#!::r=cam,m=publish"}},
		{"AES-128", link.Options{Passphrase: "a long enough one"}},
		{"AES-192", link.Options{Passphrase: "a long enough one", KeyLength: 24}},
		{"AES-256", link.Options{Passphrase: "a long enough one", KeyLength: 32, StreamID: "x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := listen(t, link.Options{Latency: 20 * time.Millisecond})
			c.o.Latency = 30 * time.Millisecond
			called, accepted := pair(t, l, l.Addr().String(), c.o)
			exchange(t, called, accepted, 300, 0)
			exchange(t, accepted, called, 300, 0)
			if n := accepted.Counts(); n.Received != 300 || n.Sent != 300 || n.Lost != 0 {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

func TestWhatIsLostIsSentAgain(t *testing.T) {
	l := listen(t, link.Options{Latency: 400 * time.Millisecond})
	r := linktest.New(t, l.Addr().String(), 0.05)
	called, accepted := pair(t, l, r.Addr(), link.Options{Latency: 400 * time.Millisecond, Passphrase: "a long enough one"})
	exchange(t, called, accepted, 1000, time.Millisecond)
	exchange(t, accepted, called, 1000, time.Millisecond)
	if n := called.Counts(); r.Losses() < 50 || n.Resent == 0 || n.Lost != 0 {
		t.Errorf("%d were lost and %+v counted", r.Losses(), n)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		why  wire.Reason
		code fault.Code
	}{
		{wire.Unauthorized, fault.Unauthorized}, {wire.Forbidden, fault.Forbidden}, {wire.NotFound, fault.StreamNotFound},
		{wire.Conflict, fault.NameInUse}, {wire.BadSecret, fault.Unauthorized}, {wire.Unexpected, fault.Unreachable},
	} {
		l := listen(t, link.Options{})
		work := answer(t, l, func(r *link.Request) { r.Reject(c.why) })
		_, err := link.Dial(patient(t), l.Addr().String(), link.Options{})
		if fault.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.why.String()) {
			t.Errorf("%s: %v", c.why, err)
		}
		work.Wait()
	}
}

// TestCallsOnlyWhereItMay: what counts is the address that a name leads to.
func TestCallsOnlyWhereItMay(t *testing.T) {
	var asked atomic.Int32
	_, err := link.Dial(patient(t), "localhost:9", link.Options{Reach: func(to netip.AddrPort) error {
		if to.Addr().IsLoopback() {
			asked.Add(1)
		}
		return fault.New(fault.Forbidden, "", "inside").Advise("name it")
	}})
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok || f.Code != fault.Forbidden || !strings.Contains(f.Msg, "inside") || f.Hint != "name it" || asked.Load() == 0 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
}

func TestAnotherPassphrase(t *testing.T) {
	l := listen(t, link.Options{})
	work := answer(t, l, func(r *link.Request) {
		if _, err := r.Accept(); fault.CodeOf(err) != fault.Unauthorized {
			t.Errorf("accepted without a passphrase: %v", err)
		}
		if err := r.Unlock("another long one"); fault.CodeOf(err) != fault.Unauthorized {
			t.Errorf("unlocked: %v", err)
		}
		r.Reject(wire.BadSecret)
	})
	if _, err := link.Dial(patient(t), l.Addr().String(), link.Options{Passphrase: "a long enough one"}); fault.CodeOf(err) != fault.Unauthorized {
		t.Errorf("connected: %v", err)
	}
	work.Wait()
}

func TestTheOtherEndHearsOfTheEnd(t *testing.T) {
	l := listen(t, link.Options{})
	called, accepted := pair(t, l, l.Addr().String(), link.Options{})
	called.Close()
	if _, err := accepted.Read(patient(t)); fault.CodeOf(err) != fault.Closed {
		t.Errorf("read on: %v", err)
	}
	if !accepted.Write(message(1)) {
		t.Error("what is written to nobody waits")
	}
}

func TestSilence(t *testing.T) {
	l := listen(t, link.Options{Silence: 200 * time.Millisecond})
	r := linktest.New(t, l.Addr().String(), 0)
	_, accepted := pair(t, l, r.Addr(), link.Options{})
	r.Cut()
	enginetest.Await(t, "the end", accepted.Done())
	if fault.CodeOf(accepted.Err()) != fault.Stalled {
		t.Errorf("ended because %v", accepted.Err())
	}
}

func TestBoundsOfConnections(t *testing.T) {
	l := listen(t, link.Options{PerAddress: 1})
	called, _ := pair(t, l, l.Addr().String(), link.Options{})
	if _, err := link.Dial(patient(t), l.Addr().String(), link.Options{}); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("a second one: %v", err)
	}
	called.Close()
	ctx := patient(t)
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() {
		if r, err := l.Accept(ctx); err == nil {
			r.Reject(wire.NotFound)
		}
	})
	for ctx.Err() == nil { // the end is on its way
		if _, err := link.Dial(ctx, l.Addr().String(), link.Options{}); fault.CodeOf(err) == fault.StreamNotFound {
			return
		}
	}
	t.Error("who left still counts")
}

func TestASlowPeer(t *testing.T) {
	l := listen(t, link.Options{Silence: time.Minute})
	r := linktest.New(t, l.Addr().String(), 0)
	_, accepted := pair(t, l, r.Addr(), link.Options{Latency: 20 * time.Millisecond})
	r.Cut()
	room := make(chan struct{}, 1)
	accepted.OnRoom(func() {
		select {
		case room <- struct{}{}:
		default:
		}
	})
	n := 0
	for accepted.Write(message(n)) { // what grows too old meanwhile, as on a busy machine, is on its way no longer
		if n++; n-int(accepted.Counts().Dropped) > 10_000 {
			t.Fatal("there is no end to what is on its way")
		}
	}
	select {
	case <-room: // what is too old was dropped
	case <-patient(t).Done():
		t.Fatal("there never is room again")
	}
	if accepted.Counts().Dropped == 0 {
		t.Error("nothing was counted as dropped")
	}
}

// TestBothFamilies has callers over IPv4 and IPv6 reach a listener that is on all addresses.
func TestBothFamilies(t *testing.T) {
	udp, err := net.ListenUDP("udp", &net.UDPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	l := link.Listen(udp, link.Options{Latency: 20 * time.Millisecond})
	t.Cleanup(l.Close)
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "::1"} {
		called, accepted := pair(t, l, net.JoinHostPort(host, port), link.Options{Latency: 20 * time.Millisecond})
		exchange(t, called, accepted, 50, 0)
		exchange(t, accepted, called, 50, 0)
		if accepted.Remote().Addr().String() != host {
			t.Errorf("%s came from %s", host, accepted.Remote())
		}
	}
}
