package lines

import (
	"maps"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
)

// Counts are the lines and calls at one moment, and what has become of others.
type Counts struct {
	Registrations map[calls.RegistrationState]int // lines, by how they are registered
	Incoming      map[calls.State]int             // calls that came in and are under way, by how far they are
	Outgoing      map[calls.State]int
	Ends          map[calls.Cause]uint64 // of calls, by why
	In, Out       uint64                 // calls there have been
	Refused       uint64                 // calls there was no place for
	Media         Media
}

// Media are the packets of RTP of all calls there have been; LostOut is what far ends say of what was sent.
type Media struct{ Received, Sent, LostIn, LostOut uint64 }

// tally counts.
type tally struct {
	in, out, refused uint64
	ends             map[calls.Cause]uint64
	media            Media
}

func (t *tally) began(c *Call) {
	if c.about.Incoming {
		t.in++
	} else {
		t.out++
	}
}

// note counts how a call ended, and what it sent.
func (x *Lines) note(c *Call, end dialog.Ending) {
	a := c.About()
	x.mu.Lock()
	if x.tally.ends == nil {
		x.tally.ends = map[calls.Cause]uint64{}
	}
	x.tally.ends[a.Cause]++
	x.tally.media.add(c)
	x.mu.Unlock()
	x.opt.Log.Info("a call ended", "call", c.id, "incoming", a.Incoming, "code", a.Code, "reason", a.Reason, "cause", a.Cause,
		"lasted", c.age(), "err", end.Err)
}

// add adds what a call has sent.
func (m *Media) add(c *Call) {
	if c.leg == nil {
		return
	}
	n := c.leg.Counts()
	m.Received += n.In.Packets
	m.Sent += n.Out.Packets
	m.LostIn += n.In.Lost
	m.LostOut += n.Out.Lost
}

// Counts counts.
func (x *Lines) Counts() Counts {
	n := Counts{
		Registrations: map[calls.RegistrationState]int{}, Incoming: map[calls.State]int{}, Outgoing: map[calls.State]int{},
	}
	all := x.Calls()
	x.mu.Lock()
	defer x.mu.Unlock()
	for l := range x.lines {
		n.Registrations[l.Registration().State]++
	}
	n.In, n.Out, n.Refused, n.Media, n.Ends = x.tally.in, x.tally.out, x.tally.refused, x.tally.media, maps.Clone(x.tally.ends)
	for _, c := range all {
		a := c.About()
		if a.State.Over() {
			continue
		}
		if a.Incoming {
			n.Incoming[a.State]++
		} else {
			n.Outgoing[a.State]++
		}
		n.Media.add(c)
	}
	return n
}
