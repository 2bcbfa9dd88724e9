package api

import (
	"net/netip"
	"testing"
)

func TestCrowd(t *testing.T) {
	one, two := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for _, row := range []struct {
		name       string
		most, each int
		before     map[netip.Addr]int
		from       netip.Addr
		want       admission
	}{
		{"no limits", 0, 0, map[netip.Addr]int{one: 100_000}, one, welcome},
		{"the last one", 10, 0, map[netip.Addr]int{one: 9}, one, welcome},
		{"one too many", 10, 0, map[netip.Addr]int{one: 10}, one, tooMany},
		{"one too many, of whom the address does not matter", 10, 0, map[netip.Addr]int{one: 10}, two, tooMany},
		{"the last one of an address", 0, 10, map[netip.Addr]int{one: 9}, one, welcome},
		{"one too many of an address", 0, 10, map[netip.Addr]int{one: 10}, one, tooMany},
		{"other addresses are not concerned", 0, 10, map[netip.Addr]int{one: 10}, two, welcome},
		{"the last to be told", 10, 0, map[netip.Addr]int{one: 10 + spare - 1}, one, tooMany},
		{"a flood", 10, 0, map[netip.Addr]int{one: 10 + spare}, one, flood},
		{"a flood of one address", 0, 10, map[netip.Addr]int{one: 10 + spare}, one, flood},
	} {
		c := &crowd{most: row.most, each: row.each}
		inside := 0
		for from, n := range row.before {
			for range n {
				c.enter(from)
				inside++
			}
		}
		if got := c.enter(row.from); got != row.want {
			t.Errorf("%s: %d, not %d", row.name, got, row.want)
		}
		if row.want == flood && c.inside != inside {
			t.Errorf("%s: who was closed is counted: %d inside, not %d", row.name, c.inside, inside)
		}
	}
}

func TestCrowdForgetsWhoLeft(t *testing.T) {
	c := &crowd{most: 1}
	one := netip.MustParseAddr("2001:db8::1")
	for range 3 {
		if got := c.enter(one); got != welcome {
			t.Fatalf("%d", got)
		}
		c.leave(one)
	}
	if c.inside != 0 || len(c.by) != 0 {
		t.Errorf("%d inside, of %d addresses", c.inside, len(c.by))
	}
}
