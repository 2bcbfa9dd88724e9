package calls

import (
	"context"
	"net/netip"
	"sync"

	"sluice/api/calls"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// Client is whose phone it is.
type Client interface {
	// Send sends a message, if the client is there. It must not wait.
	Send(name string, args ...any)
	// Unregistered tells that the client could not be registered, for which it hears nothing but that it is sent away. It must not wait.
	Unregistered(info string)
}

// Identity is who a client is, for statuses and graphs.
type Identity struct {
	Node, App, Session string
	Remote             netip.Addr   // for bounds on what one address may have
	Hook               *hook.Client // its application; nil: nobody is asked
}

// Phone is a client's telephone: its line, and the calls on it. Safe for concurrent use.
type Phone struct {
	all    *Calls
	client Client
	id     Identity

	stopped context.Context //nolint:containedctx // of all its calls
	stop    context.CancelCauseFunc

	work sync.WaitGroup // one for each call

	mu         sync.Mutex
	account    calls.Account // without the password
	line       calls.Line    // nil until it is open
	calls      map[string]*call
	watches    map[watched]*watch
	texts      int  // that wait for their answer
	away       bool // the client is
	visits     int  // how often it came back
	closed     bool
	registered bool // it has been
	told       wire.Registered
}

var _ calls.Owner = (*Phone)(nil)

// Phone makes a client's phone. Open gives it a line; without one it can do nothing. Close ends it.
func (a *Calls) Phone(c Client, id Identity) *Phone {
	ctx, cancel := context.WithCancelCause(context.Background())
	return &Phone{all: a, client: c, id: id, stopped: ctx, stop: cancel, calls: map[string]*call{}}
}

// Open opens a line for what the client said of itself. The error is a fault: forbidden for an account that may not be used here,
// overloaded if there are too many lines.
func (p *Phone) Open(ctx context.Context, c wire.Connection) error {
	account := calls.Account{
		Login: string(c.SIPLogin), AuthName: string(c.SIPAuthenticationName), Password: string(c.SIPPassword), Domain: string(c.SIPDomain),
		Outbound: string(c.SIPOutboundProxy), Proxy: string(c.SIPProxy), Port: int(c.SIPPort), Register: c.Registers(), App: p.id.App,
	}
	p.mu.Lock()
	p.account = account
	p.account.Password = ""
	p.told = wire.Registered{SIPLogin: account.Login, SIPDomain: account.Domain}
	p.mu.Unlock()
	line, err := p.all.opt.Lines.Open(ctx, account, p)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.line = line
	closed := p.closed
	p.mu.Unlock()
	p.all.count(1)
	if closed {
		p.part(line) //nolint:contextcheck // it has a time of its own
		return fault.New(fault.Closed, "", "the session has ended")
	}
	return nil
}

// Registration implements calls.Owner.
func (p *Phone) Registration(r calls.Registration) {
	if r.State == calls.Registering {
		return
	}
	p.mu.Lock()
	before := p.told.Status
	first := !p.registered
	p.told.Status, p.told.SIPStatus, p.told.Info = string(r.State), r.Code, r.Reason
	p.registered = p.registered || r.State == calls.Registered
	told, closed := p.told, p.closed
	p.mu.Unlock()
	if closed || told.Status == before {
		return
	}
	p.id.Hook.Tell("RegistrationStatusEvent", told, nil)
	switch {
	case r.State == calls.Registered:
		p.client.Send("registered", told)
	case r.State == calls.RegistrationFailed && first:
		p.client.Unregistered(described(r.Code, r.Reason))
	case r.State == calls.RegistrationFailed: // calls go on, and the line tries again
		p.client.Send("fail", wire.Fail{APIMethod: "RegistrationStatusEvent", Info: described(r.Code, r.Reason)})
	}
}

// Incoming implements calls.Owner.
func (p *Phone) Incoming(remote calls.Call) calls.Watcher {
	if c := p.find(remote.ID()); c != nil {
		if c.remote() != remote {
			return nil
		}
		c.post(item{again: true})
		return c
	}
	c := newCall(p, remote.ID(), true)
	c.far, c.about = remote, remote.About()
	if err := p.begin(c, c.receive); err != nil {
		p.all.opt.Log.Info("a call was not taken", "session", p.id.Session, "err", err)
		return nil
	}
	return c
}

// begin takes a call in and has its goroutine run.
func (p *Phone) begin(c *call, run func(context.Context) ending) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return fault.New(fault.Closed, "", "the session has ended")
	case p.calls[c.id] != nil:
		return fault.New(fault.NameInUse, "", "there is a call with this callId")
	case len(p.calls) >= p.all.opt.PerClient:
		return fault.New(fault.Overloaded, "", "there are as many calls as one session may have")
	}
	var ctx context.Context
	ctx, c.cancel = context.WithCancelCause(p.stopped)
	p.calls[c.id] = c
	p.all.add(c)
	p.work.Add(1) // with p.mu held, so that it comes before Close or not at all
	p.all.work.Add(1)
	go func() {
		defer p.all.work.Done()
		defer p.work.Done()
		defer c.cancel(nil)
		c.run(ctx, run)
	}()
	return nil
}

