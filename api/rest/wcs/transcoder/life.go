package transcoder

import (
	"context"
	"sync"
	"time"

	"sluice/api/rest/wcs/agents"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/instance"
)

const (
	// lateness is how long is waited for a transcoder's stream to be published. One that is later is started all the same.
	lateness = 10 * time.Second
	// again is how long after a failure it is tried again.
	again = 500 * time.Millisecond
	// moment is how long the pipeline that was there before may keep the name of its stream, once another is to take it. One that keeps
	// it for longer goes on with what is published now: the hub hands readers over when somebody takes a name over.
	moment = 5 * time.Second
	// ending is how long a pipeline may take to end.
	ending = 10 * time.Second
)

// transcoder is one of them.
type transcoder struct {
	agents.Place // gone when its names are free

	all     *Transcoders
	session string
	since   time.Time

	marks sync.Mutex // is held by who sets a mark, and while another pipeline takes over: it has the latest then

	mu       sync.Mutex
	task     Task // of which only the mark changes, under marks, too
	inst     *instance.Instance
	read     uint64 // the publication that it takes
	made     uint64 // the publication that it gives; 0 until that is known
	stopping bool   // it is terminated, and its pipeline is stopped
	away     time.Time
}

// begin starts the graph for what is published now. It replaces the pipeline that was there, which is stopped when who watches has been
// handed over: its stream gives its name up, since something stands in there for what came before.
func (t *transcoder) begin(ctx context.Context) error {
	x := t.all
	t.mu.Lock()
	task, before := t.task, t.inst
	t.mu.Unlock()
	input, ok := x.opt.Engine.Streams().Stream(task.Input)
	if !ok {
		return fault.New(fault.StreamNotFound, "", "nobody publishes %q", task.Input)
	}
	if err := task.Video.shaped(input); err != nil {
		return err
	}
	inst, err := x.opt.Engine.Run(ctx, engine.Start{
		Graph: x.opt.Graph, Params: task.params(input), Check: x.opt.Check, Reach: x.opt.Reach,
	})
	if err != nil {
		return err
	}
	if before != nil {
		if err := ready(ctx, inst); err != nil {
			stop(ctx, inst)
			return err
		}
	}
	t.swap(ctx, inst, input.Publication, task.Video.Mark)
	stop(ctx, before)
	return nil
}

// swap has another pipeline be the transcoder's, which was begun with a mark. One that was set since then is its mark, too.
func (t *transcoder) swap(ctx context.Context, inst *instance.Instance, read uint64, begun Mark) {
	t.marks.Lock()
	defer t.marks.Unlock()
	t.mu.Lock()
	t.inst, t.read, t.made, t.away = inst, read, 0, time.Time{}
	latest := t.task.Video.Mark
	t.mu.Unlock()
	if latest == begun {
		return
	}
	if err := inst.Set(ctx, "mark", latest.fields()); err != nil {
		t.all.opt.Log.Warn("transcoder goes on without its mark", "uri", t.task.URI, "err", err)
	}
}

// gives tells whether what is published under the name of the transcoder's stream is its own. Nothing is known before it is published.
func (t *transcoder) gives() (own, known bool) {
	output, there := t.all.opt.Engine.Streams().Stream(t.task.Output)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == 0 && there && t.inst.Status().State == run.Live {
		t.made = output.Publication
	}
	return there && output.Publication == t.made, t.made != 0
}

// ready waits until a pipeline publishes its stream.
func ready(ctx context.Context, inst *instance.Instance) error {
	ctx, cancel := context.WithTimeout(ctx, lateness)
	defer cancel()
	return inst.Ready(ctx)
}

// published waits until the stream is published. Where the pipeline ended before that, the error is why.
func (t *transcoder) published(ctx context.Context) error {
	t.mu.Lock()
	inst := t.inst
	t.mu.Unlock()
	err := ready(ctx, inst)
	select {
	case <-inst.Done():
	default:
		return nil // it plays, or will
	}
	t.terminate()
	<-t.Gone() // the pipeline has ended
	return err
}

