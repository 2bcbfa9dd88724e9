//go:build cgo && !nogst

package trials_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"go.uber.org/goleak"

	"sluice/engine/gst"
	"sluice/engine/worker"
)

// mode is the variable that makes this test binary a worker.
const mode = "SLUICE_TRIALS_WORKER"

// Its values: as servers have them, and with pipelines also where a chain without threads would do.
const (
	chains    = "chains"
	pipelines = "pipelines"
)

func TestMain(m *testing.M) {
	if as := os.Getenv(mode); as != "" {
		os.Exit(child(as)) //nolint:forbidigo // this process is a worker
	}
	goleak.VerifyTestMain(m)
}

// child is the worker's side; it is what cmd/sluice does.
func child(as string) int {
	conn, err := worker.Inherited()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer conn.Close()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	open, err := gst.Open(gst.Options{Log: log, Taps: as == pipelines})
	if err == nil {
		err = worker.Serve(context.Background(), conn, worker.ServeOptions{Open: open, Log: log})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
