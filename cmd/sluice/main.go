// Command sluice lints, plans, draws, documents, runs and tests graphs. It wires the engine, the elements and
// the doors together and holds no logic of its own.
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() { os.Exit(start()) }

func start() int {
	if isWorker(os.Args[1:]) {
		return serveWorker(os.Args[2:], os.Stderr)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