// live lives until the transcoder is terminated, its stream has been away for too long, or its pipeline has ended by itself.
func (t *transcoder) live() {
	x := t.all
	heard := make(chan struct{}, 1)
	sub := x.opt.Engine.Bus().Subscribe(1, func(e event.Event) bool {
		s, ok := e.Body.(event.Stream)
		return ok && (s.Name == t.task.Input || s.Name == t.task.Output)
	})
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		listen(t.Life, sub, heard)
	}()
	defer func() {
		t.End()
		sub.Close()
		<-listening
	}()
	for {
		due, over := t.step()
		if over {
			return
		}
		select {
		case <-t.Life.Done():
		case <-heard:
		case <-t.ended():
		case <-due:
		}
	}
}

// listen says that something happened to one of the streams.
func listen(ctx context.Context, sub *event.Subscription, heard chan<- struct{}) {
	for {
		if _, _, err := sub.Next(ctx); err != nil {
			return
		}
		select {
		case heard <- struct{}{}:
		default:
		}
	}
}

// step does what is due, and tells when to look again, whatever happens, and whether the transcoder has ended.
func (t *transcoder) step() (due <-chan time.Time, over bool) {
	x := t.all
	t.mu.Lock()
	inst, read, stopping := t.inst, t.read, t.stopping
	t.mu.Unlock()
	switch {
	case stopping:
		stop(t.Life, inst)
		return nil, true
	case t.Life.Err() != nil: // the server ends, and the engine sees to its pipelines
		return nil, true
	}
	input, here := x.opt.Engine.Streams().Stream(t.task.Input)
	if here && input.Publication == read {
		return nil, t.fallen(inst)
	}
	away := x.opt.Clock.Now().Sub(t.misses())
	if here && t.resume(input.Publication, away) {
		x.opt.Log.Info("transcoder goes on", "uri", t.task.URI, "input", t.task.Input)
		return nil, false
	}
	left := x.opt.Idle - away
	if left <= 0 {
		x.opt.Log.Info("transcoder ended: its stream stays away", "uri", t.task.URI, "input", t.task.Input)
		stop(t.Life, inst)
		return nil, true
	}
	if here {
		left = min(left, again)
	}
	return x.opt.Clock.After(left), false
}

// fallen tells whether the pipeline has ended though what it takes is there, or has lost the name of its stream.
func (t *transcoder) fallen(inst *instance.Instance) bool {
	own, known := t.gives()
	select {
	case <-inst.Done():
	default:
		if own || !known {
			return false
		}
		stop(t.Life, inst)
	}
	t.all.opt.Log.Warn("transcoder ended", "uri", t.task.URI, "err", inst.Err())
	return true
}

// resume goes on with what is published now, and tells whether that is so.
func (t *transcoder) resume(publication uint64, away time.Duration) bool {
	err := t.begin(t.Life)
	if err == nil {
		return true
	}
	t.all.opt.Log.Info("transcoder does not go on yet", "uri", t.task.URI, "err", err)
	own, _ := t.gives()
	if away < moment || fault.CodeOf(err) != fault.NameInUse || !own {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read, t.away = publication, time.Time{}
	return true
}

// misses notes that the stream is away, and tells since when.
func (t *transcoder) misses() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.away.IsZero() {
		t.away = t.all.opt.Clock.Now()
	}
	return t.away
}

// ended is closed when the pipeline has ended that takes what is published; nil while the stream is away.
func (t *transcoder) ended() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.away.IsZero() {
		return nil
	}
	return t.inst.Done()
}

// terminate has the transcoder end, and its stream with it.
func (t *transcoder) terminate() {
	t.mu.Lock()
	t.stopping = true
	t.mu.Unlock()
	t.End()
}

// show lays another picture over the frames.
func (t *transcoder) show(ctx context.Context, m Mark) error {
	t.marks.Lock()
	defer t.marks.Unlock()
	t.mu.Lock()
	inst := t.inst
	t.mu.Unlock()
	if inst == nil {
		return fault.New(fault.Overloaded, "", "%q has not begun yet", t.task.URI)
	}
	if err := inst.Set(ctx, "mark", m.fields()); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.task.Video.Mark = m
	return nil
}

// state is what WCS calls the state of the transcoder.
func (t *transcoder) state() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inst != nil && t.away.IsZero() && t.inst.Status().State == run.Live {
		return "PROCESSED_LOCAL"
	}
	return "PENDING"
}

// stop stops a pipeline, if there is one, also when ctx is done.
func stop(ctx context.Context, inst *instance.Instance) {
	if inst == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	_ = inst.Stop(ctx) // the instance tells itself what was wrong
}
