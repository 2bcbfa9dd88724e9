package guard

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sluice/engine/fault"
)

// Reach says why an element may not connect to an address, whatever its settings say: one inside, which is of this machine or of a
// network that is not the Internet, is refused unless a rule names it, its network or "private". Whose DNS a name's is could otherwise
// have the server connect to what only the server reaches, also after everything else was looked at. The error is fault.Forbidden.
func (g *Guard) Reach(element string, to netip.AddrPort) error {
	if !g.interior.has(to.Addr()) || slices.Contains(g.rules.Elements, element) {
		return nil
	}
	for _, h := range g.hosts {
		if h.reaches(to) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "", "%s is an address inside, which no rule names", to).
		Advise("the configuration's list of hosts, such as \"rest.hosts\", can name the address or its network, or say %q", private)
}

// reaches tells whether the rule lets an address inside be connected to.
func (h host) reaches(to netip.AddrPort) bool {
	switch a := to.Addr().Unmap(); {
	case h.inside:
		return true
	case h.port != "" && h.port != strconv.Itoa(int(to.Port())):
		return false
	case h.net.IsValid():
		return h.net.Contains(a)
	default: // what leads nowhere else (RFC 6761 6.3)
		return isLocalhost(h.name) && a.IsLoopback()
	}
}

func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// leads tells whether a host, as it is written, is one inside, or may be to some resolver. Of other names nobody knows.
func (i *interior) leads(name string) bool {
	a, err := netip.ParseAddr(name)
	if err == nil {
		return i.has(a)
	}
	return isLocalhost(name) || isNumber(name) || !names.MatchString(name)
}

// isNumber tells whether resolvers may take a name for an address: 2130706433, 0x7f.1. No name ends in a number (URL Standard, 3.5).
func isNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if digits, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// interior is what is inside: networks that are not the Internet, and this machine, whatever its addresses are. Safe for concurrent use.
type interior struct {
	nets      []netip.Prefix
	addresses func() ([]net.Addr, error) // of this machine's interfaces

	mu     sync.Mutex
	own    []netip.Addr
	looked time.Time // when own was asked for
}

// fresh is how long what was found out of this machine's addresses is believed.
const fresh = 10 * time.Second

func newInterior() *interior { return &interior{nets: inner(), addresses: net.InterfaceAddrs} }

// has tells whether an address is one that not everybody can reach, or in which there may be another one, or one of this machine's own. A
// public address that a router stands for is none of them: nobody here knows it.
func (i *interior) has(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return !a.IsGlobalUnicast() || a.IsPrivate() ||
		slices.ContainsFunc(i.nets, func(n netip.Prefix) bool { return n.Contains(a) }) || slices.Contains(i.here(), a)
}

// here are the addresses of this machine.
func (i *interior) here() []netip.Addr {
	i.mu.Lock()
	defer i.mu.Unlock()
	if now := time.Now(); i.looked.IsZero() || now.Sub(i.looked) >= fresh {
		list, err := i.addresses()
		if err != nil {
			return i.own // what was known before
		}
		i.own, i.looked = nil, now
		for _, a := range list {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				i.own = append(i.own, p.Addr().Unmap().WithZone(""))
			}
		}
	}
	return i.own
}

// inner are networks that netip does not know to be private: IANA's registries of special-purpose addresses, and those by which an IPv4
// address is written as one of IPv6.
func inner() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),      // this network (RFC 791 3.2)
		netip.MustParsePrefix("100.64.0.0/10"),  // behind carriers' NAT (RFC 6598)
		netip.MustParsePrefix("192.0.0.0/24"),   // for protocols (RFC 6890)
		netip.MustParsePrefix("198.18.0.0/15"),  // for measurements (RFC 2544)
		netip.MustParsePrefix("240.0.0.0/4"),    // reserved (RFC 1112 4)
		netip.MustParsePrefix("::/96"),          // IPv4 in IPv6, as it was once (RFC 4291 2.5.5.1)
		netip.MustParsePrefix("64:ff9b::/96"),   // IPv4 by NAT64 (RFC 6052)
		netip.MustParsePrefix("64:ff9b:1::/48"), // the same, inside (RFC 8215)
		netip.MustParsePrefix("2001::/32"),      // Teredo (RFC 4380)
		netip.MustParsePrefix("2002::/16"),      // 6to4 (RFC 3056)
		netip.MustParsePrefix("fec0::/10"),      // of a site, as it was once (RFC 3879)
	}
}
