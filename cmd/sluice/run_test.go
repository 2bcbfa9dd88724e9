package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"

	"sluice/engine/fault"
	contract "sluice/engine/run"
	"sluice/engine/run/fake"
)

// stage is where a command plays without GStreamer.
type stage struct {
	err     error // of opening
	fails   error // of playing
	endless bool
	signals chan os.Signal
	shared  bool // it was asked for workers
	stopped int  // how often what opens was ended
}

// instant is a Runtime that is through as soon as it plays, or, of an endless stage, is interrupted then.
type instant struct {
	*fake.Runtime
	s *stage
}

// Start implements contract.Runtime.
func (i instant) Start(ctx context.Context) error {
	err := i.Runtime.Start(ctx)
	i.Tell(contract.Notice{Kind: contract.FirstMedia, Node: "a"})
	switch {
	case i.s.fails != nil:
		i.Tell(contract.Notice{Kind: contract.Broken, Node: "b", Err: i.s.fails})
	case i.s.endless:
		i.s.signals <- syscall.SIGTERM
	default:
		i.Tell(contract.Notice{Kind: contract.NodeEnded, Node: "a"})
	}
	return err
}

// sluice runs a command on the stage.
func (s *stage) sluice(t *testing.T, args ...string) (code int, out, errw string) {
	t.Helper()
	s.signals = make(chan os.Signal, 1)
	open := func(_ context.Context, _ *slog.Logger) (contract.Open, func(), error) {
		return func(string) (contract.Runtime, error) { return instant{fake.New(), s}, nil }, func() { s.stopped++ }, s.err
	}
	var o, e bytes.Buffer
	a := &app{
		in: strings.NewReader(""), out: &o, err: &e, open: open, signals: func() (<-chan os.Signal, func()) { return s.signals, func() {} },
		workers: func(ctx context.Context, log *slog.Logger) (contract.Open, func(), error) {
			s.shared = true
			return open(ctx, log)
		},
	}
	code = a.main(t.Context(), append([]string{"--registry", "snapshot"}, args...))
	return code, o.String(), e.String()
}

const copying = `graph: v1
about: Copies a file.
params:
  from: {type: file, default: in.bin}
  to: {type: file, default: out.bin}
nodes:
  a: filesrc location=$from
  b: filesink location=$to
links:
  - a -> b
`

