package run

import (
	"slices"

	"sluice/engine/fault"
)

// State is where an instance is in its life.
type State string

// The states.
const (
	Planned  State = "planned"  // it has a plan and is not started
	Starting State = "starting" // between Prepare and the first media
	Live     State = "live"
	Degraded State = "degraded" // a branch is gone, or a fallback plays; the rest is live
	Draining State = "draining" // it ends, and lets what is under way arrive
	Stopped  State = "stopped"
	Failed   State = "failed" // its restart policy decides whether it is planned again
	Lost     State = "lost"   // something inside GStreamer no longer answers; its process is given up
)

// transitions is the table of what may follow. States only go forward, but for two: live and degraded follow each
// other as branches leave and come back, and what is over may be planned anew with a new Runtime: policy begins a failed
// or lost instance again, a stopped one if it says always, and a changed graph may replace what it drained.
func transitions(s State) []State {
	switch s {
	case Planned:
		return []State{Starting, Stopped}
	case Starting:
		return []State{Live, Draining, Failed, Lost}
	case Live:
		return []State{Degraded, Draining, Failed, Lost}
	case Degraded:
		return []State{Live, Draining, Failed, Lost}
	case Draining:
		return []State{Stopped, Failed, Lost}
	case Stopped, Failed, Lost:
		return []State{Planned}
	}
	return nil
}

// To tells whether next may follow s; fault.Internal if not. A state does not follow itself.
func (s State) To(next State) error {
	if slices.Contains(transitions(s), next) {
		return nil
	}
	return fault.New(fault.Internal, "", "an instance that is %s cannot become %s", s, next)
}

// Over tells whether nothing runs any more unless policy begins it anew.
func (s State) Over() bool { return s == Stopped || s == Failed || s == Lost }
