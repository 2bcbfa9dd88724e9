package lines

import (
	"maps"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/leg"
	"sluice/api/sip/stack"
)

// Counts are the lines and calls at one moment, and what has become of others. Of the numbers of what has been none ever falls.
type Counts struct {
	Registrations map[calls.RegistrationState]int // lines, by how they are registered
	Incoming      map[calls.State]int             // calls that came in and are under way, by how far they are
	Outgoing      map[calls.State]int
	Ends          map[End]uint64     // of calls
	In, Out       uint64             // calls there have been
	Refused       map[Refusal]uint64 // calls, lines and requests that were turned away
	Media         Media
}

// End is how a call ended.
type End struct {
	Incoming bool
	Cause    calls.Cause
}

// Refusal is why somebody was turned away.
type Refusal string

// Refusals.
const (
	NoRoomForCalls    Refusal = "calls"       // there are too many, of all lines or of one
	NoRoomForLines    Refusal = "lines"       // there are too many
	NoRoomForAddress  Refusal = "address"     // too many calls came in from one
	NoRoomForRequests Refusal = "requests"    // too many wait for their answers
	Stranger          Refusal = "forbidden"   // who called may not
	Unreachable       Refusal = "unreachable" // who was called is not there
	WrongPassword     Refusal = "password"    // who called showed a wrong one
	Guesser           Refusal = "guessing"    // wrong ones came from his address too often
)

// Media are the packets of RTP of all calls there have been; LostOut is what far ends say of what was sent.
type Media struct{ Received, Sent, LostIn, LostOut uint64 }

// tally counts.
type tally struct {
	in, out uint64
	refused map[Refusal]uint64
	ends    map[End]uint64
	media   Media              // of calls that have ended
	under   map[*Call]*leg.Leg // calls that have begun and not ended; nil as long as they have no media
}

func newTally() tally {
	return tally{refused: map[Refusal]uint64{
		NoRoomForCalls: 0, NoRoomForLines: 0, NoRoomForAddress: 0, Stranger: 0, Unreachable: 0, // they are told of from the beginning
		WrongPassword: 0, Guesser: 0,
	}, ends: map[End]uint64{}, under: map[*Call]*leg.Leg{}}
}

func (t *tally) began(c *Call) {
	t.under[c] = nil
	if c.about.Incoming {
		t.in++
	} else {
		t.out++
	}
}

// carries tells of the media of a call.
func (x *Lines) carries(c *Call) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tally.under[c] = c.leg
}

// ended counts how a call ended, and what it carried.
func (x *Lines) ended(c *Call, why calls.Cause) {
	incoming := c.About().Incoming
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tally.ends[End{incoming, why}]++
	x.tally.media.add(x.tally.under[c])
	delete(x.tally.under, c)
}

// turned counts somebody who called and was turned away with a status.
func (x *Lines) turned(code int) {
	switch code {
	case forbidden:
		x.refused(Stranger)
	case overloaded:
		x.refused(NoRoomForAddress)
	default:
		x.refused(Unreachable)
	}
}

// Refused counts somebody who was turned away before his request came here.
func (x *Lines) Refused(why Refusal) { x.refused(why) }

// refused counts somebody who was turned away.
func (x *Lines) refused(why Refusal) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tally.refused[why]++
}

// note counts and logs how a call ended.
func (x *Lines) note(c *Call, end dialog.Ending) {
	a := c.About()
	x.ended(c, a.Cause)
	x.opt.Log.Info("a call ended", "call", c.id, "incoming", a.Incoming, "code", a.Code, "reason", a.Reason, "cause", a.Cause,
		"lasted", c.age(), "err", end.Err)
}

// add adds what a call has carried.
func (m *Media) add(l *leg.Leg) {
	if l == nil {
		return
	}
	n := l.Counts()
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
	x.mu.Lock()
	defer x.mu.Unlock()
	for l := range x.lines {
		n.Registrations[l.Registration().State]++
	}
	n.In, n.Out, n.Media = x.tally.in, x.tally.out, x.tally.media
	n.Ends, n.Refused = maps.Clone(x.tally.ends), maps.Clone(x.tally.refused)
	for _, s := range []*stack.Stack{x.opt.Guarded, x.opt.Trusted} {
		n.Refused[NoRoomForRequests] += s.Counts().Refused
	}
	for c, carried := range x.tally.under {
		n.Media.add(carried)
		a := c.About()
		switch {
		case a.State.Over(): // it is noted in a moment
		case a.Incoming:
			n.Incoming[a.State]++
		default:
			n.Outgoing[a.State]++
		}
	}
	return n
}
