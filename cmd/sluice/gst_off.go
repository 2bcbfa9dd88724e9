//go:build !cgo || nogst

package main

import (
	"context"
	"log/slog"
	"time"

	"sluice/cmd/sluice/config"
	"sluice/engine/fault"
	contract "sluice/engine/run"
)

// hasGst tells whether GStreamer is part of this build.
const hasGst = false

// openGst says what to do for GStreamer.
func openGst(context.Context, *slog.Logger) (contract.Open, func(), error) {
	return nil, nil, fault.New(fault.GstUnavailable, "", "this build of sluice has no GStreamer, which runs graphs").
		Advise("build it with `make build` where GStreamer's headers are installed: as root, run .ci/setup build")
}

// loadGst has nothing to load.
func loadGst([]string) {}

// openWorkers says the same: a worker is this program again.
func openWorkers(ctx context.Context, log *slog.Logger) (contract.Open, func(), error) {
	return openGst(ctx, log)
}

// openPool has no workers to start.
func openPool(ctx context.Context, log *slog.Logger, _ config.WorkersConfig) (crew, error) {
	_, _, err := openGst(ctx, log)
	return nil, err
}

// spawner is nil, as there are no workers.
func spawner() func(context.Context) (time.Duration, error) { return nil }