// find finds a call; nil if there is none.
func (p *Phone) find(id string) *call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[id]
}

func (p *Phone) remove(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.calls, c.id)
}

// open gives the line; nil if there is none.
func (p *Phone) open() calls.Line {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.line
}

// present tells whether the client is there, and how often it came back.
func (p *Phone) present() (visits int, there bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.visits, !p.away
}

// who is the account of the line.
func (p *Phone) who() calls.Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.account
}

// Len is how many calls there are.
func (p *Phone) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.calls)
}

// Leave notes that the client is away, and may come back. Its calls go on, and calls come in.
func (p *Phone) Leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = true
}

// Return tells a client that is back, by another socket, that it is registered, which calls wait for its answer, how the others are, and
// what its subscriptions told last.
func (p *Phone) Return() {
	p.mu.Lock()
	p.away = false
	p.visits++
	line, told := p.line, p.told
	var others []*call
	for _, c := range p.calls {
		others = append(others, c)
	}
	var notices []wire.PhoneNotice
	for _, w := range p.watches {
		if n := w.told(); n.Status != "" {
			notices = append(notices, n)
		}
	}
	p.mu.Unlock()
	if told.Status == string(calls.Registered) {
		p.client.Send("registered", told)
	}
	for _, c := range others {
		c.post(item{remind: true})
	}
	for _, n := range notices {
		p.client.Send("notifySubscription", n)
	}
	if line != nil {
		line.Hand(p)
	}
}

// Close hangs up, closes the line, and lets no more calls begin. It does not wait: Wait does for the calls, Calls.Wait for the line, too.
func (p *Phone) Close() {
	p.mu.Lock()
	first, line := !p.closed, p.line
	p.closed = true
	if first && line != nil {
		p.all.work.Add(1)
	}
	p.mu.Unlock()
	p.stop(hungUp{})
	if !first || line == nil {
		return
	}
	go func() {
		defer p.all.work.Done()
		p.part(line)
	}()
}

// Wait returns when the page has heard the last status of each call, after Close.
func (p *Phone) Wait() { p.work.Wait() }

// part closes the line.
func (p *Phone) part(line calls.Line) {
	defer p.all.count(-1)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.stopped), p.all.opt.Stop)
	defer cancel()
	if err := line.Close(ctx); err != nil {
		p.all.opt.Log.Info("a line did not end properly", "session", p.id.Session, "err", err)
	}
	if told := p.last(); told.Status == string(calls.Registered) {
		told.Status, told.SIPStatus, told.Info = string(calls.Unregistered), 0, ""
		p.id.Hook.Tell("RegistrationStatusEvent", told, nil)
	}
}

func (p *Phone) last() wire.Registered {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told
}

// hungUp is why a call was ended from this side.
type hungUp struct{}

// Error implements error.
func (hungUp) Error() string { return string(reason.CallCleared) }
