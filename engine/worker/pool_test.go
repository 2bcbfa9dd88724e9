package worker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
	"sluice/engine/worker/process"
)

func TestASpareIsKeptWarm(t *testing.T) {
	p, log := start(t, "serve", nil)
	log.await(t, "a worker is ready", 1)
	if c := p.Counts(); c != (worker.Counts{Workers: 1, Spare: 1}) {
		t.Errorf("%+v", c)
	}
	i := started(t, p, echoing("", "own"))
	log.await(t, "a worker is ready", 2)
	if c := p.Counts(); c != (worker.Counts{Workers: 2, Spare: 1}) {
		t.Errorf("%+v", c)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	if c := p.Counts(); c.Spare != 1 || c.Died != 0 {
		t.Errorf("%+v", c)
	}
}

// Without a spare, a worker is started when an instance wants one, and no other.
func TestNoSpare(t *testing.T) {
	p, log := start(t, "serve", func(o *worker.Options) { o.Spare = -1 })
	if c := p.Counts(); c != (worker.Counts{}) {
		t.Errorf("before: %+v", c)
	}
	i := started(t, p, echoing("", "own"))
	if c := p.Counts(); c != (worker.Counts{Workers: 1}) {
		t.Errorf("with an instance: %+v", c)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "a worker is ready"); n != 1 {
		t.Errorf("%d workers were started", n)
	}
}

// What a worker writes goes where the server wants it, without its secrets.
func TestLinesOfWorkers(t *testing.T) {
	lines := make(chan string, 2000)
	p, log := start(t, "serve", func(o *worker.Options) { o.Line = func(text string) { lines <- text } })
	started(t, p, echoing("", "own")).act(t, "noise", nil)
	select {
	case got := <-lines:
		if got != "line 0" {
			t.Errorf("%q", got)
		}
	case <-time.After(patience):
		t.Error("no line came")
	}
	if strings.Contains(log.String(), "line 0") {
		t.Errorf("it is logged, too: %s", log)
	}
}

// A spare that dies is replaced, and nobody who comes meanwhile is refused.
func TestADeadSpareIsReplaced(t *testing.T) {
	p, log := start(t, "serve", nil)
	log.await(t, "a worker is ready", 1)
	var pid int
	_, after, _ := strings.Cut(log.String(), "worker=")
	if _, err := fmt.Sscan(after, &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	log.await(t, "signal 9", 1)
	started(t, p, echoing("", "own"))
	if c := p.Counts(); c.Died != 1 {
		t.Errorf("%+v", c)
	}
	if past := p.Past(); past.Deaths[fault.GstElement] != 1 || len(past.Deaths) != 1 || past.Starts.Count < 2 || past.Failures != 0 {
		t.Errorf("%+v", past)
	}
}

func TestAWorkerThatCannotStart(t *testing.T) {
	for name, c := range map[string]struct {
		as, path string
		ready    time.Duration
		says     []string
	}{
		"exits":       {as: "exit", says: []string{"exit code 7", "cannot find libcodec", "doctor"}},
		"not there":   {path: filepath.Join(t.TempDir(), "nothing"), says: []string{"nothing"}},
		"says nought": {as: "mute", ready: 50 * time.Millisecond, says: []string{"said nothing for 50ms"}},
		"is old":      {as: "old", says: []string{"restart the server"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, log := start(t, c.as, func(o *worker.Options) {
				if c.path != "" {
					o.Path = c.path
				}
				if c.ready > 0 {
					o.Ready = c.ready
				}
			})
			_, err := opened(t, p).Prepare(within(t, patience), echoing("", "own"), fake.NewHost())
			if fault.CodeOf(err) != fault.GstUnavailable || !strings.HasPrefix(err.Error(), "test#1: no worker can be started") {
				t.Errorf("%v", err)
			}
			for _, text := range c.says {
				if err == nil || !strings.Contains(err.Error(), text) {
					t.Errorf("%v does not say %q", err, text)
				}
			}
			log.await(t, "again_in=400ms", 1)
			if n := strings.Count(log.String(), "no worker can be started"); n > 4 || !strings.Contains(log.String(), "again_in=200ms") {
				t.Errorf("%d tries, and the pause does not grow", n)
			}
		})
	}
}

// A worker that dies whenever it is ready does not keep the machine busy: the pause before the next grows, and each dies once.
func TestASpareThatNeverLives(t *testing.T) {
	_, log := start(t, "once", nil)
	log.await(t, "again_in=400ms", 1)
	said := log.String()
	before, _, _ := strings.Cut(said, "again_in=400ms")
	if strings.Count(before, "again_in=100ms") != 1 || strings.Count(before, "again_in=200ms") != 1 {
		t.Error("the pause does not grow")
	}
	if n := strings.Count(before, "exit code 9"); n > 3 {
		t.Errorf("%d workers died before the third pause", n)
	}
}

func TestStopWhileWaitingForAWorker(t *testing.T) {
	p, _ := start(t, "mute", nil)
	rt := opened(t, p)
	result := make(chan error)
	go func() {
		_, err := rt.Prepare(within(t, patience), echoing("", "own"), fake.NewHost())
		result <- err
	}()
	if err := rt.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the result", result); fault.CodeOf(err) != fault.Closed {
		t.Errorf("%v", err)
	}
	_, err := opened(t, p).Prepare(soon(t, true), echoing("", "own"), fake.NewHost())
	if fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("out of time: %v", err)
	}
}

