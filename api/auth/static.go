package auth

import (
	"context"
	"crypto/hmac"
	"runtime"
	"sync/atomic"

	"sluice/engine/fault"
)

// Static decides by a Config. Safe for concurrent use.
type Static struct {
	rules atomic.Pointer[rules]
	brake *brake
	slots chan struct{} // as many checks of passwords at a time as there are processors: each takes one, and memory
}

// New makes a Static. A bad configuration is fault.InvalidParams, with the key as its place.
func New(c Config) (*Static, error) {
	s := &Static{brake: newBrake(), slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	return s, s.Set(c)
}

// Set decides by another Config from now on. A bad one is fault.InvalidParams and changes nothing. Who was slowed down for
// guessing still is.
func (s *Static) Set(c Config) error {
	r, err := compile(c)
	if err != nil {
		return err
	}
	s.rules.Store(r)
	return nil
}

// Authorise says who it is that asks, "" for anybody. What is not granted is fault.Unauthorized to who is not known, and
// fault.Forbidden to who is. Wrong credentials are fault.Unauthorized, even for what everybody may do. After some of these the
// answers to more from the same address take their time, and fault.Overloaded is said to who does not wait for them. ctx ends
// the waiting.
func (s *Static) Authorise(ctx context.Context, q Request) (string, error) {
	r := s.rules.Load()
	if q.anonymous() || r.empty() {
		return "", r.toAnybody(q)
	}
	if err := s.brake.admit(q.Remote); err != nil {
		return "", err
	}
	name, may, err := s.identify(ctx, r, q)
	if err != nil {
		return "", err
	}
	if may == nil {
		if err := s.brake.fail(ctx, q.Remote); err != nil {
			return "", err
		}
		return "", fault.New(fault.Unauthorized, "", "the user, the password or the token is wrong")
	}
	if !may.allows(q.Action, q.Stream) && !r.anonymous.allows(q.Action, q.Stream) {
		return "", fault.New(fault.Forbidden, "", "%q may not %s", name, q.deed())
	}
	return name, nil
}

// Digests tells whether there is anybody who can log in by Digest.
func (s *Static) Digests() bool { return s.rules.Load().digests }

// toAnybody decides about who does not say who he is, or whom nobody could know.
func (r *rules) toAnybody(q Request) error {
	switch {
	case r.anonymous.allows(q.Action, q.Stream):
		return nil
	case r.empty():
		return fault.New(fault.Forbidden, "", "nobody may %s", q.deed()).Advise("add a user or a token to the configuration's section auth")
	default:
		return fault.New(fault.Unauthorized, "", "not everybody may %s", q.deed()).Advise("show a token, or log in")
	}
}

// deed words what was asked for.
func (r Request) deed() string {
	switch r.Action {
	case Publish, Play:
		return string(r.Action) + ` "` + r.Stream + `"`
	case Enter:
		return "be here"
	case Metrics:
		return "read the metrics"
	default:
		return "administer the server"
	}
}

// identify finds who shows these credentials and what he may do; nil if they are wrong. An error is ctx's.
func (s *Static) identify(ctx context.Context, r *rules, q Request) (string, *grant, error) {
	if q.Token != "" {
		name, may := r.byToken(q.Token)
		return name, may, nil
	}
	u := r.users[q.User]
	if q.Proof != nil {
		if u == nil || u.ha1 == "" || !q.Proof.Follows(u.ha1) {
			return "", nil, nil
		}
		return u.name, &u.may, nil
	}
	if u == nil {
		if r.stranger == nil {
			return "", nil, nil
		}
		u = r.stranger
	}
	sum := r.keyed(q.Password)
	if known := u.known.Load(); known != nil && hmac.Equal(known[:], sum[:]) {
		return u.name, &u.may, nil
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return "", nil, fault.New(fault.Overloaded, "", "too many log in at the same time").Because(ctx.Err())
	}
	defer func() { <-s.slots }()
	if !u.hash.fits(q.Password) || u == r.stranger {
		return "", nil, nil
	}
	u.known.Store(&sum)
	return u.name, &u.may, nil
}

// byToken looks at all tokens, whichever fits, so that it takes equally long for each.
func (r *rules) byToken(shown string) (name string, may *grant) {
	for i := range r.tokens {
		if r.tokens[i].sum.fits(shown) {
			name, may = r.tokens[i].name, &r.tokens[i].may
		}
	}
	return name, may
}
