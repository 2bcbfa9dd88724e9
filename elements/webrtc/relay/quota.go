package relay

import (
	"net"
	"net/netip"
	"sync"

	"github.com/pion/turn/v5"
)

// quota counts allocations. It has a lock of its own, as pion asks before NewServer has returned what could be asked.
type quota struct {
	all, one int // how many there may be, in all and of one client

	mu    sync.Mutex
	count int
	of    map[client]int
}

// client is who has allocations: a user, at one place. Names come from whoever gave out the credentials; many clients have the
// empty one.
type client struct {
	user string
	at   netip.Prefix
}

// newClient knows an IPv6 client by its /64, of which one host has all addresses (RFC 7934).
func newClient(user string, at net.Addr) client {
	c := client{user: user}
	if a, err := netip.ParseAddrPort(at.String()); err == nil {
		ip := a.Addr().Unmap().WithZone("")
		bits := 32
		if ip.Is6() {
			bits = 64
		}
		c.at, _ = ip.Prefix(bits)
	}
	return c
}

// admits is turn's QuotaHandler. Who asks over several connections at once can come in once more for each.
func (q *quota) admits(user, _ string, at net.Addr) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.count < q.all && q.of[newClient(user, at)] < q.one
}

// events have the server tell of allocations.
func (q *quota) events() turn.EventHandler {
	return turn.EventHandler{
		OnAllocationCreated: func(at, _ net.Addr, _, user, _ string, _ net.Addr, _ int) { q.add(newClient(user, at), 1) },
		OnAllocationDeleted: func(at, _ net.Addr, _, user, _ string) { q.add(newClient(user, at), -1) },
	}
}

func (q *quota) add(c client, by int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.count += by
	if q.of[c] += by; q.of[c] <= 0 {
		delete(q.of, c)
	}
}
