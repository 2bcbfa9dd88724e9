//go:build cgo && !nogst

package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/cmd/sluice/able"
	"sluice/engine/element/catalog"
	"sluice/engine/enginetest/program"
	"sluice/engine/gst/registry"
	"sluice/engine/plan"
	contract "sluice/engine/run"
)

// struck is a Runtime whose worker is struck by a signal before media flows, as by a driver.
type struck struct {
	contract.Runtime
	by syscall.Signal
}

func (s struck) Prepare(ctx context.Context, p *plan.Plan, host contract.Host) (contract.Inlets, error) {
	in, err := s.Runtime.Prepare(ctx, p, host)
	if err != nil || s.by == 0 {
		return in, err
	}
	r, err := s.Inspect(ctx)
	if err != nil {
		return in, err
	}
	return in, syscall.Kill(r.PID, s.by)
}

// TestTrials: encoders are tried in workers of their own. One that works passes, one that is not there, crashes or hangs does not,
// and none of it harms whoever asked.
func TestTrials(t *testing.T) {
	cat, err := registry.Open()
	if err != nil {
		t.Skipf("GStreamer does not start here: %v", err)
	}
	for name, c := range map[string]struct {
		encoder string
		by      syscall.Signal
		limit   time.Duration
		want    string
	}{
		"it works":         {encoder: "x264enc"},
		"it is not there":  {encoder: "vah264enc", want: "vah264enc"},
		"it crashes":       {encoder: "x264enc", by: syscall.SIGSEGV, want: "the worker died"},
		"it hangs":         {encoder: "x264enc", by: syscall.SIGSTOP, limit: time.Second, want: "it gave no picture within 1s"},
		"openh264 as well": {encoder: "openh264enc"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, there := cat.Factory(c.encoder); c.want == "" && !there {
				t.Skipf("this machine has no %s", c.encoder)
			}
			open, stop, err := openWorkers(t.Context(), slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			tried := able.Trials{Catalog: cat, Limit: c.limit, Open: func(id string) (contract.Runtime, error) {
				rt, err := open(id)
				return struck{rt, c.by}, err
			}}
			if c.limit == 0 {
				tried.Limit = time.Minute // of a machine that is busy
			}
			err = tried.One(t.Context(), c.encoder)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("it is %v, not %q", err, c.want)
			}
		})
	}
}

// card is a machine with a graphics card whose encoder GStreamer lists, and which answers nobody.
type card struct{ catalog.Catalog }

func (c card) Factory(name string) (*catalog.Factory, bool) {
	f, ok := c.Catalog.Factory(name)
	if name == "nvh264enc" && !ok {
		like, _ := c.Catalog.Factory("x264enc")
		mine := *like
		mine.Name, mine.Plugin, mine.Licence = name, "nvcodec", "LGPL"
		return &mine, true
	}
	return f, ok
}

// TestWithoutTheCard: with a card that fails its trial, graphs are planned with what needs none.
func TestWithoutTheCard(t *testing.T) {
	cat, err := registry.Open()
	if err != nil {
		t.Skipf("GStreamer does not start here: %v", err)
	}
	a := &app{registry: "auto", workers: openWorkers, live: func() (catalog.Catalog, error) { return card{cat}, nil }}
	if err := a.tryEncoders(t.Context(), slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if err, tried := a.trials["nvh264enc"]; !tried || err == nil {
		t.Fatalf("trials are %v", a.trials)
	}
	if _, err := a.elements(); err != nil {
		t.Fatal(err)
	}
	for _, v := range a.choice.Verdicts() {
		if v.Codec == "h264" && (v.Encoder != "x264enc" || len(v.Others) != 1 || !strings.Contains(v.Others[0], "nvh264enc failed its trial")) {
			t.Errorf("H.264: %+v", v)
		}
	}
}

// TestWithoutTheGPL: what may not be used is taken by nobody, also not by decodebin in a worker.
func TestWithoutTheGPL(t *testing.T) {
	studio(t)
	const graph = `graph: v1
about: Decodes whatever is in a file.
nodes:
  read: filesrc location=bars.flv
  demux: flvdemux
  parse: aacparse
  dec: decodebin3
  out: fakesink
links:
  - read -> demux
  - demux.audio -> parse -> dec
  - dec -> [audio/x-raw] -> out
`
	file := filepath.Join(t.TempDir(), "any.yaml")
	if err := os.WriteFile(file, []byte(graph), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errw := sluice(t, "run", "--worker", file); code != exitOK {
		t.Fatalf("exit %d: %s%s", code, out, errw)
	}
	// In a process of its own, because the ranks of elements stay as they are.
	cmd := program.Command(t, "sluice", "run", "--worker", "--licence", "lgpl", file) // as testscript has put it in the path
	p := program.Run(t, cmd)
	err, said := p.Ended(), p.Said()
	if cmd.ProcessState.ExitCode() != exitFound || !strings.Contains(said, "audio/mpeg") {
		t.Errorf("without the GPL: %v: %s", err, said)
	}
}
