package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	"sluice/engine/lint"
	contract "sluice/engine/run"
	"sluice/engine/spec"
	"sluice/engine/worker"
	"sluice/graphs"
)

// serveFlags are those of serve.
type serveFlags struct {
	configFlags
	check bool
}

func (a *app) serveCmd() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `serve opens the front doors and runs the graphs that answer what comes in through them. It needs no configuration: without
one it serves the shipped graphs on the usual ports.

Graphs are taken over as soon as their files change. SIGHUP takes over the configuration as far as that can change while the
server runs, and says what needs a restart. SIGTERM, SIGINT or Ctrl-C lets nobody new in, waits for those who are there as long
as "drain" says, and ends; a second one ends at once.

It exits with 0 once it ended, with 1 if the configuration has errors, with 3 if a port is taken or a file cannot be read, and
with 130 if it was told to end at once.`,
		Example: `  sluice serve
  sluice serve --dev                   also with TLS, by a certificate that browsers ask about
  sluice serve --check                 only look at the configuration and the graphs
  SLUICE_WEB_LISTEN=:80 sluice serve   every key can be overridden like this`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			f.graphs = c.Flags().Changed("graphs")
			return a.serve(c.Context(), &f)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&f.check, "check", false, "check the configuration and the graphs, and open nothing")
	return c
}

// serve runs the server to its end.
func (a *app) serve(ctx context.Context, f *serveFlags) error {
	loaded, err := a.configuration(&f.configFlags)
	if err != nil {
		return err
	}
	if f.check {
		a.media.adopt(&loaded.Media)
		return a.checkServer(loaded)
	}
	a.media.adopt(&loaded.Media)
	log, level := serve.NewLog(a.err, loaded.Log.Level, textual(loaded.Log.Format, a.err))
	if err := a.tryEncoders(ctx, log); err != nil {
		return err
	}
	o, err := a.serverOptions(loaded, f)
	if err != nil {
		return err
	}
	o.Log, o.Level = log, level
	if textual(loaded.Log.Format, a.err) {
		o.Say = a.out
	}
	if o.Tell, o.Guard, err = serve.Systemd(); err != nil {
		return err
	}
	// A signal is for Run to hear, which ends things in order; ctx would cut them off.
	ctx = context.WithoutCancel(ctx)
	signals, done := a.hear()
	defer done()
	s, err := serve.New(ctx, o)
	if err != nil {
		return err
	}
	if err = s.Run(ctx, signals); errors.Is(err, serve.ErrCut) {
		return errInterrupted
	}
	return err
}

// serverOptions are those of a server of this program.
func (a *app) serverOptions(loaded *config.Loaded, f *serveFlags) (serve.Options, error) {
	reg, err := a.elements()
	if err != nil {
		return serve.Options{}, err
	}
	if err := a.shun(); err != nil {
		return serve.Options{}, err
	}
	crew := &hired{pool: a.pool}
	return serve.Options{
		Config:   loaded,
		Reload:   func() (*config.Loaded, []spec.Diagnostic, error) { return config.Load(a.configOptions(&f.configFlags)) },
		Registry: reg,
		Shipped:  graphs.FS,
		Check: func(set []*spec.Graph) []spec.Diagnostic {
			return lint.Check(set, reg, lint.Options{Lacks: a.lacks()})
		},
		Workers: crew.start,
		Count:   crew.count,
		Doors:   doors(),
		About:   "sluice " + release,
	}, nil
}

// checkServer checks what can be checked without opening anything. What is wrong with the configuration was said before.
func (a *app) checkServer(loaded *config.Loaded) error {
	if err := serve.Check(&loaded.Config); err != nil {
		return err
	}
	set, err := a.load(loaded.Graphs)
	if err != nil {
		return err
	}
	if err := a.findings(set, func(string) bool { return true }); err != nil {
		return err
	}
	name := loaded.File
	if name == "" {
		name = "no file, defaults"
	}
	fmt.Fprintf(a.out, "configuration: %s\ngraphs: %d, none with errors\n", name, len(set.Graphs()))
	return nil
}

// textual tells whether the log is lines of text.
func textual(format string, w io.Writer) bool {
	if format != "auto" {
		return format == "text"
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// heard hears the signals that a server listens to.
func heard() (<-chan os.Signal, func()) {
	const several = 8
	c := make(chan os.Signal, several)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}

// pooled starts GStreamer's workers for a server.
type pooled func(ctx context.Context, log *slog.Logger, c config.WorkersConfig) (crew, error)

// crew are GStreamer's workers, as *worker.Pool has them.
type crew interface {
	Open(id string) (contract.Runtime, error)
	Stop(ctx context.Context) error
	Counts() worker.Counts
	Past() worker.Past
}

// hired is the crew of one server, once it has one. Safe for concurrent use.
type hired struct {
	pool pooled
	crew atomic.Pointer[crew]
}

// start starts the crew.
func (h *hired) start(ctx context.Context, log *slog.Logger, c config.WorkersConfig) (contract.Open, serve.Stop, error) {
	pool, err := h.pool(ctx, log, c)
	if err != nil {
		return nil, nil, err
	}
	h.crew.Store(&pool)
	return pool.Open, pool.Stop, nil
}

// count counts them; false if there are none.
func (h *hired) count() (worker.Counts, worker.Past, bool) {
	pool := h.crew.Load()
	if pool == nil {
		return worker.Counts{}, worker.Past{}, false
	}
	return (*pool).Counts(), (*pool).Past(), true
}
