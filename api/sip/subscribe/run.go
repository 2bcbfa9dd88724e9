package subscribe

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
)

// run subscribes again and again until ctx is done, or it is no use.
func (s *Subscription) run(ctx context.Context) {
	defer close(s.done)
	for ctx.Err() == nil {
		s.begin()
		wait, final := s.live(ctx)
		if final {
			return
		}
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// live is the life of one dialog, to its end. It says how long to wait until there is another; final, if there is to be none.
func (s *Subscription) live(ctx context.Context) (wait time.Duration, final bool) {
	for {
		res, err := s.settle(ctx)
		if ctx.Err() != nil {
			return 0, true
		}
		if err == nil {
			err = exchange.Refused("sip", res)
		}
		if err != nil {
			return s.failed(res, err)
		}
		s.granted(res)
		if over := s.rest(ctx); over != nil {
			return s.ended(*over)
		}
		if ctx.Err() != nil {
			return 0, true
		}
	}
}

// settle sends SUBSCRIBE until the far end has no objection that can be met: a longer time (423).
func (s *Subscription) settle(ctx context.Context) (*sip.Response, error) {
	for tries := 1; ; tries++ {
		res, err := s.ask(ctx, s.expires)
		if err != nil || res.StatusCode != sip.StatusIntervalToBrief || tries == 3 {
			return res, err
		}
		least := seconds(res, "Min-Expires")
		if least <= s.expires {
			return res, nil
		}
		s.expires = least
	}
}

// granted takes how long it lasts; a NOTIFY may have said so already, or may say later.
func (s *Subscription) granted(res *sip.Response) {
	s.backoff = s.opt.Backoff
	lasts := seconds(res, "Expires")
	if lasts == 0 {
		lasts = s.expires
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until = time.Now().Add(lasts)
}

// rest waits until it is time to refresh: after four fifths, some time earlier for some, so that not all come at once. It tells if the far
// end has ended the dialog, or has not said anything in it.
func (s *Subscription) rest(ctx context.Context) *ending {
	begun := time.Now()
	for {
		s.mu.Lock()
		over, heard, until := s.over, s.heard, s.until
		s.mu.Unlock()
		if over != nil {
			return over
		}
		lasts := until.Sub(begun)
		next := begun.Add(lasts*4/5 - time.Duration(rand.Int64N(int64(max(lasts/10, 1))))) //nolint:gosec // it need not be secret
		if silent := begun.Add(s.opt.Wait); !heard && silent.Before(next) {
			next = silent
		}
		if least := begun.Add(leastRest); next.Before(least) {
			next = least
		}
		left := time.Until(next)
		if left <= 0 {
			if !heard && time.Since(begun) >= s.opt.Wait {
				return &ending{reason: silence}
			}
			return nil
		}
		alarm := time.NewTimer(left)
		select {
		case <-s.news:
		case <-alarm.C:
		case <-ctx.Done():
			alarm.Stop()
			return nil
		}
		alarm.Stop()
	}
}

// leastRest is what is between two SUBSCRIBEs of a dialog at least, however short a time the far end grants: NOTIFY may say 0.
const leastRest = time.Second

// silence is our word for a far end that took SUBSCRIBE and never sent NOTIFY.
const silence = "no NOTIFY"

// failed tells of a SUBSCRIBE that was refused or not answered. Refusals that will be the same next time are final.
func (s *Subscription) failed(res *sip.Response, err error) (wait time.Duration, final bool) {
	code, reason := exchange.Code(err)
	s.opt.Log.Debug("a subscription failed", "event", s.opt.Event, "to", s.opt.To.URI.String(), "code", code, "reason", reason, "err", err)
	if code == sip.StatusCallTransactionDoesNotExists { // the far end has forgotten it (RFC 6665 4.1.2.1): another one begins
		s.mu.Lock()
		had := s.dialog.remote != ""
		s.mu.Unlock()
		if had {
			return s.pause(0), false
		}
	}
	s.mu.Lock()
	s.over = &ending{reason: reason}
	s.mu.Unlock()
	s.tell(calls.Notice{State: calls.SubscriptionFailed, Code: code, Reason: reason})
	if !passing(code) {
		return 0, true
	}
	after := time.Duration(0)
	if res != nil {
		after = min(seconds(res, "Retry-After"), time.Hour)
	}
	return s.pause(after), false
}

// passing tells whether a refusal may be another one later: what the far end or what is between lacks now.
func passing(code int) bool {
	switch code {
	case sip.StatusRequestTimeout, sip.StatusTemporarilyUnavailable, sip.StatusInternalServerError, sip.StatusBadGateway,
		sip.StatusServiceUnavailable, sip.StatusGatewayTimeout:
		return true
	}
	return false
}

// ended says what the end of a dialog means (RFC 6665 4.1.3).
func (s *Subscription) ended(e ending) (wait time.Duration, final bool) {
	switch e.reason {
	case "deactivated", "timeout": // another one is wanted at once
		return s.pause(0), false
	case "rejected", "noresource", "invariant":
		return 0, true
	case silence: // there is none then (RFC 6665 4.1.2.4)
		s.mu.Lock()
		s.over = &e
		s.mu.Unlock()
		s.tell(calls.Notice{State: calls.SubscriptionFailed, Code: sip.StatusRequestTimeout, Reason: silence})
	}
	return s.pause(min(e.after, time.Hour)), false
}

// pause is how long to wait: it grows, so that nobody is asked without end.
func (s *Subscription) pause(least time.Duration) time.Duration {
	wait := s.backoff
	s.backoff = min(2*s.backoff, maxBackoff)
	return max(least, wait/2+time.Duration(rand.Int64N(int64(wait)))) //nolint:gosec // as above
}
