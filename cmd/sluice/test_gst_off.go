//go:build !cgo || nogst

package main

import (
	"context"

	"sluice/engine/fault"
	contract "sluice/engine/run"
	"sluice/engine/trial"
)

// newLab makes a lab that can play, if anything can, and not look into media.
func newLab(open contract.Open) trial.Lab { return blind{open} }

// blind is a trial.Lab without GStreamer.
type blind struct{ open contract.Open }

// Open implements trial.Lab.
func (b blind) Open(id string) (contract.Runtime, error) { return b.open(id) }

// Demux implements trial.Lab.
func (blind) Demux(context.Context, string, func(contract.Passed)) error { return noGst() }

// Decode implements trial.Lab.
func (blind) Decode(context.Context, []contract.Passed, func(contract.Passed)) error { return noGst() }

func noGst() error {
	return fault.New(fault.GstUnavailable, "", "this build of sluice has no GStreamer")
}
