// Package job runs one plan while somebody waits for it: it shows progress, ends it properly when it is interrupted, and tells
// at the end what came of it. It refuses plans that need a server, and plans that would destroy files. It plays nothing itself:
// that is a Runtime's business, and keeping to the plan's policy an instance's.
package job

import (
	"context"
	"log/slog"
	"os"
	"time"

	"sluice/cmd/sluice/progress"
	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Job is what is to be run, and how. It is run once.
type Job struct {
	Graph    string // its name, for messages
	Template instance.Template
	Inputs   plan.Inputs
	Plan     *plan.Plan // as Template gives it for Inputs
	Spec     func(name string) (*element.Spec, bool)
	Open     run.Open
	Log      *slog.Logger
	For      time.Duration     // end it properly after so long; 0 lets it run to its end
	Signals  <-chan os.Signal  // the first ends it properly, the second at once
	Progress *progress.Printer // nil shows none
	Say      func(text string) // tells the user something meanwhile; nil tells nothing
}

// id is the instance's, which is shown in places of faults: "jobs/transcode#run/venc".
const id = "run"

// refresh is how often progress is shown.
const refresh = 200 * time.Millisecond

// Run runs the job to its end. ctx being done is like a first signal.
func (j Job) Run(ctx context.Context) *Result {
	r := j.begin()
	last := &last{}
	super := supervisor.New(supervisor.Options{Open: last.watch(j.Open), Log: j.Log})
	spec := instance.Spec{ID: id, Template: j.Template, Inputs: j.Inputs, Once: true}
	// Only its own end, a signal or the time given end the job.
	inst, err := super.Start(context.WithoutCancel(ctx), spec)
	if err != nil {
		return r.close(err, run.Report{})
	}
	j.wait(ctx, inst, r)
	if j.Progress != nil {
		j.Progress.Clear()
	}
	return r.close(inst.Err(), last.report())
}

// playing is what a job wants of an instance.
type playing interface {
	Done() <-chan struct{}
	Drain(limit time.Duration)
	Report(ctx context.Context) instance.Report
}

// wait waits for the instance's end and for whatever asks for it.
func (j Job) wait(ctx context.Context, inst playing, r *Result) {
	ticker := time.NewTicker(refresh)
	defer ticker.Stop()
	var over <-chan time.Time
	if j.For > 0 {
		timer := time.NewTimer(j.For)
		defer timer.Stop()
		over = timer.C
	}
	asked, signals := ctx.Done(), 0
	for {
		select {
		case <-inst.Done():
			return
		case <-ticker.C:
			j.show(ctx, inst, r)
		case <-over:
			r.End = Timed
			inst.Drain(-1)
		case <-asked: // the same signal comes below, too
			asked = nil
			j.interrupt(inst, r)
		case <-j.Signals:
			if signals++; signals > 1 {
				j.say("stopping at once")
				r.Cut = true
				inst.Drain(0)
				continue
			}
			j.interrupt(inst, r)
		}
	}
}

// interrupt ends the job properly, the first time.
func (j Job) interrupt(inst playing, r *Result) {
	if r.End == Interrupted {
		return
	}
	r.End = Interrupted
	j.say("ending: what is under way is finished; interrupt again to stop at once")
	inst.Drain(-1)
}

func (j Job) say(text string) {
	if j.Say != nil {
		j.Say(text)
	}
}

// show shows how far the job is.
func (j Job) show(ctx context.Context, inst playing, r *Result) {
	if j.Progress == nil {
		return
	}
	report := inst.Report(context.WithoutCancel(ctx))
	s := progress.Status{Position: report.Runtime.Position, Length: report.Runtime.Length}
	for _, e := range r.counted(report.Runtime) {
		if e.Video {
			s.Frames = max(s.Frames, e.Frames)
		}
	}
	for _, o := range r.written() {
		s.Bytes += uint64(o.Bytes)
	}
	switch report.Status.State {
	case run.Starting, run.Draining:
		s.Word = string(report.Status.State)
	default:
	}
	j.Progress.Show(time.Now(), s)
}
