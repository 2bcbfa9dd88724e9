// Package subscribe keeps subscriptions of ours to what others tell of (RFC 6665): whether somebody telephones (RFC 4235), is there
// (RFC 3856), or has messages waiting (RFC 3842). It refreshes them in time, tries again after failures, and ends them. What is told, it
// passes on unread.
package subscribe

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
)

// Options say what is subscribed to.
type Options struct {
	Log      *slog.Logger
	Port     stack.Port
	Auth     exchange.Auth
	Agent    string // of User-Agent; "" leaves it out
	From, To exchange.Party
	Target   sip.Uri        // request URI; the zero value is that of To
	Routes   []sip.Uri      // outbound proxies, the first first
	Contact  func() sip.Uri // how NOTIFY reaches us now
	Event    string         // a package of events, with its parameters if it has some
	Accept   []string       // types of bodies that are taken; at least one
	Expires  time.Duration  // how long it is to last, in whole seconds; 0 is an hour. The far end has the last word
	Backoff  time.Duration  // first pause after a failure, which doubles up to five minutes; 0 is 5 s
	Wait     time.Duration  // how long the first NOTIFY may take (timer N of RFC 6665 4.1.2); 0 is 32 s
	Most     int            // bytes of a body; 0 is 64 KiB
	// Heard hears of each change and each NOTIFY, in turn; it must not wait.
	Heard func(calls.Notice)
}

const (
	defaultExpires = time.Hour
	defaultBackoff = 5 * time.Second
	maxBackoff     = 5 * time.Minute
	longest        = 24 * time.Hour // that is believed, whatever the far end says
	timerN         = 32 * time.Second
	mostBody       = 64 << 10
)

// Subscription is one, from Start to Close. Safe for concurrent use.
type Subscription struct {
	table  *Table
	opt    Options
	client exchange.Client
	stop   context.CancelFunc
	done   chan struct{}
	once   sync.Once
	news   chan struct{} // holds one: a NOTIFY changed something

	// The goroutine's own.
	expires time.Duration
	backoff time.Duration

	telling sync.Mutex // one is told after the other

	mu     sync.Mutex
	dialog dialog
	over   *ending   // the far end has ended the dialog
	until  time.Time // when it ends
	heard  bool      // a NOTIFY came in this dialog
}

// dialog is one of a subscription: there is another one after its end.
type dialog struct {
	callID, local, remote string
	target                sip.Uri
	routes                []sip.Uri
	seq, theirs           uint32
}

// ending is how the far end ended a dialog.
type ending struct {
	reason string
	after  time.Duration // before which it wants no other
}

// Start subscribes in the background, for longer than ctx.
func (t *Table) Start(ctx context.Context, opt Options) *Subscription {
	if opt.Target.Host == "" {
		opt.Target = *opt.To.URI.Clone()
	}
	opt.Expires, opt.Backoff, opt.Wait = orElse(opt.Expires, defaultExpires), orElse(opt.Backoff, defaultBackoff), orElse(opt.Wait, timerN)
	if opt.Most == 0 {
		opt.Most = mostBody
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &Subscription{
		table: t, opt: opt, client: exchange.Client{Port: opt.Port, Auth: opt.Auth, Agent: opt.Agent}, stop: stop,
		done: make(chan struct{}), news: make(chan struct{}, 1), expires: opt.Expires, backoff: opt.Backoff,
	}
	go s.run(ctx)
	return s
}

func orElse(d, standard time.Duration) time.Duration {
	if d <= 0 {
		return standard
	}
	return d
}

// Close ends the subscription and returns when the far end has heard so, or ctx is done. Nothing is told after that.
func (s *Subscription) Close(ctx context.Context) error {
	var err error
	s.once.Do(func() {
		s.stop()
		<-s.done
		if s.lasts() {
			err = s.leave(ctx)
		}
		s.table.remove(s)
	})
	<-s.done
	return err
}

// lasts tells whether the far end believes that there is a subscription.
func (s *Subscription) lasts() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over == nil && s.dialog.remote != ""
}

// leave sends SUBSCRIBE that ends it (RFC 6665 4.1.2.3), and waits a moment for the NOTIFY that says goodbye.
func (s *Subscription) leave(ctx context.Context) error {
	const moment = time.Second
	res, err := s.ask(ctx, 0)
	if err == nil && res.StatusCode != sip.StatusCallTransactionDoesNotExists {
		err = exchange.Refused("sip", res)
	}
	if err != nil {
		return err
	}
	last := time.NewTimer(moment)
	defer last.Stop()
	for s.lasts() {
		select {
		case <-s.news:
		case <-last.C:
			return nil
		case <-ctx.Done():
			return nil // the far end has heard it
		}
	}
	return nil
}

// tell has something heard.
func (s *Subscription) tell(n calls.Notice) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.opt.Heard(n)
}

// name is the package of events alone.
func (s *Subscription) name() string {
	name, _, _ := strings.Cut(s.opt.Event, ";")
	return strings.TrimSpace(name)
}
