package dialog

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// Options are what all dialogs have in common.
type Options struct {
	Log   *slog.Logger
	Agent string // of User-Agent and Server; "" leaves them out
	// Expires is the session timer that we ask for: a far end that vanishes is noticed at its end (RFC 4028). 0 is half an hour, negative
	// is none.
	Expires time.Duration
	// MinSE is the shortest one that we accept; 0 is 90 s, the least that RFC 4028 has.
	MinSE time.Duration
	// Timers are those of the stack.
	Timers Timers
	// Informs are the types of INFO that owners understand, in small letters; others are refused (415). None: owners hear of all.
	Informs []string
	// Random gives a number below n, for how long to wait after both ends changed the session at once. nil is chance.
	Random func(n int64) int64
}

// Timers are those of RFC 3261. Zero fields are its defaults.
type Timers struct {
	T1 time.Duration // estimate of the way there and back; 500 ms
	T2 time.Duration // most that repetitions are apart; 4 s
}

// Table is the dialogs of a server. Safe for concurrent use.
type Table struct {
	opt  Options
	life context.Context //nolint:containedctx // until Close
	stop context.CancelFunc
	work work
	// closing is closed as Close begins: who only waits for repetitions stops.
	closing chan struct{}

	mu      sync.Mutex
	closed  bool
	dialogs map[string]*Dialog // by Call-ID and our tag
}

// NewTable makes one without dialogs. It is to be closed.
func NewTable(opt Options) *Table {
	if opt.Expires == 0 {
		opt.Expires = 30 * time.Minute
	}
	if opt.MinSE == 0 {
		opt.MinSE = 90 * time.Second
	}
	if opt.Expires > 0 {
		opt.Expires = max(opt.Expires, opt.MinSE)
	}
	if opt.Timers.T1 == 0 {
		opt.Timers.T1 = 500 * time.Millisecond
	}
	if opt.Timers.T2 == 0 {
		opt.Timers.T2 = 4 * time.Second
	}
	if opt.Random == nil {
		opt.Random = rand.Int64N
	}
	t := &Table{opt: opt, dialogs: map[string]*Dialog{}, closing: make(chan struct{})}
	t.life, t.stop = context.WithCancel(context.Background())
	t.work.idle = make(chan struct{})
	return t
}

// Request takes what belongs to a dialog, which is everything with a tag of To, and answers it: 481 if there is no such dialog. It tells
// whether it did; what it left is the caller's to answer: INVITE, OPTIONS, MESSAGE and others outside of dialogs. It does not wait.
func (t *Table) Request(in stack.Incoming) bool {
	r := in.Request()
	tag := tagOf(r.To().Params)
	if tag == "" {
		return false
	}
	t.mu.Lock()
	d := t.dialogs[key(string(*r.CallID()), tag)]
	t.mu.Unlock()
	switch {
	case d != nil:
		d.request(in)
	case r.Method == sip.ACK: // of a call that is over already
	case r.Method == sip.NOTIFY || r.Method == sip.SUBSCRIBE:
		return false // of a subscription
	default:
		t.answer(in, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	}
	return true
}

// Close hangs up all calls and returns when everything has ended, or, what is under way then being given up, when ctx is done.
func (t *Table) Close(ctx context.Context) error {
	t.mu.Lock()
	if !t.closed {
		close(t.closing)
	}
	t.closed = true
	all := make([]*Dialog, 0, len(t.dialogs))
	for _, d := range t.dialogs {
		all = append(all, d)
	}
	t.mu.Unlock()
	for _, d := range all {
		d.Hangup(nil)
	}
	t.work.settle()
	var late error
	select {
	case <-t.work.idle:
	case <-ctx.Done():
		late = fault.New(fault.Closed, "sip", "not every call could be ended in time").Because(ctx.Err())
	}
	t.stop()
	<-t.work.idle
	return late
}

// add enters a dialog; false after Close.
func (t *Table) add(d *Dialog) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.dialogs[key(d.callID, d.localTag)] = d
	return true
}

// remove forgets a dialog: requests for it are answered with 481 from now on.
func (t *Table) remove(d *Dialog) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.dialogs, key(d.callID, d.localTag))
}

// key is under what a dialog is found. The far end's tag is no part of it: it is not known at first, and each fork has another.
func key(callID, localTag string) string { return localTag + " " + callID }

func tagOf(p sip.HeaderParams) string { return p.GetOr("tag", "") }
