// Package callstest has what calls of pages need around them, for tests: telephone lines without SIP, on which tests say what far ends do,
// and peers that only pretend to have connections.
package callstest

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/engine/fault"
)

// Lines opens lines for everybody but those whose domain is "elsewhere". Safe for concurrent use.
type Lines struct {
	mu      sync.Mutex
	changed chan struct{}
	lines   map[string]*Line
	calls   map[string]*Call
}

// NewLines makes lines, none at first.
func NewLines() *Lines {
	return &Lines{changed: make(chan struct{}), lines: map[string]*Line{}, calls: map[string]*Call{}}
}

// Open implements calls.Lines.
func (l *Lines) Open(_ context.Context, a calls.Account, owner calls.Owner) (calls.Line, error) {
	if a.Domain == "elsewhere" {
		return nil, fault.New(fault.Forbidden, "", "no lines at elsewhere")
	}
	line := &Line{all: l, account: a, owner: owner}
	l.change(func() { l.lines[a.Login] = line })
	return line, nil
}

// change changes something that others wait for.
func (l *Lines) change(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	do()
	close(l.changed)
	l.changed = make(chan struct{})
}

// await waits until ok, which is called with the lock held; false if ctx was done before.
func (l *Lines) await(ctx context.Context, ok func() bool) bool {
	for {
		l.mu.Lock()
		done, changed := ok(), l.changed
		l.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// Line waits for the line of a login; nil if ctx was done before.
func (l *Lines) Line(ctx context.Context, login string) (found *Line) {
	l.await(ctx, func() bool { found = l.lines[login]; return found != nil })
	return found
}

// Call waits for a call; nil if ctx was done before.
func (l *Lines) Call(ctx context.Context, id string) (found *Call) {
	l.await(ctx, func() bool { found = l.calls[id]; return found != nil })
	return found
}

// Asked waits until something is asked of a call, such as "ring" or "hangup 0"; false if ctx was done before.
func (l *Lines) Asked(ctx context.Context, id, what string) bool {
	return l.await(ctx, func() bool { return l.calls[id] != nil && slices.Contains(l.calls[id].asked, what) })
}

// Line is one. Safe for concurrent use.
type Line struct {
	all     *Lines
	account calls.Account
	owner   calls.Owner
	closed  bool
	state   calls.Registration
}

// Account implements calls.Line.
func (l *Line) Account() calls.Account {
	a := l.account
	a.Password = ""
	return a
}

// Password is the one that the line was opened with.
func (l *Line) Password() string { return l.account.Password }

// Register has the line be registered, or not.
func (l *Line) Register(r calls.Registration) {
	l.all.change(func() { l.state = r })
	l.owner.Registration(r)
}

// Registration implements calls.Line.
func (l *Line) Registration() calls.Registration { return l.state }

// Call implements calls.Line. It fails for who calls "nobody".
func (l *Line) Call(_ context.Context, out calls.Outgoing, w calls.Watcher) (calls.Call, error) {
	if out.To == "nobody" {
		return nil, fault.New(fault.Unreachable, "", "nobody is there")
	}
	c := &Call{line: l, Out: out, watcher: w, about: calls.About{
		ID: out.ID, State: calls.Trying, From: l.account.Login, To: out.To, Audio: out.Audio, Video: out.Video,
	}}
	l.all.change(func() { l.all.calls[out.ID] = c })
	w.Status(c.About())
	return c, nil
}

// Invite has a call come in.
func (l *Line) Invite(a calls.About) bool {
	a.Incoming, a.State, a.To, a.Audio = true, calls.Trying, l.account.Login, true
	c := &Call{line: l, about: a}
	l.all.change(func() { l.all.calls[a.ID] = c })
	w := l.owner.Incoming(c)
	l.all.change(func() { c.watcher = w })
	return w != nil
}

// Calls implements calls.Line.
func (l *Line) Calls() []calls.Call { return nil }

// Message implements calls.Line.
func (l *Line) Message(context.Context, string, string, string) error { return nil }

// Subscribe implements calls.Line. It is told at once that nobody may be told.
func (l *Line) Subscribe(
	_ context.Context, _ string, _ calls.Event, _ time.Duration, heard func(calls.Notice),
) (calls.Subscription, error) {
	heard(calls.Notice{State: calls.SubscriptionFailed, Code: 489, Reason: "Bad Event"})
	return subscription{}, nil
}

type subscription struct{}

// Close implements calls.Subscription.
func (subscription) Close(context.Context) error { return nil }

// Hand implements calls.Line.
func (l *Line) Hand(owner calls.Owner) {
	var waiting []*Call
	l.all.change(func() {
		l.owner = owner
		for _, c := range l.all.calls {
			if c.line == l && c.about.Incoming && !c.about.State.Over() && c.about.State != calls.Established {
				waiting = append(waiting, c)
			}
		}
	})
	slices.SortFunc(waiting, func(a, b *Call) int { return strings.Compare(a.about.ID, b.about.ID) })
	for _, c := range waiting {
		w := owner.Incoming(c)
		l.all.change(func() { c.watcher = w })
	}
}

// Close implements calls.Line.
func (l *Line) Close(context.Context) error {
	l.all.change(func() { l.closed = true })
	return nil
}

// Closed waits until the line is closed; false if ctx was done before.
func (l *Line) Closed(ctx context.Context) bool {
	return l.all.await(ctx, func() bool { return l.closed })
}
