package hls

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"sluice/engine/fault"
)

// held counts requests that wait for what is not there yet. Safe for concurrent use.
type held struct {
	most, ofOne int

	mu   sync.Mutex
	all  int
	each map[string]int // by origin
}

func newHeld(most, ofOne int) held {
	return held{most: most, ofOne: ofOne, each: map[string]int{}}
}

// enter counts a request in; one too many is fault.Overloaded. Who entered leaves with what it gives.
func (h *held) enter(r *http.Request) (string, error) {
	at := origin(r)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all >= h.most || h.each[at] >= h.ofOne {
		return at, fault.New(fault.Overloaded, "", "too many requests wait already").Advise("ask again in a few seconds")
	}
	h.all++
	h.each[at]++
	return at, nil
}

// leave counts it out.
func (h *held) leave(at string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all--
	if h.each[at]--; h.each[at] == 0 {
		delete(h.each, at)
	}
}

func (h *held) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

// origin is whose address a request is from: one machine commonly has a whole /64 of IPv6, and counts once for all of it. An address of
// IPv4 is taken as it stands there, since this is asked for with every request that waits.
func origin(r *http.Request) string {
	const machine = 64
	if i := strings.LastIndexByte(r.RemoteAddr, ':'); i > 0 && r.RemoteAddr[i-1] != ']' {
		return r.RemoteAddr[:i]
	}
	a := remote(r)
	if !a.Is6() {
		return a.String()
	}
	p, _ := a.Prefix(machine) // it is never more than the address has
	return p.String()
}

// remote is the address that a request is from; the zero one if it cannot be told.
func remote(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}
