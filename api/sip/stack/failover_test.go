package stack_test

import (
	"fmt"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/api/sip/stack/resolve/resolvetest"
)

// services are SRV records, by priority, for places at the loopback.
func services(ports ...uint16) map[string][]string {
	names := map[string][]string{"here.example.": {"127.0.0.1"}}
	for i, p := range ports {
		for _, proto := range []string{"_udp", "_tcp"} {
			service := "_sip." + proto + ".example.org."
			names[service] = append(names[service], fmt.Sprintf("%d 0 %d here.example.", i, p))
		}
	}
	return names
}

// RFC 3263 4.3: the next place is tried if one says that it has no room, does not answer, or cannot be connected to.
func TestFailover(t *testing.T) {
	for _, network := range []stack.Network{stack.UDP, stack.TCP} {
		t.Run(string(network), func(t *testing.T) {
			full := port(t, newStack(t), network, func(in stack.Incoming) {
				if in.Request().Method != sip.ACK {
					reply(t, in, 503)
				}
			})
			good := port(t, newStack(t), network, func(in stack.Incoming) { reply(t, in, 486) })
			silent := newRaw(t) // and nobody listens there over TCP
			s := newStack(t, calm, func(o *stack.Options) {
				o.Resolver = resolvetest.Serve(t, services(silent.addr().Port(), full.Addr().Port(), good.Addr().Port()))
			})
			p := port(t, s, network, deaf)
			answer(t, do(t, p, request(sip.INVITE, "sip:b@example.org", "1", 1)), 486)
			answer(t, do(t, p, request(sip.MESSAGE, "sip:b@example.org", "2", 1)), 486)
		})
	}
}

// The last place's answer is the answer, whatever it is.
func TestNoRoomAnywhere(t *testing.T) {
	full := port(t, newStack(t), stack.UDP, func(in stack.Incoming) { reply(t, in, 503) })
	s := newStack(t, func(o *stack.Options) { o.Resolver = resolvetest.Serve(t, services(full.Addr().Port())) })
	answer(t, do(t, port(t, s, stack.UDP, deaf), request(sip.MESSAGE, "sip:b@example.org", "1", 1)), 503)
}
