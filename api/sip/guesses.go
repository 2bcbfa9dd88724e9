package sip

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/auth"
	"sluice/api/sip/lines"
	"sluice/api/sip/stack"
)

// guesses slow down who tries passwords at the fixed addresses, and write him down. Safe for concurrent use.
type guesses struct {
	brake *auth.Brake
	log   *slog.Logger

	mu     sync.Mutex
	told   time.Time // when the last line was logged
	untold int       // since then
}

func newGuesses(log *slog.Logger) *guesses { return &guesses{brake: auth.NewBrake(), log: log} }

// logged is how much time is between two lines of the log at least, whoever guesses, from however many addresses.
const logged = time.Second

// tell logs a wrong password, now and then.
func (g *guesses) tell(from netip.Addr, user string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.told) < logged {
		g.untold++
		return
	}
	const longest = 64
	g.log.Warn("a caller shows a wrong password", "remote", from, "claimed", user[:min(len(user), longest)], "unlogged", g.untold)
	g.told, g.untold = now, 0
}

// waits tells whether an address has to wait, since wrong passwords came from there, and answers so. Requests that show none may come.
func (d *Door) waits(in stack.Incoming) bool {
	if len(in.Request().GetHeaders("Authorization")) == 0 || d.guesses.brake.Admit(in.Source().Addr()) == nil {
		return false
	}
	d.lines.Refused(lines.Guesser)
	d.reply(in, tooMany(in))
	return true
}

// guessed answers somebody whose password is wrong, after a while if that happens more often.
func (d *Door) guessed(in stack.Incoming, res *sip.Response) {
	from := in.Source().Addr().Unmap()
	user := ""
	if h := in.Request().From(); h != nil {
		user = h.Address.User
	}
	d.guesses.tell(from, user, time.Now())
	d.lines.Refused(lines.WrongPassword)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return
	}
	d.raised.Go(func() { // a handler must not wait
		if d.guesses.brake.Fail(d.cut, from) != nil {
			res = tooMany(in)
		}
		d.reply(in, res)
	})
}

// tooMany is what is said to who guesses.
func tooMany(in stack.Incoming) *sip.Response {
	res := sip.NewResponseFromRequest(in.Request(), busy, "Service Unavailable", nil)
	res.AppendHeader(sip.NewHeader("Retry-After", "5"))
	return res
}

// reply answers.
func (d *Door) reply(in stack.Incoming, res *sip.Response) {
	if err := in.Respond(res); err != nil {
		d.opt.Log.Debug("a caller could not be answered", "code", res.StatusCode, "err", err)
	}
}
