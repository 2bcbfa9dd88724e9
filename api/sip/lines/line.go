package lines

import (
	"context"
	"errors"
	"mime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/digest"
	"sluice/api/sip/exchange"
	"sluice/api/sip/register"
	"sluice/engine/fault"
)

// owner is calls.Owner.
type owner = calls.Owner

// Line is an account that is in use. Safe for concurrent use. It is calls.Line.
type Line struct {
	lines   *Lines
	account calls.Account // without the password
	name    string        // in the configuration; "" for accounts that were named from outside
	way     way
	auth    *digest.Client
	token   string
	outlet  *outlet
	port    port

	telling sequence // of the owner
	heard   atomic.Pointer[calls.Registration]

	mu           sync.Mutex
	owner        calls.Owner
	registration *register.Registration
	calls        map[*Call]struct{}
	subscribed   map[*subscription]struct{}
	closing      bool
}

var _ calls.Line = (*Line)(nil)

func newLine(x *Lines, a calls.Account, name string, w way, o calls.Owner) *Line {
	user := a.AuthName
	if user == "" {
		user = a.Login
	}
	l := &Line{
		lines: x, name: name, way: w, owner: o, calls: map[*Call]struct{}{},
		auth: digest.NewClient(digest.Credentials{User: user, Password: a.Password, Hosts: w.hosts()}),
	}
	l.heard.Store(&calls.Registration{State: calls.Unregistered})
	a.Password = ""
	l.account = a
	return l
}

// begin registers the line if it is to be.
func (l *Line) begin(ctx context.Context) {
	if !l.account.Register {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard.Store(&calls.Registration{State: calls.Registering})
	locked := time.Duration(0) // who opened the line himself hears that his password is wrong, and tries another one
	if l.name != "" {
		locked = 5 * time.Minute
	}
	l.registration = register.Start(ctx, register.Options{
		Log: l.lines.opt.Log, Port: l.port, Auth: l.auth, Agent: l.lines.opt.Agent, AOR: l.way.self, Registrar: l.way.registrar,
		Routes: l.way.routes, Locked: locked, Heard: l.registered,
	})
}

func (l *Line) registered(r calls.Registration) {
	l.heard.Store(&r)
	l.tell(func(o owner) { o.Registration(r) })
}

// tell tells the owner something, in turn.
func (l *Line) tell(f func(owner)) {
	l.telling.do(func() {
		l.mu.Lock()
		o := l.owner
		l.mu.Unlock()
		if o != nil {
			f(o)
		}
	})
}

// Account implements calls.Line.
func (l *Line) Account() calls.Account { return l.account }

// Name is what the configuration calls its account; "" if it was named from outside.
func (l *Line) Name() string { return l.name }

// Registration implements calls.Line.
func (l *Line) Registration() calls.Registration { return *l.heard.Load() }

// contact is how the far end reaches the line.
func (l *Line) contact() sip.Uri {
	l.mu.Lock()
	r := l.registration
	l.mu.Unlock()
	if r != nil {
		if u := r.Contact(); u.Host != "" {
			return u
		}
	}
	return l.port.Contact("")
}

// Calls implements calls.Line.
func (l *Line) Calls() []calls.Call {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]calls.Call, 0, len(l.calls))
	for c := range l.calls {
		out = append(out, c)
	}
	return out
}

// Message implements calls.Line.
func (l *Line) Message(ctx context.Context, to, contentType, body string) error {
	t, err := l.whom(to)
	if err != nil {
		return err
	}
	if _, _, wrong := mime.ParseMediaType(contentType); wrong != nil || len(body) > mostText || !plain(contentType) {
		return fault.New(fault.InvalidParams, "sip", "the message is longer than %d bytes, or of no type", mostText)
	}
	client := exchange.Client{Port: l.port, Auth: l.auth, Agent: l.lines.opt.Agent}
	r := client.New(sip.MESSAGE, t.uri, l.way.self, t.party, l.way.routes)
	kind := sip.ContentTypeHeader(contentType)
	r.AppendHeader(&kind)
	r.SetBody([]byte(body))
	res, err := client.Do(ctx, r)
	if err != nil {
		return err
	}
	return exchange.Refused("sip", res)
}

// whom finds out whom a text means, and whether the line may reach him.
func (l *Line) whom(text string) (target, error) {
	t, err := l.way.target(text)
	if err != nil {
		return t, err
	}
	if err := t.party.Check(); err != nil {
		return t, err
	}
	if l.name == "" && t.named != "" && l.lines.opt.Admits != nil {
		return t, l.lines.opt.Admits(t.named)
	}
	return t, nil
}

// Hand implements calls.Line.
func (l *Line) Hand(o calls.Owner) {
	l.mu.Lock()
	l.owner = o
	waiting := make([]*Call, 0, len(l.calls))
	for c := range l.calls {
		if c.waits() {
			waiting = append(waiting, c)
		}
	}
	l.mu.Unlock()
	l.tell(func(o owner) { o.Registration(l.Registration()) })
	for _, c := range waiting {
		l.tell(func(o owner) { c.offered(o) })
	}
}

// Close implements calls.Line.
func (l *Line) Close(ctx context.Context) error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return nil
	}
	l.closing = true
	l.owner = nil
	r := l.registration
	all := make([]*Call, 0, len(l.calls))
	for c := range l.calls {
		all = append(all, c)
	}
	l.mu.Unlock()
	for _, c := range all {
		_ = c.Hangup(ctx, unavailable) // it has ended already
	}
	err := l.unsubscribe(ctx)
	for _, c := range all {
		select {
		case <-c.done:
		case <-ctx.Done():
			err = errors.Join(err, ctx.Err())
		}
	}
	if r != nil {
		err = errors.Join(err, r.Close(ctx))
	}
	l.lines.unplug(l)
	l.lines.leave(l)
	return err
}

// add counts a call in.
func (l *Line) add(c *Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return errClosed
	case len(l.calls) >= l.lines.opt.PerLine:
		l.lines.refused(NoRoomForCalls)
		return fault.New(fault.Overloaded, "sip", "the line has %d calls already", len(l.calls)).
			Advise(`the configuration's key "sip.calls_per_line" sets the limit`)
	}
	if err := l.lines.add(c); err != nil {
		return err
	}
	l.calls[c] = struct{}{}
	return nil
}

// drop takes a call off the lists.
func (l *Line) drop(c *Call) {
	l.mu.Lock()
	delete(l.calls, c)
	l.mu.Unlock()
	l.lines.drop(c)
}

// add finds a call a name.
func (x *Lines) add(c *Call) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.closing:
		return errClosed
	case len(x.calls) >= x.opt.Calls:
		x.tally.refused[NoRoomForCalls]++
		return fault.New(fault.Overloaded, "sip", "there are %d calls already", len(x.calls)).
			Advise(`the configuration's key "sip.calls" sets the limit`)
	case x.calls[c.id] != nil:
		return fault.New(fault.NameInUse, "sip", "there is a call %.80q already", c.id)
	}
	x.calls[c.id] = c
	x.work.Add(1) // until gone
	x.tally.began(c)
	return nil
}

func (x *Lines) drop(c *Call) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.calls[c.id] == c {
		delete(x.calls, c.id)
		x.settle()
	}
}

// age is how old a call is, for logs.
func (c *Call) age() time.Duration { return time.Since(c.began).Round(time.Second) }