func TestNoMoreWorkersThanAllowed(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Most = 1 })
	i := started(t, p, echoing("", "own"))
	_, err := opened(t, p).Prepare(within(t, patience), echoing("", "own"), fake.NewHost())
	if fault.CodeOf(err) != fault.Overloaded || !strings.Contains(err.Error(), "all 1 workers") {
		t.Errorf("%v", err)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	started(t, p, echoing("", "own"))
}

func TestAPoolThatIsNotRunning(t *testing.T) {
	p := worker.New(worker.Options{Path: os.Args[0]})
	prepare := func() fault.Code {
		rt, err := p.Open("x")
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.Prepare(within(t, patience), echoing("", "own"), fake.NewHost())
		return fault.CodeOf(err)
	}
	if code := prepare(); code != fault.Closed {
		t.Errorf("before start: %s", code)
	}
	if err := p.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	if err := p.Start(context.Background()); fault.CodeOf(err) != fault.Internal {
		t.Errorf("start after stop: %v", err)
	}
	if code := prepare(); code != fault.Closed {
		t.Errorf("after stop: %s", code)
	}
}

// Thirty-two share a worker; its death is theirs, and nobody else's.
func TestSharedWorker(t *testing.T) {
	p, _ := start(t, "serve", nil)
	var all []*instance
	for range 33 {
		all = append(all, started(t, p, echoing("", "shared")))
	}
	pid, other := all[0].pid(t), all[32].pid(t)
	for n, i := range all[:32] {
		if got := i.pid(t); got != pid {
			t.Fatalf("instance %d is in %d, not %d", n, got, pid)
		}
	}
	if other == pid || p.Counts().Shared != 2 || p.Counts().Instances != 33 {
		t.Errorf("the last is in %d; %+v", other, p.Counts())
	}
	if err := all[5].Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	if all[5] = started(t, p, echoing("", "shared")); all[5].pid(t) != pid {
		t.Error("a free place is not used")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	for n, i := range all[:32] {
		if told := i.next(t); told.Kind != run.Broken || !strings.Contains(told.Err.Error(), "signal 9") {
			t.Errorf("instance %d is told %+v", n, told)
		}
	}
	if all[32].pid(t) != other {
		t.Error("the other worker is gone too")
	}
	if _, err := all[32].Apply(within(t, patience), do("pid")); err != nil {
		t.Error(err)
	}
}

// One that hangs in a shared worker takes the others with it, who are told why.
func TestOneHangsInASharedWorker(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Grace = 100 * time.Millisecond })
	good, bad := started(t, p, echoing("", "shared")), started(t, p, echoing("hang in stop", "shared"))
	if err := bad.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	if n := good.next(t); n.Kind != run.Broken || fault.CodeOf(n.Err) != fault.Lost || !strings.Contains(n.Err.Error(), "does not stop") {
		t.Errorf("%+v", n)
	}
	if again := started(t, p, echoing("", "shared")); again.pid(t) == good.pid(t) {
		t.Error("it is used again")
	}
}

// The last one out of a shared worker ends it.
func TestASharedWorkerEnds(t *testing.T) {
	p, _ := start(t, "serve", nil)
	a, b := started(t, p, echoing("", "shared")), started(t, p, echoing("", "shared"))
	pid := a.pid(t)
	for _, i := range []*instance{a, b} {
		if err := i.Stop(within(t, patience)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("the process is there: %v", err)
	}
}

// Neither the end of its socket nor SIGTERM ends this one.
func TestAStubbornWorkerIsKilled(t *testing.T) {
	p, _ := start(t, "stubborn", func(o *worker.Options) { o.Grace = 50 * time.Millisecond })
	i := started(t, p, echoing("", "own"))
	pid := i.pid(t)
	if err := i.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("the process is there: %v", err)
	}
	late := started(t, p, echoing("", "own"))
	gone, cancel := context.WithDeadline(context.Background(), time.Now())
	defer cancel()
	if err := late.Stop(gone); err != nil {
		t.Errorf("without any time: %v", err)
	}
}

// The end of the pool is the end of its workers, and their hosts are told.
func TestPoolStops(t *testing.T) {
	p, _ := start(t, "serve", nil)
	own, shared := started(t, p, echoing("", "own")), started(t, p, echoing("hang in stop", "shared"))
	if err := p.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	for _, i := range []*instance{own, shared} {
		if n := i.next(t); n.Kind != run.Broken || fault.CodeOf(n.Err) != fault.Closed {
			t.Errorf("told %+v", n)
		}
		if _, err := i.Apply(within(t, patience), do("pid")); fault.CodeOf(err) != fault.Closed {
			t.Errorf("a call: %v", err)
		}
	}
	if c := p.Counts(); c.Workers != 0 || c.Died != 0 {
		t.Errorf("%+v", c)
	}
}

func TestLimitsOfWorkers(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Limits = process.Limits{Files: 234, CPU: 3600, Nice: 3} })
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", started(t, p, echoing("", "own")).pid(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Max core file size 0 0", "Max open files 234 234", "Max cpu time 3600 3600"} {
		if !strings.Contains(strings.Join(strings.Fields(string(text)), " "), want) {
			t.Errorf("not %q:\n%s", want, text)
		}
	}
}

func TestNoiseIsBounded(t *testing.T) {
	p, log := start(t, "serve", nil)
	i := started(t, p, echoing("", "own"))
	i.act(t, "noise", nil)
	if err := i.Stop(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(log.String(), "worker says"); n < 50 || n > 150 {
		t.Errorf("%d of 1000 lines are logged", n)
	}
}
