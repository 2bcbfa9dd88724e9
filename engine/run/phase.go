package run

import "sluice/engine/fault"

// Phase is how far a Runtime has been taken.
type Phase string

// The phases.
const (
	Fresh    Phase = "fresh"    // nothing was called yet
	Prepared Phase = "prepared" // Prepare succeeded
	Running  Phase = "running"  // Start succeeded
	Drained  Phase = "drained"  // Drain was called, whatever it returned
	Spoilt   Phase = "spoilt"   // Prepare or Start failed, or a call was Lost
	Closed   Phase = "closed"   // Stop was called
)

// Call names a method of Runtime.
type Call string

// The calls whose order matters; Inspect is always allowed.
const (
	CallPrepare Call = "prepare"
	CallStart   Call = "start"
	CallApply   Call = "apply"
	CallDrain   Call = "drain"
	CallStop    Call = "stop"
)

// After tells which phase a call leads to if it succeeds. A call out of order is fault.Internal, since only a defect
// in sluice can make it, and one after Stop is fault.Closed; then the phase stays.
func (p Phase) After(c Call) (Phase, error) {
	switch {
	case c == CallStop:
		return Closed, nil
	case p == Closed:
		return p, fault.New(fault.Closed, "", "%s after stop", c)
	case p == Fresh && c == CallPrepare:
		return Prepared, nil
	case p == Prepared && c == CallStart, p == Running && c == CallApply:
		return Running, nil
	case p == Running && c == CallDrain:
		return Drained, nil
	}
	return p, fault.New(fault.Internal, "", "%s called on a runtime that is %s", c, p)
}
