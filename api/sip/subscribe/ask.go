package subscribe

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
)

// ask sends one SUBSCRIBE, and takes what a 2xx says of the dialog.
func (s *Subscription) ask(ctx context.Context, expires time.Duration) (*sip.Response, error) {
	s.mu.Lock()
	r := s.request(expires)
	s.dialog.seq += 4 // answers to challenges take some
	s.mu.Unlock()
	res, err := s.client.Do(ctx, r)
	if err != nil || !res.IsSuccess() {
		return res, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := res.To().Params.GetOr("tag", "")
	switch {
	case s.dialog.callID != string(*r.CallID()): // it ended meanwhile
	case s.dialog.remote == "" && tag != "":
		s.dialog.remote = tag
		s.dialog.routes = exchange.Recorded(res)
		slices.Reverse(s.dialog.routes)
		fallthrough
	case s.dialog.remote == tag:
		if target, ok := exchange.Target(res, len(s.dialog.routes) == 0); ok {
			s.dialog.target = target
		}
	}
	return res, nil
}

// request writes a SUBSCRIBE: within the dialog if there is one, else the one that begins it. The caller holds the lock.
func (s *Subscription) request(expires time.Duration) *sip.Request {
	d := &s.dialog
	target, routes := s.opt.Target, s.opt.Routes
	if d.remote != "" {
		routes = d.routes
		if d.target.Host != "" {
			target = d.target
		}
	}
	r := s.client.New(sip.SUBSCRIBE, *target.Clone(), s.opt.From, s.opt.To, routes)
	*r.CallID() = sip.CallIDHeader(d.callID)
	r.From().Params.Add("tag", d.local)
	if d.remote != "" {
		r.To().Params.Add("tag", d.remote)
	}
	r.CSeq().SeqNo = d.seq + 1
	r.AppendHeader(&sip.ContactHeader{Address: s.opt.Contact()})
	r.AppendHeader(sip.NewHeader("Event", s.opt.Event))
	r.AppendHeader(sip.NewHeader("Accept", strings.Join(s.opt.Accept, ", ")))
	r.AppendHeader(sip.NewHeader("Allow", allowed))
	r.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second))))
	return r
}

// allowed are the methods that are taken within subscriptions.
const allowed = "NOTIFY"

// begin makes another dialog, in which nothing has been said.
func (s *Subscription) begin() {
	s.table.remove(s)
	s.mu.Lock()
	s.dialog = dialog{callID: rand.Text(), local: exchange.Tag()}
	s.over, s.heard, s.until = nil, false, time.Time{}
	s.mu.Unlock()
	s.table.add(s)
}

// seconds is a header that is a number of them; 0 if there is none.
func seconds(res *sip.Response, name string) time.Duration {
	hs := res.GetHeaders(name)
	if len(hs) == 0 {
		return 0
	}
	digits, _, _ := strings.Cut(strings.TrimSpace(hs[0].Value()), ";")
	digits, _, _ = strings.Cut(digits, " ")
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil {
		return 0
	}
	return min(time.Duration(n)*time.Second, longest)
}
