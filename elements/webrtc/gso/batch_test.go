package gso

import (
	"errors"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

func repeat(n, size int) []int { return slices.Repeat([]int{size}, n) }

func TestCollects(t *testing.T) {
	cases := []struct {
		name  string
		sizes []int
		calls int
	}{
		{"nothing", nil, 0},
		{"one", []int{1000}, 1},
		{"equal", repeat(8, 1000), 1},
		{"the last shorter", append(repeat(8, 1000), 300), 1},
		{"a shorter one between", []int{1000, 300, 1000, 1000}, 2},
		{"two shorter ones", []int{1000, 300, 300}, 2},
		{"growing", []int{100, 200, 300}, 3},
		{"as many as the kernel takes", repeat(maxSegments, 100), 1},
		{"one more", repeat(maxSegments+1, 100), 2},
		{"more bytes than fit", repeat(55, 1200), 2},
		{"an empty one between", []int{100, 0, 100}, 3},
		{"one that no batch can hold", []int{100, 100, maxBytes + 1, 100}, 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			conn, out := faked()
			line := lineTo(conn, peer(9))
			line.Cork()
			all := numbered(c.sizes...)
			write(t, conn, peer(9), all)
			if err := line.Uncork(); err != nil {
				t.Fatal(err)
			}
			same(t, out.got[peer(9)], all)
			if out.calls != c.calls {
				t.Errorf("%d calls, not %d", out.calls, c.calls)
			}
			if sends, datagrams := conn.Collected(); sends > uint64(c.calls) || datagrams > uint64(len(all)) {
				t.Errorf("counted %d in %d calls", datagrams, sends)
			}
		})
	}
}

func TestOthersAreNotHeld(t *testing.T) {
	conn, out := faked()
	line := lineTo(conn, peer(9))
	line.Cork()
	write(t, conn, peer(9), numbered(100, 100))
	write(t, conn, peer(10), numbered(50))
	same(t, out.got[peer(10)], numbered(50))
	if len(out.got[peer(9)]) != 0 {
		t.Error("what was corked has been sent")
	}
	if err := line.Uncork(); err != nil {
		t.Fatal(err)
	}
	same(t, out.got[peer(9)], numbered(100, 100))
	write(t, conn, peer(9), numbered(70)) // no longer corked
	if n := len(out.got[peer(9)]); n != 3 {
		t.Errorf("%d datagrams were sent, not 3", n)
	}
}

func TestCorkedTwice(t *testing.T) {
	conn, out := faked()
	one, two := lineTo(conn, peer(9)), lineTo(conn, peer(9))
	one.Cork()
	two.Cork()
	write(t, conn, peer(9), numbered(10))
	if err := two.Uncork(); err != nil || len(out.got) != 0 {
		t.Fatalf("sent %d, %v by one who does not hold it", len(out.got), err)
	}
	if err := one.Uncork(); err != nil {
		t.Fatal(err)
	}
	same(t, out.got[peer(9)], numbered(10))
}

func TestRefused(t *testing.T) {
	cases := []struct {
		err     error
		frames  int
		still   bool // segments are sent
		attempt int  // calls with segments
	}{
		{syscall.EIO, 3, false, 1},
		{syscall.ENOPROTOOPT, 3, false, 1},
		{syscall.EOPNOTSUPP, 3, false, 1},
		{syscall.EINVAL, 3, true, 3},
		{syscall.EMSGSIZE, 3, true, 3},
		{syscall.EINVAL, patience + 5, false, patience},
	}
	for _, c := range cases {
		conn, out := faked()
		if judge(c.err) == lost {
			t.Skip("nothing is segmented here")
		}
		out.refuse = c.err
		line := lineTo(conn, peer(9))
		var want [][]byte
		for range c.frames {
			line.Cork()
			write(t, conn, peer(9), numbered(100, 100, 50))
			want = append(want, numbered(100, 100, 50)...)
			if err := line.Uncork(); err != nil {
				t.Errorf("%v: %v", c.err, err)
			}
		}
		same(t, out.got[peer(9)], want)
		if conn.Segments() != c.still || out.calls != 3*c.frames+c.attempt {
			t.Errorf("%v, %d times: segments %t, %d calls", c.err, c.frames, conn.Segments(), out.calls)
		}
	}
}

// TestRefusedForOne: a peer behind a small MTU does not slow the others down.
func TestRefusedForOne(t *testing.T) {
	conn, out := faked()
	if judge(syscall.EINVAL) == lost {
		t.Skip("nothing is segmented here")
	}
	line := lineTo(conn, peer(9))
	for i := range 4 * patience {
		if out.refuse = nil; i%2 == 0 {
			out.refuse = syscall.EINVAL
		}
		line.Cork()
		write(t, conn, peer(9), numbered(100, 100))
		if err := line.Uncork(); err != nil {
			t.Fatal(err)
		}
	}
	if !conn.Segments() {
		t.Error("segments are given up")
	}
}

func TestErrorsAreTold(t *testing.T) {
	conn, out := faked()
	out.refuse = syscall.EPERM
	line := lineTo(conn, peer(9))
	line.Cork()
	write(t, conn, peer(9), numbered(100, 100))
	if err := line.Uncork(); !errors.Is(err, syscall.EPERM) {
		t.Errorf("got %v", err)
	}
	out.refuse = nil
	line.Cork()
	write(t, conn, peer(9), numbered(100, 100))
	if err := line.Uncork(); err != nil {
		t.Errorf("an error is told twice: %v", err)
	}
}

