package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sluice/elements/codec/choice"
	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	contract "sluice/engine/run"
)

// Exit codes. They are part of the command's contract and documented in `sluice help exit-codes`.
const (
	exitOK          = 0
	exitFound       = 1   // the graphs have errors, or fmt --check found differences, or a run or a test failed
	exitUsage       = 2   // the command line is wrong
	exitIO          = 3   // something could not be read, written or found
	exitInterrupted = 130 // a run was interrupted; 128 and the number of SIGINT, as shells have it
)

// app is what every verb gets: where to write and what the global flags say.
type app struct {
	in       io.Reader
	out, err io.Writer
	dir      string                          // --graphs
	registry string                          // --registry
	json     bool                            // --json
	colour   string                          // --color
	known    *element.Registry               // once asked for
	live     func() (catalog.Catalog, error) // GStreamer here; nil is this machine's
	media    mediaFlags
	choice   *choice.Choice   // of the known registry
	trials   map[string]error // of encoders on devices

	open, workers opener                            // GStreamer of this build, in this process and in others
	pool          pooled                            // GStreamer in the workers of a server
	signals       func() (<-chan os.Signal, func()) // those that end a job, and how to stop listening
	hear          func() (<-chan os.Signal, func()) // those of a server
}

// opener gives what plays plans, and what ends that when it is no longer needed.
type opener func(ctx context.Context, log *slog.Logger) (open contract.Open, stop func(), err error)

// errFound ends a verb whose findings are already written.
var errFound = errors.New("findings")

// errInterrupted ends a verb that was interrupted and has said so.
var errInterrupted = errors.New("interrupted")

// errUnread ends a verb that could not read everything and has said what.
var errUnread = errors.New("not all could be read")

// usageError marks a wrong command line.
type usageError struct{ error }

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) int {
	a := &app{in: in, out: out, err: errw, open: openGst, workers: openWorkers, pool: openPool, signals: notified, hear: heard}
	return a.main(ctx, args)
}

// main runs the verb that the arguments name.
func (a *app) main(ctx context.Context, args []string) int {
	printed := &output{to: a.out}
	a.out = printed
	root := a.root() //nolint:contextcheck // verbs get ctx from ExecuteContext
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(printed)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	if printed.err != nil { // whatever was found, nobody could read it
		err = fmt.Errorf("the output cannot be written: %w", printed.err)
	}
	return a.exit(err)
}

// exit says how it went and gives the code for it.
func (a *app) exit(err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errFound):
		return exitFound
	case errors.Is(err, errUnread):
		return exitIO
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	a.complainAll(err)
	var usage usageError
	switch {
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"): // cobra has no type for it
		return exitUsage
	case errors.Is(err, fault.LintFailed), errors.Is(err, fault.InvalidParams), errors.Is(err, fault.CodecNotAvailable),
		errors.Is(err, fault.ElementUnavailable), errors.Is(err, fault.GstUnavailable), errors.Is(err, fault.NameInUse):
		return exitFound
	}
	return exitIO
}

// complainAll writes an error that may be several.
func (a *app) complainAll(err error) {
	several, ok := err.(interface{ Unwrap() []error }) // of a wrapped one the wrapping is worth telling
	if !ok {
		a.complain(err)
		return
	}
	for _, one := range several.Unwrap() {
		a.complainAll(one)
	}
}

// complain writes an error with its remedy on lines of their own.
func (a *app) complain(err error) {
	var f *fault.Fault
	if errors.As(err, &f) {
		fmt.Fprintf(a.err, "sluice: %s[%s]: %s\n", f.Place, f.Code, f.Msg)
		if f.Hint != "" {
			fmt.Fprintf(a.err, "  %s\n", f.Hint)
		}
		if name, ok := strings.CutPrefix(f.Place, "/params/"); ok {
			fmt.Fprintf(a.err, "  on the command line: -p %s=VALUE\n", name)
		}
		return
	}
	fmt.Fprintf(a.err, "sluice: %v\n", err)
}

func (a *app) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "sluice",
		Short: "A media server whose streams pass through graphs that you can read, change and test",
		Long: `sluice runs graphs: YAML files of nodes and links that say what happens to a stream.
serve runs the server, ctl and top look into one that runs; the other verbs need none. run and test need GStreamer, and serve does
for graphs that code.`,
		Example: `  sluice lint graphs                               check every graph, all findings at once
  sluice plan jobs/transcode                       see what would run
  sluice show rooms/mixer -p room=lobby --as svg   draw it
  sluice run jobs/pattern -p length=2s             run one
  sluice serve                                     run the server`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	c.PersistentFlags().StringVar(&a.dir, "graphs", os.Getenv("SLUICE_GRAPHS"),
		"folder of your graphs, beside the shipped ones (default ./graphs if there is one; also SLUICE_GRAPHS)")
	c.PersistentFlags().StringVar(&a.registry, "registry", cmp.Or(os.Getenv("SLUICE_REGISTRY"), "auto"),
		"what is known of GStreamer: auto, live or snapshot (also SLUICE_REGISTRY)")
	c.PersistentFlags().StringVar(&a.colour, "color", "auto", "colours: auto, always or never")
	a.media.add(c)
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
	})
	c.AddCommand(a.serveCmd(), a.configCmd(), a.appsCmd(), a.lintCmd(), a.planCmd(), a.showCmd(), a.runCmd(), a.togetherCmd(), a.testCmd(),
		a.fmtCmd(), a.newCmd(), a.elementsCmd(), a.routesCmd(), a.ctlCmd(), a.explainCmd(), a.topCmd(), a.doctorCmd(), a.versionCmd(),
		a.docsCmd(), a.workerCmd(), exitCodesTopic())
	c.InitDefaultCompletionCmd()
	return c
}

// args turns cobra's argument checks into usage errors.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, list []string) error {
		if err := check(c, list); err != nil {
			return usageError{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
		}
		return nil
	}
}

// wantsJSON adds --json to a verb.
func (a *app) wantsJSON(c *cobra.Command) {
	c.Flags().BoolVar(&a.json, "json", false, "print JSON")
}

// colours tells whether to colour what goes to w: only on a terminal, and never when NO_COLOR is set.
func (a *app) colours(w io.Writer) bool {
	switch a.colour {
	case "always":
		return true
	case "never":
		return false
	}
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

func exitCodesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `Exit codes:
  0  all is well
  1  the graphs or the configuration have errors, parameters do not fit, fmt --check found differences, doctor found a failure,
     a run failed, a test failed or could not be run though it was asked for, or a server refused what ctl asked of it
  2  the command line is wrong
  3  something could not be found, read or written, a port is taken, or a server cannot be reached
  130  a run or tests were interrupted; what was under way in a run was finished. Or a server was told to end at once`,
	}
}
