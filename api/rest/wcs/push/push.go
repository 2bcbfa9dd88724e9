package push

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/rest/wcs/agents"
	"sluice/api/vod"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Names in the graphs wcs/push and wcs/push_sound: the mixer, and the sounds that go into it.
const (
	mixer, voice, wave, film = "sound", "voice", "wave", "film"
)

const (
	// ending is how long a pipeline may take to end.
	ending = 10 * time.Second
	// overlap is how long the end of a sound that is repeated is let be heard beside its beginning.
	overlap = time.Second
)

// push is one of them.
type push struct {
	agents.Place

	all           *Pushes
	task          Task
	id            string
	width, height int
	audio, video  bool
	begun         atomic.Bool // the calls see it only then
	inst          *instance.Instance
	since         time.Time // before the pipeline began

	turn   sync.Mutex // of what changes the sound: one at a time
	tell   sync.Mutex // of what the mixer is told: what is read for it is not older than what it was told before
	mu     sync.Mutex
	muted  bool
	sound  *playing // nil: the stream's own is heard
	number int      // of keys that were used
}

// playing is a sound in the place of the stream's.
type playing struct {
	vod.Sound

	loop bool
	stop context.CancelFunc
	done chan struct{}
}

// see notes what the stream is like.
func (p *push) see(s hub.StreamInfo) {
	for _, t := range s.Tracks {
		switch {
		case t.Track.Kind == media.Audio:
			p.audio = true
		case t.Track.Kind == media.Video && !p.video:
			p.video, p.width, p.height = true, t.Track.Width, t.Track.Height
		}
	}
	if p.task.Width != 0 || p.task.Height != 0 {
		p.width, p.height = p.task.Width, p.task.Height
	}
}

// begin starts the graph, and what is to be heard.
func (p *push) begin(ctx context.Context) error {
	p.since = p.all.opt.Clock.Now()
	opt := &p.all.opt
	inst, err := opt.Engine.Run(ctx, engine.Start{
		Graph: p.task.graph(p.video), Params: p.task.params(p.video), Check: opt.Check, Reach: opt.Reach,
	})
	if err != nil {
		return err
	}
	p.inst = inst
	err = inst.Ready(ctx)
	if err == nil && p.audio {
		err = inst.Add(ctx, voice, plan.Key{Name: voice, Params: map[string]any{"stream": p.task.Stream}})
	}
	if err == nil && p.muted {
		err = p.apply(ctx)
	}
	if err == nil && p.task.Sound != nil {
		err = p.soundOn(ctx, *p.task.Sound, p.task.Loop)
	}
	if err != nil {
		p.silence()
		stop(ctx, inst)
	}
	return err
}

// stop stops a pipeline, also when ctx is done.
func stop(ctx context.Context, inst *instance.Instance) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	_ = inst.Stop(ctx) // the instance tells itself what was wrong
}

// live lives until the push is terminated, its stream has ended or its pipeline has.
func (p *push) live() {
	sub := p.all.opt.Engine.Bus().Subscribe(1, func(e event.Event) bool {
		s, ok := e.Body.(event.Stream)
		return ok && s.Name == p.task.Stream
	})
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for p.here() {
			if _, _, err := sub.Next(p.Life); err != nil {
				return
			}
		}
	}()
	select {
	case <-p.Life.Done():
	case <-heard:
	case <-p.inst.Done():
	}
	terminated := !p.all.agents.Closing()
	p.End()
	sub.Close()
	<-heard
	p.silence()
	if terminated { // otherwise the server ends, and the engine sees to its pipelines
		stop(p.Life, p.inst)
	}
	p.all.opt.Log.Info("push ended", "stream", p.task.Stream, "session", p.id, "err", p.inst.Err())
}

// here tells whether the stream is still there; one that another has taken over is.
func (p *push) here() bool { return p.all.opt.Engine.Streams().Has(p.task.Stream) }

// terminate ends the push, and returns when it is gone.
func (p *push) terminate(ctx context.Context) error {
	return p.Terminate(ctx, "the push")
}

// mute silences the push, or lets it be heard again.
func (p *push) mute(ctx context.Context, muted bool) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	was := p.mark(muted)
	err := p.apply(ctx)
	if err != nil {
		p.mark(was)
	}
	return err
}

// mark notes whether the push is muted, and tells whether it was.
func (p *push) mark(muted bool) (was bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was, p.muted = p.muted, muted
	return was
}

