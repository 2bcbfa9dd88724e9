package webrtc

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"

	"sluice/elements/webrtc/link"
	"sluice/elements/webrtc/mux"
	"sluice/engine/fault"
)

func (s Settings) filled() Settings {
	def := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	def(&s.ICETimeout, 30*time.Second)
	def(&s.ConsentTimeout, 15*time.Second)
	def(&s.MediaTimeout, time.Minute)
	if s.UDP == nil {
		s.UDP = []string{DefaultListen}
	}
	if s.TCP == nil {
		s.TCP = []string{DefaultListen}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Clock == nil {
		s.Clock = clock{}
	}
	return s
}

// clock is the time there is.
type clock struct{}

func (clock) Now() time.Time                         { return time.Now() }
func (clock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func (s Settings) check() error {
	wrong := func(format string, args ...any) *fault.Fault {
		return fault.New(fault.InvalidParams, "webrtc", format, args...)
	}
	switch {
	case len(s.UDP) == 0 && len(s.TCP) == 0:
		return wrong("neither UDP nor TCP is listened on")
	case s.Ports[0] > s.Ports[1]:
		return wrong("the first port, %d, is above the last, %d", s.Ports[0], s.Ports[1])
	case s.Lite && len(s.TURN) > 0:
		return wrong("ICE-lite knows no relays").Advise("turn off one of lite and turn")
	case s.ICETimeout < time.Second || s.ConsentTimeout < time.Second || s.MediaTimeout < time.Second:
		return wrong("a timeout is below 1 s")
	}
	return s.addresses(wrong)
}

// addresses checks those of others.
func (s Settings) addresses(wrong func(string, ...any) *fault.Fault) error {
	for _, server := range s.STUN {
		_, port, err := net.SplitHostPort(server)
		if n, wrongPort := strconv.ParseUint(port, 10, 16); err != nil || wrongPort != nil || n == 0 {
			return wrong("stun: %q is no \"host:port\"", server)
		}
	}
	for _, entry := range s.NAT1To1 {
		for part := range strings.SplitSeq(entry, "/") {
			if _, err := netip.ParseAddr(part); err != nil {
				return wrong("nat1to1: %q is none of \"public\" and \"public/local\"", entry).Because(err)
			}
		}
	}
	return nil
}

func (s Settings) listen(udp, tcp []string) mux.Options {
	return mux.Options{
		UDP: udp, TCP: tcp, Interfaces: s.Interfaces, Loopback: s.Loopback, STUN: s.STUN, Log: link.Logs{Log: s.Log},
	}
}

// at gives addresses another port.
func at(addresses []string, port int) []string {
	out := make([]string, 0, len(addresses))
	for _, a := range addresses {
		host, _, err := net.SplitHostPort(a)
		if err != nil {
			host = a
		}
		out = append(out, net.JoinHostPort(host, strconv.Itoa(port)))
	}
	return out
}

func (s Settings) relays() ([]*stun.URI, error) {
	var out []*stun.URI
	for _, t := range s.TURN {
		u, err := stun.ParseURI(t.URL)
		if err == nil && u.Scheme != stun.SchemeTypeTURN && u.Scheme != stun.SchemeTypeTURNS {
			err = stun.ErrSchemeType
		}
		if err != nil {
			return nil, fault.New(fault.InvalidParams, "webrtc", "turn: %q is no address of a relay", t.URL).Because(err).
				Advise("turn:host:port?transport=udp")
		}
		u.Username, u.Password = t.Username, t.Credential
		out = append(out, u)
	}
	return out, nil
}

// lookup bounds how long the names of Hosts may take to be found.
const lookup = 5 * time.Second

// hosts finds the addresses of the extra hosts. Browsers would find them themselves, but not all clients do.
func (s Settings) hosts() ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookup)
	defer cancel()
	var out []netip.Addr
	for _, host := range s.Hosts {
		list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		if err != nil {
			return nil, fault.New(fault.InvalidParams, "webrtc", "hosts: %q has no address", host).Because(err)
		}
		for _, ip := range list {
			out = append(out, ip.Unmap())
		}
	}
	return out, nil
}
