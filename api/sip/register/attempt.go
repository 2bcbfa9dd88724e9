package register

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
)

// attempt registers once, and says how long to wait until the next time; final, if it is no use.
func (r *Registration) attempt(ctx context.Context) (wait time.Duration, final bool) {
	res, err := r.settle(ctx)
	if ctx.Err() != nil {
		return 0, true
	}
	if err == nil {
		err = exchange.Refused("sip", res)
	}
	if err == nil {
		return r.registered(res), false
	}
	code, reason := exchange.Code(err)
	r.opt.Log.Debug("a registration failed", "aor", r.opt.AOR.URI.String(), "code", code, "reason", reason, "err", err)
	r.tell(calls.Registration{State: calls.RegistrationFailed, Code: code, Reason: reason})
	if code == sip.StatusUnauthorized || code == sip.StatusProxyAuthRequired {
		wait = r.locked
		r.locked = min(2*r.locked, maxLocked)
		return wait, wait == 0
	}
	wait = r.backoff
	r.backoff = min(2*r.backoff, maxBackoff)
	wait = wait/2 + time.Duration(rand.Int64N(int64(wait))) //nolint:gosec // all lines of a server must not come back at once
	if res != nil {
		wait = max(wait, after(res))
	}
	return wait, false
}

// settle registers until the registrar has no objection that can be met: a longer time (423), or the address at which it sees us.
func (r *Registration) settle(ctx context.Context) (*sip.Response, error) {
	var old *sip.Uri
	for tries := 1; ; tries++ {
		res, err := r.ask(ctx, r.expires, old)
		switch {
		case err != nil || tries == 3:
			return res, err
		case res.StatusCode == sip.StatusIntervalToBrief:
			least := number(res, "Min-Expires")
			if least <= r.expires {
				return res, nil
			}
			r.expires = least
		case res.IsSuccess() && old == nil:
			before := r.Contact()
			if !r.learn(res) {
				return res, nil
			}
			old = &before
		default:
			return res, nil
		}
	}
}

// ask sends one REGISTER. old is a contact that it takes back.
func (r *Registration) ask(ctx context.Context, expires time.Duration, old *sip.Uri) (*sip.Response, error) {
	q := r.request(expires, old)
	r.asked = true
	res, err := r.client.Do(ctx, q)
	r.seq += 4 // answers to challenges took some
	switch {
	case err != nil:
	case res.IsSuccess():
		r.asked = expires > 0
	case res.StatusCode != sip.StatusRequestTimeout:
		r.asked = r.Status().State == calls.Registered
	}
	return res, err
}

// request writes a REGISTER.
func (r *Registration) request(expires time.Duration, old *sip.Uri) *sip.Request {
	q := r.client.New(sip.REGISTER, *r.opt.Registrar.Clone(), r.opt.AOR, r.opt.AOR, r.opt.Routes)
	*q.CallID() = sip.CallIDHeader(r.callID) // RFC 3261 10.2: all of one registration have the same
	q.CSeq().SeqNo = r.seq + 1
	q.AppendHeader(&sip.ContactHeader{Address: r.Contact()})
	if old != nil {
		q.AppendHeader(&sip.ContactHeader{Address: *old.Clone(), Params: sip.HeaderParams{{K: "expires", V: "0"}}})
	}
	q.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second))))
	return q
}

// registered takes what the registrar granted, and says when to refresh it: after four fifths, some time earlier for some lines, so that
// not all of a server come at once.
func (r *Registration) registered(res *sip.Response) time.Duration {
	granted := r.granted(res)
	r.backoff, r.locked = r.opt.Backoff, r.opt.Locked
	r.tell(calls.Registration{State: calls.Registered, Code: res.StatusCode, Reason: res.Reason, Until: time.Now().Add(granted)})
	wait := granted * 4 / 5
	return wait - time.Duration(rand.Int64N(int64(wait/10)+1)) //nolint:gosec // as above
}

// longest is how long a registration is taken to last at most, whatever registrars say: their number may have 32 bits.
const longest = 24 * time.Hour

// granted is how long it lasts: as our contact says, else the answer, else what was asked for (RFC 3261 10.2.4).
func (r *Registration) granted(res *sip.Response) time.Duration {
	granted := r.expires
	if n := number(res, "Expires"); n > 0 {
		granted = n
	}
	ours := r.Contact()
	for _, h := range res.GetHeaders("Contact") {
		c, ok := h.(*sip.ContactHeader)
		if !ok || c.Address.User != ours.User || c.Address.Host != ours.Host || c.Address.Port != ours.Port {
			continue
		}
		if n, err := strconv.ParseUint(c.Params.GetOr("expires", ""), 10, 32); err == nil && n > 0 {
			granted = min(time.Duration(n)*time.Second, longest)
		}
	}
	return max(granted, time.Second)
}

// learn takes from an answer's Via where the registrar sees us (RFC 3581), and tells whether that is news.
func (r *Registration) learn(res *sip.Response) bool {
	via := res.Via()
	if via == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	host, port := r.contact.Host, r.contact.Port
	if seen, err := netip.ParseAddr(strings.Trim(via.Params.GetOr("received", ""), "[]")); err == nil {
		host = seen.Unmap().String()
	}
	if n, err := strconv.ParseUint(via.Params.GetOr("rport", ""), 10, 16); err == nil && n > 0 {
		port = int(n)
	}
	if same(host, r.contact.Host) && port == r.contact.Port {
		return false
	}
	r.contact.Host, r.contact.Port = host, port
	if strings.Contains(host, ":") {
		r.contact.Host = "[" + host + "]"
	}
	return true
}

func same(a, b string) bool { return strings.Trim(a, "[]") == strings.Trim(b, "[]") }

// number is a header of seconds; 0 if there is none.
func number(res *sip.Response, name string) time.Duration {
	hs := res.GetHeaders(name)
	if len(hs) == 0 {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(hs[0].Value()), 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, longest)
}

// after is how long the registrar wants to be left alone, at most an hour.
func after(res *sip.Response) time.Duration {
	hs := res.GetHeaders("Retry-After")
	if len(hs) == 0 {
		return 0
	}
	digits, _, _ := strings.Cut(strings.TrimSpace(hs[0].Value()), ";")
	digits, _, _ = strings.Cut(digits, " ")
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}
