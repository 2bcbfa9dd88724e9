// Package exchange is one request of ours and its final answer: how it is put together, how challenges are answered, and what an answer
// means as an error. It knows no dialogs; those that have some (dialog, subscribe) and registrations build on it.
package exchange

import (
	"context"
	"crypto/rand"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// Auth answers challenges for one account (package digest). Safe for concurrent use.
type Auth interface {
	// Answer puts what a 401 or 407 asks for into the next try. attempt counts from 1. The error is a fault, if it cannot be answered.
	Answer(next, answered *sip.Request, res *sip.Response, attempt int) error
	// Prepare puts in what the last challenges asked for, so that the far end need not ask again.
	Prepare(r *sip.Request)
}

// Client sends requests from one place of ours. It is a value.
type Client struct {
	Port  stack.Port
	Auth  Auth   // nil leaves challenges to the caller, as final answers
	Agent string // of User-Agent; "" leaves it out
}

// New makes a request outside of dialogs, with a Call-ID and tag of its own.
func (c Client) New(method sip.RequestMethod, target sip.Uri, from, to Party, routes []sip.Uri) *sip.Request {
	r := sip.NewRequest(method, target)
	for _, route := range routes {
		r.AppendHeader(&sip.RouteHeader{Address: *route.Clone()})
	}
	r.AppendHeader(from.From(Tag()))
	r.AppendHeader(to.To(""))
	id := sip.CallIDHeader(rand.Text())
	r.AppendHeader(&id)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: method})
	if c.Agent != "" {
		r.AppendHeader(sip.NewHeader("User-Agent", c.Agent))
	}
	return r
}

// Do sends a request and gives its final answer, of whatever code. Challenges are answered if there is an Auth; one that cannot be is the
// answer. The error is a fault: no answer came. ctx bounds it.
func (c Client) Do(ctx context.Context, r *sip.Request) (*sip.Response, error) {
	if c.Auth != nil {
		c.Auth.Prepare(r)
	}
	for attempt := 1; ; attempt++ {
		tx, err := c.Port.Do(ctx, r)
		if err != nil {
			return nil, err
		}
		res, err := Final(ctx, tx)
		if err != nil {
			return nil, err
		}
		next, ok := Retry(c.Auth, r, res, attempt, r.CSeq().SeqNo+1)
		if !ok {
			return res, nil
		}
		r = next
	}
}

// Final awaits the final answer. The error is a fault, or of ctx: then nobody waits for it any more.
func Final(ctx context.Context, tx stack.Transaction) (*sip.Response, error) {
	for {
		select {
		case res, ok := <-tx.Responses():
			if !ok {
				return nil, Unanswered(tx.Err())
			}
			if !res.IsProvisional() {
				return res, nil
			}
		case <-ctx.Done():
			return nil, fault.New(fault.Closed, "sip", "nobody waits for the answer any more").Because(ctx.Err())
		}
	}
}

// Unanswered is why a transaction ended without a final answer, as a fault: a timeout, which SIP takes as a 408 (RFC 3261 8.1.3.1),
// unless it was ended here.
func Unanswered(err error) error {
	if fault.CodeOf(err) == fault.Closed {
		return err
	}
	return fault.New(fault.StartTimeout, "sip", "no answer came").Because(err)
}

// Retry gives the request that answers a challenge, with a CSeq of its own; ok is false for answers that are none, or cannot be answered.
func Retry(auth Auth, r *sip.Request, res *sip.Response, attempt int, seq uint32) (next *sip.Request, ok bool) {
	if auth == nil || res.StatusCode != sip.StatusUnauthorized && res.StatusCode != sip.StatusProxyAuthRequired {
		return nil, false
	}
	next = Again(r, seq)
	return next, auth.Answer(next, r, res, attempt) == nil
}

// Again copies a request for another try, with another CSeq and without Via. sipgo's own copy would also pin where it goes.
func Again(r *sip.Request, seq uint32) *sip.Request {
	next := sip.NewRequest(r.Method, *r.Recipient.Clone())
	for _, h := range r.CloneHeaders() {
		switch h.(type) {
		case *sip.ViaHeader:
			continue
		case *sip.CSeqHeader:
			h = &sip.CSeqHeader{SeqNo: seq, MethodName: r.Method}
		}
		next.AppendHeader(h)
	}
	next.SetBody(r.Body())
	next.SetDestination(r.MessageData.Destination())
	return next
}

// Tag makes a tag for From or To: 80 random bits (RFC 3261 19.3 wants 32).
func Tag() string { return rand.Text()[:16] }
