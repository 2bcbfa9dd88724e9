//go:build cgo && !nogst

package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"sluice/cmd/sluice/config"
	"sluice/engine/gst"
	contract "sluice/engine/run"
	"sluice/engine/worker"
	"sluice/engine/worker/process"
	"sluice/engine/worker/wire"
)

// hasGst tells whether GStreamer is part of this build.
const hasGst = true

// openGst starts GStreamer in this process. There is no way to end it.
func openGst(_ context.Context, log *slog.Logger) (contract.Open, func(), error) {
	open, err := gst.Open(gst.Options{Log: log})
	return open, func() {}, err
}

// loadGst loads elements ahead.
func loadGst(elements []string) { gst.Load(elements) }

// openWorkers makes a pool of worker processes for one job: each is started when it is wanted, and how one ends is in the
// job's result. What they write is passed on if somebody asked GStreamer to write; else only warnings are, as in this process.
func openWorkers(ctx context.Context, log *slog.Logger) (contract.Open, func(), error) {
	const patience = 10 * time.Second
	pool := worker.New(worker.Options{
		Args: workerArgs(), Spare: -1, Log: slog.New(slog.DiscardHandler), Line: func(text string) { passOn(log, text) },
	})
	if err := pool.Start(ctx); err != nil {
		return nil, nil, err
	}
	return pool.Open, func() {
		limit := patience
		if by, ok := ctx.Deadline(); ok {
			limit = min(limit, time.Until(by))
		}
		within, done := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer done()
		if err := pool.Stop(within); err != nil {
			log.Warn("workers did not end", "err", err)
		}
	}, nil
}

// openPool makes the pool of worker processes of a server.
func openPool(ctx context.Context, log *slog.Logger, c config.WorkersConfig) (crew, error) {
	spare := c.Spare
	if spare == 0 {
		spare = -1 // none
	}
	pool := worker.New(worker.Options{
		Args: workerArgs(), Limits: process.Limits{Files: c.Files, Nice: c.Nice}, Memory: c.Memory, Shared: c.Shared, Spare: spare,
		Most: c.Most, Log: log, Line: func(text string) { passOn(log, text) },
	})
	if err := pool.Start(ctx); err != nil {
		return nil, err
	}
	return pool, nil
}

// workerArgs are what this program is started with to be a worker.
func workerArgs() []string { return append([]string{workerVerb}, warmed()...) }

// spawner starts a worker, for doctor, and waits for its first word.
func spawner() func(context.Context) (time.Duration, error) { return spawn }

func spawn(ctx context.Context) (time.Duration, error) {
	const patience = 10 * time.Second
	path, err := os.Executable()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	p, err := process.Start(ctx, process.Command{
		Path: path, Args: workerArgs(), Env: worker.Environment(), Line: func(string) {},
	})
	if err != nil {
		return 0, err
	}
	defer func() {
		_ = p.Conn().Close() // it is killed anyway
		p.Kill()
		<-p.Done()
	}()
	if err := p.Conn().SetReadDeadline(begun.Add(patience)); err != nil {
		return 0, err
	}
	_, err = wire.New(p.Conn(), wire.NewBudget(), nil).Next()
	return time.Since(begun), err
}
