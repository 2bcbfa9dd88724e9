package auth

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"
)

// Chain decides by a Config and by further judges, tells the log of each decision, and counts them. Safe for concurrent use.
type Chain struct {
	static  *Static
	further atomic.Pointer[[]Judge]
	ledger  ledger
}

// NewChain makes a Chain of the users, tokens and keys of a Config and of further judges, which are asked in this order.
func NewChain(static *Static, log *slog.Logger, further ...Judge) *Chain {
	c := &Chain{static: static, ledger: ledger{log: log, counts: map[Tally]uint64{}}}
	c.Use(further...)
	return c
}

// Use asks other judges from now on, after the users, tokens and keys. Those before may be asked until requests end that came before.
func (c *Chain) Use(further ...Judge) { c.further.Store(&further) }

// Authorise says who it is that asks, as Static does. The client leaving while it is decided ends that.
func (c *Chain) Authorise(ctx context.Context, q Request) (string, error) {
	return c.AuthoriseBy(ctx, q)
}

// AuthoriseBy is Authorise for a door where others decide, too: they are asked after the users, tokens and keys, and before the judges that
// all doors have.
func (c *Chain) AuthoriseBy(ctx context.Context, q Request, before ...Judge) (string, error) {
	v := c.static.decide(ctx, slices.Concat(before, *c.further.Load()), q)
	if v.Outcome == Fail && ctx.Err() != nil {
		v.Reason = GaveUp
	}
	c.ledger.note(ctx, q, v)
	if v.Outcome != Allow {
		return "", v.told()
	}
	return v.User, nil
}

// Digests tells whether clients are to be asked to log in by Digest: if there is anybody who can, and nobody who has to say a password,
// as those whom another judge knows. Clients take Digest where they have the choice.
func (c *Chain) Digests() bool {
	return c.static.Digests() && !passwords(*c.further.Load())
}

// Salted tells whether there is anybody who can log in as Adobe's servers ask for it.
func (c *Chain) Salted() bool { return c.static.Salted() }

// Counts are the decisions so far.
func (c *Chain) Counts() map[Tally]uint64 { return c.ledger.copy() }
