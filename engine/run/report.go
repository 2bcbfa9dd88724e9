package run

import (
	"time"

	"sluice/engine/stat"
)

// Report is how a Runtime is at one moment.
type Report struct {
	Phase  Phase         `json:"phase"`
	Plan   string        `json:"plan,omitempty"`  // the hash of the plan it plays; "" before Prepare
	Stale  bool          `json:"stale,omitempty"` // it did not answer in time: these are old news
	PID    int           `json:"pid,omitempty"`   // of the worker; 0 in process
	CPU    time.Duration `json:"cpu"`             // used so far by the worker, or by this Runtime's threads if known
	Memory int64         `json:"memory"`          // bytes held by the worker; 0 if not known
	// Position is how far sinks and muxers have come in running time, and Length how long the sources are if they say so, as
	// files do. Otherwise they are 0.
	Position time.Duration `json:"position,omitempty"`
	Length   time.Duration `json:"length,omitempty"`
	Lazy     []string      `json:"lazy,omitempty"`    // lazy branches and pipelines that run, sorted
	Samples  []Sample      `json:"samples,omitempty"` // sorted by kind and name
}

// Metered is a Runtime that can say at once what its process has used, without asking it.
type Metered interface {
	// Usage is false where that is not known: before Prepare, after the end.
	Usage() (Usage, bool)
}

// Usage is what a process has used.
type Usage struct {
	PID int
	CPU time.Duration // in all
}

// SampleKind says what a Sample is about.
type SampleKind string

// The kinds of samples.
const (
	OfNode   SampleKind = "node"   // what left a node
	OfQueue  SampleKind = "queue"  // a queue of the compiler's
	OfBridge SampleKind = "bridge" // what crossed
)

// Sample is the counts of one part of a plan.
type Sample struct {
	Kind   SampleKind    `json:"kind"`
	Name   string        `json:"name"` // of the node, element or bridge
	Counts stat.Snapshot `json:"counts"`
	// Silent is how long ago the last unit passed; negative if none has. Watchdogs go by this.
	Silent time.Duration `json:"silent"`
}
