package phone

import (
	"context"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// Task is a call that is to be made.
type Task struct {
	ID              string
	Account         calls.Account
	To              string
	Audio, Video    bool
	Visible         string
	Stream          string // that what the phone says is published as; "" is call/ID
	RTMP, RTMPKey   string // where it is published by RTMP, too
	Custom, Session string
}

// one is a call.
type one struct {
	all   *Calls
	task  Task
	line  *line
	since time.Time

	putting sync.Mutex // of what it hears: one at a time

	mu     sync.Mutex
	left   bool        // nothing more begins
	about  calls.About // State is "" before it is tried
	call   calls.Call
	inst   *instance.Instance
	hears  *hears // what it hears, once something was put in
	renew  bool   // the graphs have to begin anew
	over   time.Time
	wake   chan struct{} // tells run that something changed
	hangup chan struct{} // closed when a caller ends it
	once   sync.Once
	done   chan struct{} // closed when all of it has ended
}

var _ calls.Watcher = (*one)(nil)

// remembered is for how long is told of a call that has ended.
const remembered = time.Minute

// Start begins to call, and returns when it is clear that it may be, without waiting for the telephone. A name that is taken is
// fault.NameInUse.
func (x *Calls) Start(ctx context.Context, t Task) (Info, error) {
	if t.RTMP != "" {
		if err := x.opt.Admits(t.RTMP); err != nil {
			return Info{}, err
		}
	}
	if err := x.opt.Room(); err != nil {
		return Info{}, err
	}
	if x.other(t.ID) != nil { // which a page may have made
		return Info{}, errTaken(t.ID)
	}
	l, err := x.lend(ctx, t.Account)
	if err != nil {
		return Info{}, err
	}
	c := &one{
		all: x, task: t, line: l, since: x.opt.Clock.Now(),
		wake: make(chan struct{}, 1), hangup: make(chan struct{}), done: make(chan struct{}),
	}
	if err := x.enter(c); err != nil {
		x.giveBack(ctx, l)
		return Info{}, err
	}
	go func() { // it lasts as long as the call, not as what asked for it
		defer x.work.Done()
		defer close(c.done)
		defer x.giveBack(x.life, l)
		c.run(x.life)
	}()
	return c.info(), nil
}

func errTaken(id string) error {
	return fault.New(fault.NameInUse, "", "there is a call %.80q already", id).Advise("terminate that first")
}

// enter takes the name of a call.
func (x *Calls) enter(c *one) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closing {
		return fault.New(fault.Closed, "", "the server stops")
	}
	now := x.opt.Clock.Now()
	for id, other := range x.all {
		if at, ended := other.ended(); ended && now.Sub(at) > remembered {
			delete(x.all, id)
		}
	}
	if other := x.all[c.task.ID]; other != nil {
		if _, ended := other.ended(); !ended {
			return errTaken(c.task.ID)
		}
	}
	x.all[c.task.ID] = c
	x.work.Add(1)
	return nil
}

// find finds a call that has not ended.
func (x *Calls) find(id string) (*one, error) {
	x.mu.Lock()
	c := x.all[id]
	x.mu.Unlock()
	if c != nil {
		if _, ended := c.ended(); !ended {
			return c, nil
		}
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no call %.80q", id)
}

func (c *one) ended() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over, !c.over.IsZero()
}

// run lives until the call is over and everything of it has ended.
func (c *one) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, c.finish)
	defer stop()
	err := c.begin(ctx)
	raised := false
	for err == nil {
		about := c.told()
		if about.State.Over() {
			break
		}
		if media := c.call.Media(); media != nil && !raised {
			raised = true
			_ = c.renewed() // it begins with what is agreed on now
			err = c.raise(ctx, media)
		} else if media != nil && c.renewed() {
			err = c.again(ctx, media)
		}
		if err != nil {
			break
		}
		select {
		case <-c.wake:
		case <-c.hangup:
			err = fault.New(fault.Closed, "", "it was ended")
		}
	}
	c.leave(ctx, err)
}

// begin dials, once the line is registered if it has to be.
func (c *one) begin(ctx context.Context) error {
	const patience = 20 * time.Second
	waiting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-c.hangup:
			cancel()
		case <-stop:
		}
	}()
	if err := c.line.registered(waiting); err != nil {
		return err
	}
	made, err := c.line.line.Call(ctx, calls.Outgoing{
		ID: c.task.ID, To: c.task.To, Display: c.task.Visible, Audio: c.task.Audio, Video: c.task.Video,
	}, c)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.call = made
	c.mu.Unlock()
	return nil
}

// raise has the graph begin that takes the media.
func (c *one) raise(ctx context.Context, media any) error {
	inst, err := c.all.opt.Engine.Raise(ctx, c.event("rest.call", media))
	if err != nil {
		c.all.opt.Log.Warn("a call has no graph", "call", c.task.ID, "err", err)
		return err
	}
	c.mu.Lock()
	c.inst = inst
	c.mu.Unlock()
	return nil
}

// event is what graphs answer.
func (c *one) event(name string, media any) engine.Event {
	scheme := ""
	for _, one := range []string{"rtmp", "rtmps"} {
		if len(c.task.RTMP) > len(one) && c.task.RTMP[:len(one)+1] == one+":" {
			scheme = one
		}
	}
	return engine.Event{
		Name: name, Path: "/" + c.task.To, Reach: c.all.opt.Reach,
		Vars: map[string]any{
			"from": c.task.Account.Login, "to": c.task.To, "account": c.task.Account.Login, "publish": c.stream(),
			"scheme": scheme, "url": c.task.RTMP, "key": c.task.RTMPKey,
		},
		Sessions: map[string]any{"phone": media},
	}
}

// stream is what the phone says is published as.
func (c *one) stream() string {
	if c.task.Stream != "" {
		return c.task.Stream
	}
	return "call/" + c.task.ID
}

// leave ends what is left of the call, for which there is time when ctx is done, too.
func (c *one) leave(ctx context.Context, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	c.mu.Lock()
	call, inst, heard := c.call, c.inst, c.hears
	c.hears, c.left = nil, true
	c.mu.Unlock()
	if call != nil {
		_ = call.Hangup(ctx, 0) // it may be over
	}
	if heard != nil {
		heard.close(ctx)
	}
	if inst != nil {
		_ = inst.Leave(ctx) // the instance tells itself what was wrong
	}
	c.mu.Lock()
	c.over = c.all.opt.Clock.Now()
	if !c.about.State.Over() {
		c.about.State = calls.Ended
		if err != nil && call == nil {
			c.about.State, c.about.Reason = calls.Failed, message(err)
		}
	}
	about := c.about
	c.mu.Unlock()
	c.all.opt.Log.Info("a call of the API has ended", "call", c.task.ID, "state", about.State, "code", about.Code, "err", err)
}

// finish ends the call, and does not wait for that.
func (c *one) finish() { c.once.Do(func() { close(c.hangup) }) }

// terminate ends the call, and returns when it is over.
func (c *one) terminate(ctx context.Context) error {
	c.finish()
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "", "the call %.80q has not ended yet", c.task.ID).Because(ctx.Err())
	}
}

// told is what was heard of the call last.
func (c *one) told() calls.About {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.about
}

// Status implements calls.Watcher.
func (c *one) Status(a calls.About) {
	c.mu.Lock()
	c.about = a
	c.mu.Unlock()
	c.rouse()
}

func (c *one) rouse() {
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
}

// Transferred implements calls.Watcher.
func (c *one) Transferred(int, string) {}

// Key implements calls.Watcher.
func (c *one) Key(string) {}
