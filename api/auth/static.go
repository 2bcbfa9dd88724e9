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
	brake *Brake
	slots chan struct{} // as many checks of passwords at a time as there are processors: each takes one, and memory
}

// New makes a Static. A bad configuration is fault.InvalidParams, with the key as its place.
func New(c Config) (*Static, error) {
	s := &Static{brake: NewBrake(), slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
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
	v := s.decide(ctx, nil, q)
	if v.Outcome != Allow {
		return "", v.told()
	}
	return v.User, nil
}

// Digests tells whether there is anybody who can log in by Digest.
func (s *Static) Digests() bool { return s.rules.Load().digests }

// Salted tells whether there is anybody who can log in as Adobe's servers ask for it.
func (s *Static) Salted() bool { return s.rules.Load().salted }

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

// judge decides by keys, tokens and users. last: nobody else can know a name that is not known here.
func (s *Static) judge(ctx context.Context, r *rules, q Request, last bool) Verdict {
	if v := r.byKey(q, q.Key); v.Outcome != Pass {
		return v
	}
	if q.Key != "" && r.claims(q) {
		return Verdict{Outcome: Wrong, Rule: ByKey, Reason: WrongKey}
	}
	if q.Token != "" {
		if name, may := r.byToken(q.Token); may != nil {
			return Of(ByToken, name, *may, q)
		}
		return r.byKey(q, q.Token) // encoders with WHIP have a field for a Bearer token and for nothing else
	}
	u := r.users[q.User]
	if u == nil && q.User == "" {
		return Verdict{}
	}
	if q.Proof != nil || q.Salted != nil {
		switch {
		case u == nil && !last:
			return Verdict{}
		case u == nil || !u.proven(q):
			return Verdict{Outcome: Wrong, Rule: ByUser, Reason: WrongPassword}
		}
		return Of(ByUser, u.name, u.may, q)
	}
	return s.byPassword(ctx, r, u, q)
}

// byPassword decides about a user, or, if u is nil, about nobody in the same time, also if another judge is asked then.
func (s *Static) byPassword(ctx context.Context, r *rules, u *user, q Request) Verdict {
	wrong := Verdict{Outcome: Wrong, Rule: ByUser, Reason: WrongPassword}
	if u == nil {
		if u = r.stranger(q.User); u == nil {
			return Verdict{}
		}
		wrong = Verdict{}
	}
	sum, this := r.keyed(q.Password), r.attempt(q.User, q.Password)
	if known := u.known.Load(); known != nil && hmac.Equal(known[:], sum[:]) {
		return Of(ByUser, u.name, u.may, q)
	}
	if r.vain.has(this) {
		return wrong
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		err := fault.New(fault.Overloaded, "", "too many log in at the same time").Because(ctx.Err())
		return Verdict{Outcome: Fail, Rule: ByUser, Reason: GaveUp, Err: err}
	}
	defer func() { <-s.slots }()
	if v, refused := q.Braked(); refused {
		return v
	}
	if fits := u.hash.fits(q.Password); !fits || u.name == "" { // whatever a stranger's password is
		r.vain.add(this)
		return wrong
	}
	u.known.Store(&sum)
	return Of(ByUser, u.name, u.may, q)
}

// proven tells whether a client showed that it knows the user's password.
func (u *user) proven(q Request) bool {
	if q.Proof != nil {
		return u.ha1 != "" && q.Proof.Follows(u.ha1)
	}
	return u.adobe != "" && q.Salted.Follows(u.adobe)
}

// byToken looks at all tokens, whichever fits, so that it takes equally long for each.
func (r *rules) byToken(shown string) (name string, may *Grant) {
	for i := range r.tokens {
		if r.tokens[i].sum.fits(shown) {
			name, may = r.tokens[i].name, &r.tokens[i].may
		}
	}
	return name, may
}
