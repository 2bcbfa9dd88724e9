//go:build cgo && !nogst

package gst_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
	"weak"

	"sluice/engine/gst"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// Nothing of GStreamer's is left when all has ended, as its own tracer counts it in a process of its own.
func TestNoObjectIsLeft(t *testing.T) {
	t.Parallel()
	trace := filepath.Join(t.TempDir(), "trace")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^("+strings.Join([]string{
		"TestTranscode", "TestMixerSeats", "TestLazyBranch", "TestABranchFailsAlone", "TestABranchThatCannotBe", "TestNothingButLazySinks", "TestBlame",
	}, "|")+")$")
	child.Env = append(os.Environ(), tracing+"=1", "GST_TRACERS=leaks", "GST_DEBUG=GST_TRACER:7", "GST_DEBUG_NO_COLOR=1", "GST_DEBUG_FILE="+trace)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil || !strings.Contains(string(text), "object-alive") { // it says how it will tell, even if there is nothing
		t.Fatalf("there is no trace: %v, %d bytes", err, len(text))
	}
	for _, m := range regexp.MustCompile(`object-alive, type-name=\(string\)(Gst\w+), .*description=\(string\)(.*), ref-count`).FindAllStringSubmatch(string(text), -1) {
		if m[1] == "GstCaps" && m[2] == "EMPTY" {
			continue // opusdec's own (1.22): each time it does not like what its neighbour takes
		}
		t.Errorf("left: %s %s", m[1], m[2])
	}
}

// held is what a process holds.
type held struct{ threads, files, goroutines, kilobytes int }

func holding(t *testing.T) held {
	t.Helper()
	count := func(dir string) int {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(statm))[1])
	if err != nil {
		t.Fatal(err)
	}
	return held{count("/proc/self/task"), count("/proc/self/fd"), runtime.NumGoroutine(), pages * os.Getpagesize() / 1024}
}

// What is started and stopped many times holds no more than before. A host that is still reachable when its Runtime is stopped
// is one that a callback of GStreamer's was not taken from.
func TestManyTimes(t *testing.T) {
	track, list := units(t, "pcmu")
	p := resolve(t, template(t, "c", convertText), plan.Inputs{
		Params: map[string]any{"codec": "pcma"}, Given: given(media.Audio, media.PCMU), Want: wanted(media.Audio, media.PCMA),
	})
	in, out := only(t, p, plan.IntoGst), only(t, p, plan.OutOfGst)
	rounds := func(n int) (hosts []weak.Pointer[fake.Host]) {
		for range n {
			hosts = append(hosts, once(t, p, in, out, track, list))
		}
		return hosts
	}
	rounds(100)
	before := holding(t)
	hosts := rounds(300)
	after := holding(t)
	if after.threads > before.threads+4 || after.files > before.files+4 || after.goroutines > before.goroutines+4 || after.kilobytes > before.kilobytes+20_000 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	left := 0
	for range 3 {
		runtime.GC()
	}
	for _, h := range hosts {
		if h.Value() != nil {
			left++
		}
	}
	if left > 1 {
		t.Errorf("%d of %d hosts are still held", left, len(hosts))
	}
}

// once plays some sound from beginning to end.
func once(t *testing.T, p *plan.Plan, in, out string, track media.Track, list []*media.Unit) weak.Pointer[fake.Host] {
	t.Helper()
	open, err := gst.Open(gst.Options{Log: quietLog(), Taps: true})
	if err != nil {
		t.Fatal(err)
	}
	rt, err := open("x")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	host := fake.NewHost()
	inlets, err := rt.Prepare(ctx, p, host)
	if err == nil {
		err = rt.Start(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	give(host, inlets[in], track, list)
	inlets[in].Mark(run.End)
	if err := rt.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if err := rt.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if len(host.Port(out).Units()) == 0 {
		t.Fatal("nothing came out")
	}
	return weak.Make(host)
}