// desk is a folder with a graph and a file in it, where a test then is.
func desk(t *testing.T, graph string) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("SLUICE_GRAPHS", "")
	for name, text := range map[string]string{"g.yaml": graph, "in.bin": "x"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRun(t *testing.T) {
	for name, c := range map[string]struct {
		s      stage
		before string // a file that is there
		args   string
		code   int
		out    string // parts of what is printed
		err    string
	}{
		"ends":         {stage{}, "", "", exitOK, "s\n", ""},
		"quiet":        {stage{}, "", "--quiet", exitOK, "", ""},
		"json":         {stage{}, "", "--json", exitOK, `"end": "ended"`, ""},
		"worker":       {stage{}, "", "--worker", exitOK, "s\n", ""},
		"interrupted":  {stage{endless: true}, "", "", exitInterrupted, "interrupted, and ended properly", "interrupt again to stop at once"},
		"for":          {stage{endless: true}, "", "--for 1h", exitInterrupted, "", ""},
		"fails":        {stage{fails: fault.New(fault.MediaCorrupt, "b", "it is broken")}, "", "", exitFound, "", "sluice: g#run/b[media_corrupt]: it is broken\n  the input is damaged"},
		"fails, json":  {stage{fails: fault.New(fault.MediaCorrupt, "b", "it is broken")}, "", "--json", exitFound, `"code": "media_corrupt"`, ""},
		"lost":         {stage{fails: fault.New(fault.Lost, "b", "it hangs")}, "", "", exitFound, "", "sluice: g#run/b[lost]: it hangs\n  an element hangs"},
		"no GStreamer": {stage{err: fault.New(fault.GstUnavailable, "", "none")}, "", "", exitFound, "", "[gst_unavailable]: none\n  `sluice doctor`"},
		"there":        {stage{}, "out.bin", "", exitFound, "", `sluice: g/b[name_in_use]: "out.bin" is there already` + "\n  --overwrite"},
		"there, json":  {stage{}, "out.bin", "--json", exitFound, `"hint": "--overwrite replaces it`, ""},
		"overwritten":  {stage{}, "out.bin", "-y", exitOK, "out.bin: 1 B", ""},
		"no input":     {stage{}, "", "-p from=none.bin", exitFound, "", `there is no file "none.bin" to read`},
		"no parameter": {stage{}, "", "-p form=none.bin", exitUsage, "", `did you mean "from"?`},
		"time":         {stage{}, "", "--for -1s", exitUsage, "", "above 0"},
		"no time":      {stage{}, "", "--for soon", exitUsage, "", "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			desk(t, copying)
			if c.before != "" {
				if err := os.WriteFile(c.before, []byte("x"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s := c.s
			code, out, errw := s.sluice(t, append([]string{"run", "g.yaml"}, strings.Fields(c.args)...)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(errw, c.err) {
				t.Errorf("exit %d, want %d; out\n%s\nerr\n%s", code, c.code, out, errw)
			}
			if strings.Contains(errw, "level=ERROR") {
				t.Errorf("the log says what the result says: %s", errw)
			}
			if c.args == "--quiet" && out+errw != "" {
				t.Errorf("quiet says %q", out+errw)
			}
			if strings.Contains(c.args, "--json") && !json.Valid([]byte(out)) {
				t.Errorf("no JSON: %s", out)
			}
			if s.shared != (c.args == "--worker") || code == exitOK && s.stopped != 1 {
				t.Errorf("workers %t, stopped %d times", s.shared, s.stopped)
			}
		})
	}
}

func TestRunRefusesWhatNeedsAServer(t *testing.T) {
	desk(t, copying)
	for graph, says := range map[string]string{
		"live/rtmp":   `live/rtmp/in[element_unavailable]: "in" (rtmp.in)`,
		"jobs/record": `jobs/record/in[element_unavailable]: "in" (stream.in)`,
	} {
		args := []string{"run", graph}
		if graph == "jobs/record" {
			args = append(args, "-p", "stream=x")
		}
		code, out, errw := new(stage).sluice(t, args...)
		if code != exitFound || out != "" || !strings.Contains(errw, says) || !strings.Contains(errw, "`mock`") {
			t.Errorf("exit %d: %s%s", code, out, errw)
		}
	}
}

func TestRunWantsItsEnvironment(t *testing.T) {
	desk(t, strings.Replace(copying, "default: out.bin", "default: $env.SLUICE_TEST_TARGET", 1))
	if code, _, errw := new(stage).sluice(t, "run", "g.yaml"); code != exitFound || !strings.Contains(errw, "$env.SLUICE_TEST_TARGET is not set") {
		t.Errorf("exit %d: %s", code, errw)
	}
	t.Setenv("SLUICE_TEST_TARGET", "new.bin")
	if code, _, errw := new(stage).sluice(t, "run", "g.yaml"); code != exitOK {
		t.Errorf("exit %d: %s", code, errw)
	}
}

func TestRunTellsWhatIsLazy(t *testing.T) {
	desk(t, `graph: v1
about: A picture when somebody asks.
nodes:
  a: videotestsrc is-live=true
  b: fakesink
  c: {element: snapshot.out, lazy: 5s}
links:
  - a -> b
  - a -> c
`)
	code, _, errw := new(stage).sluice(t, "run", "g.yaml")
	if code != exitOK || !strings.Contains(errw, "sluice: c is lazy, and nobody reads it here: it does not run\n") {
		t.Errorf("exit %d: %s", code, errw)
	}
}
