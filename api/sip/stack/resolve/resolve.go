// Package resolve finds where a SIP request is to be sent (RFC 3263): SRV records of the domain, then its addresses, in the order in which
// they are to be tried. NAPTR records are left out: the standard library does not read them, and those who have them have SRV records, too.
package resolve

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/engine/fault"
)

// Lookup is what is asked of DNS; *net.Resolver has it.
type Lookup interface {
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, addrs []*net.SRV, err error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// most is how many places are tried for one request.
const most = 8

// Target is a place to try.
type Target struct {
	Network string // UDP, TCP or TLS
	Addr    netip.AddrPort
	Name    string // whom the certificate must be for
}

// Find finds the places of an address. usual is the transport where the address names none. The error is a fault: invalid_request if it is
// none that can be reached by SIP, unreachable if there is nobody of that name.
func Find(ctx context.Context, dns Lookup, uri *sip.Uri, usual string) ([]Target, error) {
	network, err := transport(uri, usual)
	if err != nil {
		return nil, err
	}
	host := strings.Trim(uri.Host, "[]")
	if addr, err := netip.ParseAddr(host); err == nil {
		return []Target{{network, netip.AddrPortFrom(addr.Unmap(), port(uri.Port, network)), host}}, nil
	}
	if uri.Port == 0 { // with a port there are no services: RFC 3263 4.2
		if found := services(ctx, dns, host, network); len(found) > 0 {
			return found, nil
		}
	}
	found := addresses(ctx, dns, host, network, port(uri.Port, network), host)
	if len(found) == 0 {
		return nil, fault.New(fault.Unreachable, "", "no address is known for %s", host)
	}
	return found, nil
}

// transport is what an address asks for (RFC 3263 4.1).
func transport(uri *sip.Uri, usual string) (string, error) {
	if uri.Scheme != "sip" && uri.Scheme != "sips" && uri.Scheme != "" || uri.Host == "" || uri.Wildcard {
		return "", fault.New(fault.InvalidRequest, "", "%s is no address of SIP", uri.String())
	}
	asked, _ := uri.UriParams.Get("transport")
	switch asked = strings.ToUpper(asked); {
	case uri.Scheme == "sips" && asked != "UDP":
		return "TLS", nil
	case asked == "":
		return strings.ToUpper(usual), nil
	case asked == "UDP", asked == "TCP", asked == "TLS":
		return asked, nil
	}
	return "", fault.New(fault.InvalidRequest, "", "SIP over %q is not supported here", asked)
}

// port is the one that is named, or that of the transport.
func port(named int, network string) uint16 {
	switch {
	case named > 0 && named < 1<<16:
		return uint16(named)
	case network == "TLS":
		return 5061
	}
	return 5060
}

// services are the places that a domain's SRV records tell, by priority and, within one, as their weights had it.
func services(ctx context.Context, dns Lookup, domain, network string) []Target {
	service, proto := "sip", "udp"
	switch network {
	case "TCP":
		proto = "tcp"
	case "TLS":
		service, proto = "sips", "tcp"
	}
	_, records, err := dns.LookupSRV(ctx, service, proto, domain)
	if err != nil {
		return nil
	}
	var found []Target
	for _, r := range records {
		// A certificate is for the domain that was asked, not for where its records, which nobody signed, lead (RFC 5922 4).
		found = append(found, addresses(ctx, dns, strings.TrimSuffix(r.Target, "."), network, r.Port, domain)...)
		if len(found) >= most {
			return found[:most]
		}
	}
	return found
}

// addresses are those of a host, IPv4 first, since that is what Vias and Contacts are made with.
func addresses(ctx context.Context, dns Lookup, host, network string, port uint16, name string) []Target {
	ips, err := dns.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	var four, six []Target
	for _, ip := range ips {
		t := Target{network, netip.AddrPortFrom(ip.Unmap(), port), name}
		if ip.Unmap().Is4() {
			four = append(four, t)
		} else {
			six = append(six, t)
		}
	}
	found := append(four, six...)
	return found[:min(most, len(found))]
}