func TestLineWithoutAim(t *testing.T) {
	conn, out := faked()
	var line Line
	line.Cork()
	write(t, conn, peer(9), numbered(10))
	if err := line.Uncork(); err != nil || out.calls != 1 {
		t.Errorf("%d calls, %v", out.calls, err)
	}
	line.Aim(conn, peer(9))
	line.Cork()
	line.Aim(nil, peer(9)) // while it is corked
	write(t, conn, peer(9), numbered(10))
	if err := line.Uncork(); err != nil || out.calls != 2 {
		t.Errorf("%d calls, %v", out.calls, err)
	}
	line.Cork()
	write(t, conn, peer(9), numbered(10))
	if out.calls != 3 {
		t.Errorf("%d calls: what leads nowhere holds back", out.calls)
	}
	if err := line.Uncork(); err != nil {
		t.Error(err)
	}
}

// TestLateWriter: one who found a batch just before it was uncorked sends by himself.
func TestLateWriter(t *testing.T) {
	conn, out := faked()
	line := lineTo(conn, peer(9))
	line.Cork()
	found := conn.slots[slot(peer(9))].Load()
	if err := line.Uncork(); err != nil {
		t.Fatal(err)
	}
	if found.add([]byte{1}, peer(9)) || len(out.got) != 0 {
		t.Error("a batch collects that nobody will send")
	}
}

func TestUncorkedTwice(t *testing.T) {
	conn, _ := faked()
	line := lineTo(conn, peer(9))
	line.Cork()
	for range 2 {
		if err := line.Uncork(); err != nil {
			t.Fatal(err)
		}
	}
	if len(conn.free) != 1 {
		t.Errorf("%d batches are free, of one", len(conn.free))
	}
}

// TestOneAddress: an IPv4 address is the same one in the form that dual-stack sockets give it.
func TestOneAddress(t *testing.T) {
	mapped := netip.AddrPortFrom(netip.AddrFrom16(peer(9).Addr().As16()), 9)
	for _, c := range [][2]netip.AddrPort{{peer(9), mapped}, {mapped, peer(9)}} {
		conn, out := faked()
		line := lineTo(conn, c[0])
		line.Cork()
		write(t, conn, c[1], numbered(5, 5))
		if out.calls != 0 {
			t.Errorf("what goes to %s is not held for %s", c[1], c[0])
		}
		if err := line.Uncork(); err != nil {
			t.Fatal(err)
		}
		same(t, out.got[peer(9)], numbered(5, 5))
	}
}

// TestMany has many writers at a time, of which some share an address and all share slots, and a passer-by who writes to all.
func TestMany(t *testing.T) {
	conn, out := faked()
	const writers, frames = 600, 20
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			to := peer(uint16(1 + w/2))
			line := lineTo(conn, to)
			for range frames {
				line.Cork()
				write(t, conn, to, numbered(20, 20, 10))
				if err := line.Uncork(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Go(func() {
		for w := range writers / 2 {
			write(t, conn, peer(uint16(1+w)), numbered(7))
		}
	})
	all.Wait()
	for w := range writers / 2 {
		if n := len(out.got[peer(uint16(1+w))]); n != 2*frames*3+1 {
			t.Fatalf("%d datagrams for peer %d", n, w)
		}
	}
	if len(conn.free) > writers {
		t.Errorf("%d batches were made", len(conn.free))
	}
	for i := range conn.slots {
		if conn.slots[i].Load() != nil {
			t.Fatal("a slot is still taken")
		}
	}
}

// TestOrder holds for any writes and corks: whatever is written to an address comes there, unchanged and in order.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		conn, out := faked()
		lines := []*Line{lineTo(conn, peer(1)), lineTo(conn, peer(2)), lineTo(conn, peer(3))}
		corked := make([]bool, len(lines))
		want := map[int][]int{}
		for i := range rapid.IntRange(1, 200).Draw(t, "steps") {
			k := rapid.IntRange(0, len(lines)-1).Draw(t, "peer")
			switch act := rapid.IntRange(0, 9).Draw(t, "act"); {
			case act == 0 && !corked[k]:
				lines[k].Cork()
				corked[k] = true
			case act == 1 && corked[k]:
				_ = lines[k].Uncork()
				corked[k] = false
			default:
				size := rapid.SampledFrom([]int{2, 2, 2, 3, 100, 1200, 30000}).Draw(t, "size")
				p := make([]byte, size)
				p[0], p[1] = byte(i), byte(k)
				_, _ = conn.WriteToAddrPort(p, peer(uint16(k+1)))
				want[k] = append(want[k], i<<16|size)
			}
		}
		for k, line := range lines {
			_ = line.Uncork()
			var got []int
			for _, p := range out.got[peer(uint16(k+1))] {
				got = append(got, int(p[0])<<16|len(p))
			}
			if !slices.Equal(got, want[k]) {
				t.Fatalf("peer %d got %v, not %v", k, got, want[k])
			}
		}
		if out.largest > maxSegments {
			t.Fatalf("%d datagrams in a call", out.largest)
		}
	})
}
