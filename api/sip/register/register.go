// Package register keeps one address of record registered (RFC 3261 10): it refreshes in time, tries again after failures, learns how the
// registrar sees us, keeps what is between us and it open, and unregisters.
package register

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
)

// Options say what is registered where.
type Options struct {
	Log       *slog.Logger
	Port      stack.Port
	Auth      exchange.Auth
	Agent     string         // of User-Agent; "" leaves it out
	AOR       exchange.Party // whom it registers
	Registrar sip.Uri        // request URI; the zero value is the host of the address
	Routes    []sip.Uri      // outbound proxies, the first first
	Expires   time.Duration  // how long it is to last, in whole seconds; 0 is ten minutes. The registrar has the last word
	Backoff   time.Duration  // first pause after a failure, which doubles up to five minutes; 0 is 5 s
	// Locked is the first pause after a refused password, which doubles up to an hour: registrars lock the door after a few wrong ones, and
	// it may be put right there. 0 is no other try.
	Locked time.Duration
	// Heard hears of each change, in turn; it must not wait. nil is nobody.
	Heard func(calls.Registration)
}

const (
	defaultExpires = 10 * time.Minute
	defaultBackoff = 5 * time.Second
	maxBackoff     = 5 * time.Minute
	maxLocked      = time.Hour
	// keepAlive is how often the way to the registrar is used, so that what is between keeps it open (RFC 5626 4.4.2: 24 to 29 s).
	keepAlive = 25 * time.Second
)

// Registration is one address of record, from Start to Close. Safe for concurrent use.
type Registration struct {
	opt    Options
	client exchange.Client
	callID string
	stop   context.CancelFunc
	done   chan struct{}
	once   sync.Once

	// The goroutine's own.
	seq     uint32
	expires time.Duration
	asked   bool // a REGISTER was sent that the registrar may have taken
	backoff time.Duration
	locked  time.Duration

	mu      sync.Mutex
	status  calls.Registration
	contact sip.Uri
}

// Start registers in the background, for longer than ctx.
func Start(ctx context.Context, opt Options) *Registration {
	if opt.Expires <= 0 {
		opt.Expires = defaultExpires
	}
	if opt.Backoff <= 0 {
		opt.Backoff = defaultBackoff
	}
	if opt.Registrar.Host == "" {
		opt.Registrar = *opt.AOR.URI.Clone()
		opt.Registrar.User, opt.Registrar.Password, opt.Registrar.Headers = "", "", nil // RFC 3261 10.2
	}
	if opt.Heard == nil {
		opt.Heard = func(calls.Registration) {}
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &Registration{
		opt: opt, client: exchange.Client{Port: opt.Port, Auth: opt.Auth, Agent: opt.Agent}, callID: rand.Text(), stop: stop,
		done: make(chan struct{}), expires: opt.Expires, backoff: opt.Backoff, locked: opt.Locked, contact: opt.Port.Contact(opt.AOR.URI.User),
	}
	go r.run(ctx)
	return r
}

// Status is how it is registered.
func (r *Registration) Status() calls.Registration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Contact is how we are reached, as the registrar sees us if that differs from what we see ourselves.
func (r *Registration) Contact() sip.Uri {
	r.mu.Lock()
	defer r.mu.Unlock()
	return *r.contact.Clone()
}

// Close unregisters, if need be, and returns when that is done. ctx bounds it: what the registrar has not heard then, it forgets by
// itself. The error tells that.
func (r *Registration) Close(ctx context.Context) (err error) {
	r.once.Do(func() {
		r.stop()
		<-r.done
		if !r.asked {
			return
		}
		var res *sip.Response
		if res, err = r.ask(ctx, 0, nil); err == nil {
			err = exchange.Refused("sip", res)
		}
		code, reason := exchange.Code(err)
		r.tell(calls.Registration{State: calls.Unregistered, Code: code, Reason: reason})
	})
	<-r.done
	return err
}

// run registers until ctx is done.
func (r *Registration) run(ctx context.Context) {
	defer close(r.done)
	r.tell(calls.Registration{State: calls.Registering})
	for {
		wait, final := r.attempt(ctx)
		if ctx.Err() != nil {
			return
		}
		if final {
			<-ctx.Done()
			return
		}
		if !r.rest(ctx, wait) {
			return
		}
	}
}

// rest waits, and keeps the way open meanwhile. It tells whether ctx is not done.
func (r *Registration) rest(ctx context.Context, wait time.Duration) bool {
	next := time.NewTimer(wait)
	defer next.Stop()
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		select {
		case <-next.C:
			return true
		case <-alive.C:
			if err := r.opt.Port.Ping(ctx, r.request(0, nil)); err != nil {
				r.opt.Log.Debug("the way to a registrar could not be kept open", "err", err)
			}
		case <-ctx.Done():
			return false
		}
	}
}

// tell notes how it is, and has it heard.
func (r *Registration) tell(s calls.Registration) {
	r.mu.Lock()
	r.status = s
	r.mu.Unlock()
	r.opt.Heard(s)
}
