package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/worker"
)

// workerVerb is what this program is started with to be a worker.
const workerVerb = "worker"

// warmed lists elements that workers load while they wait for something to do: what takes long to load and is likely to be
// needed. A worker is warm when the first instance comes, and its own memory is the larger for it.
func warmed() []string { return []string{"avdec_h264"} }

// isWorker tells whether the arguments make this process a worker. It is asked before everything else: a worker's start is
// waited for, and needs none of the command line.
func isWorker(args []string) bool {
	return len(args) > 0 && args[0] == workerVerb && !slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-") })
}

// serveWorker serves the server that started this process, until it closes the socket, and gives the exit code. elements
// are loaded ahead.
func serveWorker(elements []string, errw io.Writer) int {
	if err := serveSocket(context.Background(), elements, errw); err != nil {
		(&app{err: errw}).complain(err)
		return exitIO
	}
	return exitOK
}

func serveSocket(ctx context.Context, elements []string, errw io.Writer) error {
	conn, err := worker.Inherited()
	if err != nil {
		return err
	}
	defer conn.Close()    //nolint:errcheck // whoever would care is at the other end
	log := warnings(errw) // the server reads its lines and gives them times
	open, stop, err := openGst(ctx, log)
	if err != nil {
		return err
	}
	defer stop()
	return worker.Serve(ctx, conn, worker.ServeOptions{Open: open, Warm: func() { loadGst(elements) }, Log: log})
}

// workerCmd keeps the verb known to the command line, where nobody needs it.
func (a *app) workerCmd() *cobra.Command {
	return &cobra.Command{
		Use:    workerVerb + " [ELEMENT...]",
		Short:  "Play plans for the server that started this process",
		Hidden: true,
		Args:   args(cobra.ArbitraryArgs),
		RunE: func(c *cobra.Command, list []string) error {
			if err := serveSocket(c.Context(), list, a.err); err != nil {
				return fmt.Errorf("%s: %w", workerVerb, err)
			}
			return nil
		},
	}
}