// apply tells the mixer which sounds are left out.
func (p *push) apply(ctx context.Context) error {
	p.tell.Lock()
	defer p.tell.Unlock()
	p.mu.Lock()
	keys := []any{}
	if p.muted || p.sound != nil {
		keys = append(keys, voice)
	}
	if p.muted {
		keys = append(keys, film, wave+"0", wave+"1")
	}
	p.mu.Unlock()
	return over(p.inst.Set(ctx, mixer, map[string]any{"muted": keys}))
}

// soundOn puts a sound in the place of the stream's own, and of one that was put there before.
func (p *push) soundOn(ctx context.Context, s vod.Sound, loop bool) error { //nolint:contextcheck // a sound outlives the call
	p.turn.Lock()
	defer p.turn.Unlock()
	p.silence()
	life, cancel := context.WithCancel(p.Life)
	now := &playing{Sound: s, loop: loop, stop: cancel, done: make(chan struct{})}
	p.mu.Lock()
	p.sound = now
	p.mu.Unlock()
	err := p.apply(ctx)
	if err == nil {
		err = p.enter(ctx, now)
	}
	if err != nil {
		cancel()
		close(now.done)
		p.forget(now)
		return errors.Join(err, p.apply(ctx))
	}
	go func() {
		defer close(now.done)
		p.follow(life, now)
	}()
	return nil
}

// soundOff lets the stream's own sound be heard again.
func (p *push) soundOff(ctx context.Context) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.silence()
	return p.apply(ctx)
}

// silence ends the sound that is heard in the place of the stream's, if there is one.
func (p *push) silence() {
	p.mu.Lock()
	now := p.sound
	p.mu.Unlock()
	if now != nil {
		now.stop()
		<-now.done
		p.forget(now)
	}
}

// forget notes that a sound has ended.
func (p *push) forget(now *playing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sound == now {
		p.sound = nil
	}
}

// enter adds a sound to the mixer.
func (p *push) enter(ctx context.Context, now *playing) error {
	if !now.Wave {
		return over(p.inst.Add(ctx, film, plan.Key{Name: film, Params: map[string]any{"file": now.Name, "loop": now.loop}}))
	}
	return over(p.inst.Add(ctx, wave, plan.Key{Name: p.key(), Params: map[string]any{"source": now.Path, "at": p.now()}}))
}

// now is the time of the pipeline, which a file that begins later does not know. It may be a little more, and must not be less, or the
// beginning of the file is too late to be heard.
func (p *push) now() int64 {
	since, status := p.since, p.inst.Status()
	if status.Restarts > 0 {
		since = status.Since.Add(-time.Second)
	}
	return int64(p.all.opt.Clock.Now().Sub(since))
}

// key is that of the WAV file that plays now: when one begins again, its end may still be heard.
func (p *push) key() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.number%2 == 0 {
		return wave + "0"
	}
	return wave + "1"
}

// follow waits for the end of a sound, begins it again if it is to be repeated, and takes it out of the mixer.
func (p *push) follow(ctx context.Context, now *playing) {
	clock := p.all.opt.Clock
	begun := clock.Now()
	for now.Wave && now.loop && now.Lasts > overlap {
		begun = begun.Add(now.Lasts)
		select {
		case <-ctx.Done():
			p.leave(now)
			return
		case <-clock.After(begun.Sub(clock.Now())):
		}
		before := p.key()
		p.mu.Lock()
		p.number++
		p.mu.Unlock()
		err := p.enter(ctx, now)
		if err != nil {
			p.all.opt.Log.Warn("a sound does not begin again", "file", now.Name, "err", err)
		}
		p.take(ctx, wave, before, overlap)
	}
	if !now.loop {
		select {
		case <-ctx.Done():
		case <-clock.After(now.Lasts + overlap):
		}
	} else {
		<-ctx.Done()
	}
	p.leave(now)
	if ctx.Err() == nil {
		p.forget(now)
		ctx, cancel := context.WithTimeout(ctx, ending)
		defer cancel()
		_ = p.apply(ctx) // a pipeline that has ended needs none
	}
}

// leave takes a sound out of the mixer.
func (p *push) leave(now *playing) {
	if now.Wave {
		p.take(p.Life, wave, p.key(), 0)
		return
	}
	p.take(p.Life, film, film, 0)
}

// take takes a key out of a node, some time later.
func (p *push) take(ctx context.Context, node, key string, later time.Duration) {
	if later > 0 {
		select {
		case <-p.all.opt.Clock.After(later):
		case <-ctx.Done():
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	_ = p.inst.Remove(ctx, node, key) // it may have left by itself
}

// over turns what a pipeline says that has ended meanwhile into its not being there.
func over(err error) error {
	if fault.CodeOf(err) == fault.Closed {
		return fault.New(fault.ResourceNotFound, "", "the push has ended")
	}
	return err
}
