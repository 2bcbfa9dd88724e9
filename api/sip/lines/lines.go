// Package lines makes calls: it opens lines for accounts, has them registered, and joins the dialogs of calls with their media. Who is told
// of a call that comes in is the owner of its line. It knows no graphs.
package lines

import (
	"cmp"
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/ports"
	"sluice/api/sip/sdp"
	"sluice/api/sip/stack"
	"sluice/api/sip/subscribe"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Options are what Lines are made with. Guarded, Trusted, Table, Ports and Log are needed.
type Options struct {
	// Guarded has the sockets of lines whose accounts somebody named from outside, and reaches only what such accounts may; Trusted has
	// those of accounts of the configuration.
	Guarded, Trusted *stack.Stack
	Table            *dialog.Table
	Ports            *ports.Pool
	Public           netip.Addr // that descriptions tell; zero is where the ports are bound
	Log              *slog.Logger
	Agent            string // of User-Agent and Server; "" is none

	// Admits says why an account from outside may not name a host ("sip.example.org:5060"), as fault.Forbidden; nil: it may name all.
	Admits func(host string) error
	// Reach says why an account from outside may not be connected to an address; nil: to all. What its names stand for is asked, too.
	Reach func(netip.AddrPort) error
	// Media says whether media may go to an address that is neither the far end's nor, in calls through a registrar, public; nil: to none.
	Media func(netip.Addr) bool

	Share     int           // lines to a socket; 0 is 16
	Ring      time.Duration // how long a call may ring; 0 is two minutes
	Silence   time.Duration // how long no media may come; 0 is for ever
	Codecs    []media.Codec // that are offered and taken; nil: all
	Security  sdp.Security  // of what we offer
	Secure    bool          // whether media has to be encrypted
	Keys      calls.Keys    // how keys are told where nobody says
	Transfers bool          // whether far ends may send calls elsewhere

	Lines, Calls, PerLine int // how many there may be; 0 is 10,000, 1,000 and 16
}

// Lines are those of one server. Safe for concurrent use. It is calls.Lines.
type Lines struct {
	opt     Options
	notices *subscribe.Table

	mu      sync.Mutex
	closing bool
	lines   map[*Line]struct{}
	calls   map[string]*Call
	outlets []*outlet
	tally   tally
	work    sync.WaitGroup // calls, and what is done for them
	idle    chan struct{}  // closed when there is no call and none can come
	once    sync.Once
}

var _ calls.Lines = (*Lines)(nil)

// New makes Lines, of which there are none at first.
func New(o Options) *Lines {
	const share, ring, lines, all, each = 16, 2 * time.Minute, 10_000, 1_000, 16
	o.Share, o.Ring = cmp.Or(o.Share, share), cmp.Or(o.Ring, ring)
	o.Lines, o.Calls, o.PerLine = cmp.Or(o.Lines, lines), cmp.Or(o.Calls, all), cmp.Or(o.PerLine, each)
	return &Lines{
		opt: o, notices: subscribe.NewTable(o.Agent),
		lines: map[*Line]struct{}{}, calls: map[string]*Call{}, tally: newTally(), idle: make(chan struct{}),
	}
}

// Open implements calls.Lines: for accounts that were named from outside.
func (x *Lines) Open(ctx context.Context, account calls.Account, owner calls.Owner) (calls.Line, error) {
	l, err := x.open(ctx, account, "", owner)
	if err != nil {
		return nil, err // and no Line that holds a nil pointer
	}
	return l, nil
}

// OpenOwn opens a line of an account of the configuration, which has a name there.
func (x *Lines) OpenOwn(ctx context.Context, account calls.Account, name string, owner calls.Owner) (*Line, error) {
	return x.open(ctx, account, name, owner)
}

func (x *Lines) open(ctx context.Context, account calls.Account, name string, owner calls.Owner) (*Line, error) {
	way, err := route(account)
	if err != nil {
		return nil, err
	}
	if name == "" && x.opt.Admits != nil {
		for _, host := range way.named {
			if err := x.opt.Admits(host); err != nil {
				return nil, err
			}
		}
	}
	l := newLine(x, account, name, way, owner)
	if err := x.enter(l); err != nil {
		return nil, err
	}
	if err := x.plug(ctx, l); err != nil {
		x.leave(l)
		return nil, err
	}
	l.begin(ctx)
	return l, nil
}

// enter takes a place for a line.
func (x *Lines) enter(l *Line) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.closing:
		return errClosed
	case len(x.lines) >= x.opt.Lines:
		x.tally.refused[NoRoomForLines]++
		return fault.New(fault.Overloaded, "sip", "there are %d lines already", len(x.lines)).
			Advise(`the configuration's key "sip.lines" sets the limit`)
	}
	x.lines[l] = struct{}{}
	return nil
}

func (x *Lines) leave(l *Line) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.lines, l)
}

var errClosed = fault.New(fault.Closed, "sip", "the server stops")

// Find gives a call by its name.
func (x *Lines) Find(id string) (*Call, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c, ok := x.calls[id]
	return c, ok
}

// Calls are those that are under way, the oldest first.
func (x *Lines) Calls() []*Call {
	x.mu.Lock()
	out := make([]*Call, 0, len(x.calls))
	for _, c := range x.calls {
		out = append(out, c)
	}
	x.mu.Unlock()
	slices.SortFunc(out, func(a, b *Call) int {
		return cmp.Or(a.began.Compare(b.began), strings.Compare(a.id, b.id))
	})
	return out
}

// Reachable finds the line on which a user is reached who has proved at the domain that it is his: who is registered.
func (x *Lines) Reachable(user, domain string) (*Line, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for l := range x.lines {
		if l.name == "" && l.account.Login == user && l.way.own() && strings.EqualFold(l.way.domain, domain) &&
			l.Registration().State == calls.Registered {
			return l, true
		}
	}
	return nil, false
}

// Drain makes no more lines and calls, and returns when all calls have ended by themselves, or ctx is done.
func (x *Lines) Drain(ctx context.Context) {
	x.mu.Lock()
	x.closing = true
	x.settle()
	x.mu.Unlock()
	select {
	case <-x.idle:
	case <-ctx.Done():
	}
}

// settle closes idle once there is no call any more, and none can come; for the holder of the lock.
func (x *Lines) settle() {
	if x.closing && len(x.calls) == 0 {
		x.once.Do(func() { close(x.idle) })
	}
}

// Close ends all calls and closes all lines. No more are made. ctx bounds how long registrars and far ends are waited for.
func (x *Lines) Close(ctx context.Context) {
	x.mu.Lock()
	x.closing = true
	all := make([]*Line, 0, len(x.lines))
	for l := range x.lines {
		all = append(all, l)
	}
	x.mu.Unlock()
	var closing sync.WaitGroup
	for _, l := range all {
		closing.Go(func() { _ = l.Close(ctx) }) // what is wrong with one registrar is no reason to keep the others
	}
	closing.Wait()
}

// Wait returns when nothing of the calls runs any more. It follows Close, and the end of all dialogs.
func (x *Lines) Wait() { x.work.Wait() }

// begin counts in work that has to end before Close returns; false if it is too late.
func (x *Lines) begin(f func()) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closing {
		return false
	}
	x.work.Go(f)
	return true
}
