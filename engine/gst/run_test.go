//go:build cgo && !nogst

package gst_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	binding "github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/gst"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// tracing is the variable that makes GStreamer end with this process, which then tells what is left of its objects.
const tracing = "SLUICE_TEST_TRACES"

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if os.Getenv(tracing) != "" {
			binding.Deinit()
		}
		os.Exit(code) //nolint:forbidigo // goleak leaves that to its cleanup
	}))
}

// within gives a context that ends a test that hangs.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open makes a Runtime and stops it after the test.
func open(t testing.TB) run.Runtime {
	t.Helper()
	return openWith(t, gst.Options{})
}

func openWith(t testing.TB, o gst.Options) run.Runtime {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Log = log
	openIt, err := gst.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	rt, err := openIt(t.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := rt.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return rt
}

// clip makes a two-second FLV with H.264 and AAC by a stranger's hand.
func clip(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bars.flv")
	launch(t, "videotestsrc num-buffers=50 ! video/x-raw,format=I420,width=320,height=180,framerate=25/1 ! x264enc speed-preset=ultrafast "+
		"key-int-max=25 ! h264parse ! flvmux name=m ! filesink location="+path+" audiotestsrc num-buffers=94 samplesperbuffer=1024 ! "+
		"audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse ! m.")
	return path
}

func launch(t testing.TB, line string) {
	t.Helper()
	program.Need(t, "gst-launch-1.0")
	program.Start(t, "sh", "-c", "exec gst-launch-1.0 --no-fault -q "+line).Wait()
}

// ended waits until a node has ended; an error of the Runtime ends the test.
func ended(t testing.TB, host *fake.Host, node string) {
	t.Helper()
	for {
		n, err := host.Next(within(t))
		if err != nil {
			t.Fatalf("%s does not end: %v", node, err)
		}
		if n.Kind == run.Broken {
			t.Fatalf("broken: %v", n.Err)
		}
		if n.Kind == run.NodeEnded && n.Node == node {
			return
		}
	}
}

// begin prepares and starts.
func begin(t testing.TB, rt run.Runtime, p *plan.Plan) (*fake.Host, run.Inlets) {
	t.Helper()
	host := fake.NewHost()
	inlets, err := rt.Prepare(within(t), p, host)
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	if err := rt.Start(within(t)); err != nil {
		t.Fatalf("start: %v", err)
	}
	return host, inlets
}

func TestTranscode(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.webm")
	rt := open(t)
	host, _ := begin(t, rt, compile(t, "jobs/transcode", map[string]any{"source": clip(t), "target": out}))
	ended(t, host, "write")
	if err := rt.Drain(within(t)); err != nil {
		t.Fatal(err)
	}
	rep, err := rt.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range rep.Samples {
		if s.Name == "venc" && s.Counts.Units != 50 {
			t.Errorf("the encoder gave %d frames, not 50", s.Counts.Units)
		}
	}
	if rep.Length < 1900*time.Millisecond || rep.Position < 1900*time.Millisecond {
		t.Errorf("at %s of %s", rep.Position, rep.Length)
	}
	if info, err := os.Stat(out); err != nil || info.Size() < 10_000 {
		t.Errorf("%v, %v", info, err)
	}
	launch(t, "filesrc location="+out+" ! matroskademux ! vp8dec ! fakesink")
}

func TestAMissingFileIsBlamedOnItsNode(t *testing.T) {
	rt, host := open(t), fake.NewHost()
	p := compile(t, "jobs/transcode", map[string]any{"source": filepath.Join(t.TempDir(), "none.flv"), "target": filepath.Join(t.TempDir(), "x.webm")})
	if _, err := rt.Prepare(within(t), p, host); err != nil {
		t.Fatal(err)
	}
	err := rt.Start(within(t))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != fault.ResourceNotFound || f.Place != "read" {
		t.Errorf("%v", err)
	}
}
