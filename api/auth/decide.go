package auth

import (
	"context"
	"slices"

	"sluice/engine/fault"
)

// decide asks one after the other: publish keys, tokens and users of the configuration, then the further judges; the first that does
// not pass has decided. What everybody may do is granted to who shows nothing before anybody is asked, and to who is known but
// may not do it otherwise; never to who shows something wrong.
func (s *Static) decide(ctx context.Context, further []Judge, q Request) Verdict {
	r := s.rules.Load()
	shows := r.heeds(q, further)
	switch {
	case !shows && r.open(q):
		return allowed(Anybody, "")
	case shows || q.Query != "" && judged(further, q.Action):
		q.brake = s.brake
		if v, refused := q.Braked(); refused {
			return v
		}
	}
	v := s.ask(ctx, r, further, q, shows)
	switch {
	case v.Outcome == Refuse && v.Reason == NotGranted && r.open(q):
		return allowed(Anybody, v.User)
	case v.Outcome == Wrong:
		if err := s.brake.Fail(ctx, q.Remote); err != nil {
			v.Err = err
		}
	}
	return v
}

// Braked refuses a request from an address that has guessed too often meanwhile. A Judge that makes requests wait for their turn
// asks it once the turn has come, since guesses that came before may have been found wrong since the request came.
func (q Request) Braked() (v Verdict, refused bool) {
	if q.brake == nil {
		return Verdict{}, false
	}
	if err := q.brake.Admit(q.Remote); err != nil {
		return Verdict{Outcome: Refuse, Rule: ByBrake, Reason: TooMany, Err: err}, true
	}
	return Verdict{}, false
}

// ask asks everybody.
func (s *Static) ask(ctx context.Context, r *rules, further []Judge, q Request, shows bool) Verdict {
	if shows {
		if v := s.judge(ctx, r, q, !passwords(further)); v.Outcome != Pass {
			return v
		}
	}
	for _, j := range further {
		if v := j.Judge(ctx, q); v.Outcome != Pass {
			return v
		}
	}
	if shows {
		return Verdict{Outcome: Wrong, Rule: ByNothing, Reason: Unknown}
	}
	if r.nobody(q, further) && q.atHome() {
		return allowed(ByPlace, "")
	}
	return Verdict{Outcome: Refuse, Rule: ByNothing, Reason: NoCredentials, Err: r.stranded(q, further)}
}

// nobody tells whether there is nobody who could be let in by what he shows.
func (r *rules) nobody(q Request, further []Judge) bool {
	return r.empty() && !judged(further, q.Action) && !r.claims(q)
}

// atHome tells whether somebody at the machine itself, who shows no name and no token, wants to see to the server.
func (q Request) atHome() bool {
	return q.Local && q.User == "" && q.Token == "" && (q.Action == Admin || q.Action == Metrics)
}

// heeds tells whether a request shows credentials that somebody might know. Where nobody could, they mean nothing.
func (r *rules) heeds(q Request, further []Judge) bool {
	if q.User != "" || q.Password != "" || q.Token != "" {
		return !r.empty() || judged(further, q.Action) || r.claims(q)
	}
	return q.Key != "" && (r.claims(q) || judged(further, q.Action))
}

// open tells whether everybody may do that. A stream that has publish keys is published with one, or by who is known.
func (r *rules) open(q Request) bool { return r.anonymous.Allows(q.Action, q.Stream) && !r.claims(q) }

func judged(further []Judge, a Action) bool {
	return slices.ContainsFunc(further, func(j Judge) bool { return j.Judges(a) })
}

func passwords(further []Judge) bool {
	return slices.ContainsFunc(further, Judge.Passwords)
}

// stranded is what he is told who shows nothing. It is forbidden if nobody could, and else he may show something.
func (r *rules) stranded(q Request, further []Judge) error {
	if r.nobody(q, further) {
		return fault.New(fault.Forbidden, "", "nobody may %s", q.deed()).Advise("add a user or a token to the configuration's section auth")
	}
	return fault.New(fault.Unauthorized, "", "not everybody may %s", q.deed()).Advise("show a token, or log in")
}
