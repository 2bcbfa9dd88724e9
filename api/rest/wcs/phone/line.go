package phone

import (
	"context"
	"sync"

	"sluice/api/calls"
	"sluice/engine/fault"
)

// line is an open one, which calls of the same account share.
type line struct {
	account calls.Account
	ready   chan struct{} // closed when it is open, or is not going to be
	line    calls.Line
	err     error
	users   int // for the holder of Calls' lock

	mu      sync.Mutex
	last    calls.Registration
	settled chan struct{} // closed when it is registered, or cannot be
	once    sync.Once
}

var _ calls.Owner = (*line)(nil)

// lend gives a line for an account, an open one if there is one. giveBack has to be called.
func (x *Calls) lend(ctx context.Context, account calls.Account) (*line, error) {
	if x.opt.Lines == nil {
		return nil, errAbsent()
	}
	x.mu.Lock()
	if x.closing {
		x.mu.Unlock()
		return nil, fault.New(fault.Closed, "", "the server stops")
	}
	l, open := x.lines[account]
	if !open {
		l = &line{account: account, ready: make(chan struct{}), settled: make(chan struct{})}
		x.lines[account] = l
	}
	l.users++
	x.mu.Unlock()
	if !open {
		l.line, l.err = x.opt.Lines.Open(ctx, account, l)
		close(l.ready)
	}
	<-l.ready
	if l.err != nil {
		x.giveBack(ctx, l)
		return nil, l.err
	}
	return l, nil
}

// giveBack closes a line that nobody has any more. It takes its time, whoever waits for that.
func (x *Calls) giveBack(ctx context.Context, l *line) {
	x.mu.Lock()
	l.users--
	last := l.users == 0
	if last && x.lines[l.account] == l {
		delete(x.lines, l.account)
	}
	x.mu.Unlock()
	if !last || l.line == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
	defer cancel()
	if err := l.line.Close(ctx); err != nil {
		x.opt.Log.Debug("a line did not end properly", "login", l.account.Login, "err", err)
	}
}

// registered waits until the line is registered, if it is to be. The error is a fault with what the registrar said.
func (l *line) registered(ctx context.Context) error {
	if !l.account.Register {
		return nil
	}
	select {
	case <-l.settled:
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "", "the registrar has not answered").Because(ctx.Err())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last.State == calls.Registered {
		return nil
	}
	return fault.New(fault.Unauthorized, "", "the registrar refused %q: %d %s", l.account.Login, l.last.Code, l.last.Reason)
}

// Registration implements calls.Owner.
func (l *line) Registration(r calls.Registration) {
	l.mu.Lock()
	l.last = r
	l.mu.Unlock()
	if r.State == calls.Registered || r.State == calls.RegistrationFailed {
		l.once.Do(func() { close(l.settled) })
	}
}

// Incoming implements calls.Owner: who calls through the API is not called back.
func (l *line) Incoming(calls.Call) calls.Watcher { return nil }

// Message implements calls.Owner.
func (l *line) Message(string, string, string) {}
