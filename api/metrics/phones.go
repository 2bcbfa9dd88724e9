package metrics

import (
	"strings"

	"sluice/api/calls"
)

// Phones are telephone calls, and the lines on which they are made.
type Phones struct {
	Lines   map[calls.RegistrationState]int // by how they are registered
	In, Out PhoneCalls
	// Refused are those who were turned away, by why: a word of few.
	Refused map[string]uint64
	// Packets are those of RTP of all calls, received and sent, and Lost those that never came, as far as either side knows.
	PacketsIn, PacketsOut, LostIn, LostOut uint64
}

// PhoneCalls are the calls of one direction.
type PhoneCalls struct {
	Now   map[calls.State]int
	Begun uint64
	Ends  map[calls.Cause]uint64
}

func phoneFamilies() []Family {
	way := labels("direction")
	return []Family{
		{"sluice_sip_lines", Gauge, labels("state"), "Lines of telephone calls, by how they are registered; unregistered ones only call."},
		{
			"sluice_sip_calls", Gauge, labels("direction", "state"),
			"Telephone calls that are under way: in calls the server, out is called by it.",
		},
		{"sluice_sip_call_starts_total", Counter, way, "Telephone calls that began, answered or not."},
		{
			"sluice_sip_call_ends_total", Counter, labels("direction", "reason"),
			"Telephone calls that ended, by why; normal is that somebody hung up.",
		},
		{"sluice_sip_packets_total", Counter, way, "RTP packets with media of telephone calls, received (in) and sent (out)."},
		{"sluice_sip_lost_packets_total", Counter, way, "Packets of them that never came, as far as either side knows."},
		{
			"sluice_sip_refused_total", Counter, labels("reason"),
			"Who was turned away: there is no room for calls, lines, requests or another call of an address; forbidden may not call; " +
				"unreachable called nobody; password showed a wrong one, guessing too many of them.",
		},
	}
}

// The directions of calls, as the server sees them.
const (
	incoming = "in"
	outgoing = "out"
)

// phones writes down how calls are.
func (c *collector) phones(s sheet) {
	if c.from.Phones == nil {
		return
	}
	n := c.from.Phones()
	for _, state := range []calls.RegistrationState{calls.Registering, calls.Registered, calls.Unregistered, calls.RegistrationFailed} {
		s.put("sluice_sip_lines", float64(n.Lines[state]), strings.ToLower(string(state)))
	}
	s.calls(incoming, n.In)
	s.calls(outgoing, n.Out)
	s.count("sluice_sip_packets_total", n.PacketsIn, incoming)
	s.count("sluice_sip_packets_total", n.PacketsOut, outgoing)
	s.count("sluice_sip_lost_packets_total", n.LostIn, incoming)
	s.count("sluice_sip_lost_packets_total", n.LostOut, outgoing)
	for reason, k := range n.Refused {
		s.count("sluice_sip_refused_total", k, reason)
	}
}

// calls writes down those of a direction. States and causes that there are none of are told of, too.
func (s sheet) calls(direction string, n PhoneCalls) {
	for _, state := range []calls.State{calls.Trying, calls.Ringing, calls.Early, calls.Established, calls.OnHold} {
		s.put("sluice_sip_calls", float64(n.Now[state]), direction, strings.ToLower(string(state)))
	}
	s.count("sluice_sip_call_starts_total", n.Begun, direction)
	causes := []calls.Cause{
		calls.Normal, calls.Refused, calls.NoMedia, calls.NoCodecs, calls.TimedOut, calls.Broken, calls.SessionFailed,
	}
	for cause, k := range with(n.Ends, causes...) {
		s.count("sluice_sip_call_ends_total", k, direction, string(cause))
	}
}
