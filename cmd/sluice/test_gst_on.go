//go:build cgo && !nogst

package main

import (
	"sluice/engine/gst/lab"
	contract "sluice/engine/run"
	"sluice/engine/trial"
)

// newLab makes what tests look into media with.
func newLab(open contract.Open) trial.Lab { return lab.New(open) }
