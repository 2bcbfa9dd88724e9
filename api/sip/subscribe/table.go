package subscribe

import (
	"mime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// Table finds the subscription that a NOTIFY is of. Safe for concurrent use.
type Table struct {
	agent string

	mu  sync.Mutex
	all map[string]*Subscription // by Call-ID and our tag
}

// NewTable makes one without subscriptions. agent is that of Server; "" leaves it out.
func NewTable(agent string) *Table { return &Table{agent: agent, all: map[string]*Subscription{}} }

func (t *Table) add(s *Subscription) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[key(s.dialog.callID, s.dialog.local)] = s
}

func (t *Table) remove(s *Subscription) {
	s.mu.Lock()
	k := key(s.dialog.callID, s.dialog.local)
	s.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, k)
}

func key(callID, tag string) string { return tag + " " + callID }

// Request takes a NOTIFY of a subscription, and answers it. It tells whether it did; what it left is the caller's to answer.
func (t *Table) Request(in stack.Incoming) bool {
	r := in.Request()
	if r.Method != sip.NOTIFY {
		return false
	}
	t.mu.Lock()
	s := t.all[key(string(*r.CallID()), r.To().Params.GetOr("tag", ""))]
	t.mu.Unlock()
	if s == nil {
		return false
	}
	code, reason, headers := s.check(r)
	res := sip.NewResponseFromRequest(r, code, reason, nil)
	if code == sip.StatusOK {
		res.AppendHeader(&sip.ContactHeader{Address: s.opt.Contact()})
	}
	if t.agent != "" {
		res.AppendHeader(sip.NewHeader("Server", t.agent))
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	notice, ok := s.take(r, code)
	if err := in.Respond(res); err != nil {
		s.opt.Log.Debug("a NOTIFY could not be answered", "err", err)
	}
	if ok {
		s.tell(notice)
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
	return true
}

// check says how a NOTIFY is answered.
func (s *Subscription) check(r *sip.Request) (code int, reason string, headers []sip.Header) {
	event, _, named := message.Event(r)
	_, _, _, _, states := message.SubscriptionState(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	tag := r.From().Params.GetOr("tag", "")
	switch {
	case s.dialog.remote != "" && tag != s.dialog.remote, tag == "", s.over != nil: // of another fork, which is not wanted (RFC 6665 4.1.4)
		return sip.StatusCallTransactionDoesNotExists, "Subscription Does Not Exist", nil
	case s.heard && r.CSeq().SeqNo < s.dialog.theirs:
		return sip.StatusInternalServerError, "CSeq is out of order", nil
	case !named || !strings.EqualFold(event, s.name()):
		return badEvent, "Bad Event", []sip.Header{sip.NewHeader("Allow-Events", s.name())}
	case !states:
		return sip.StatusBadRequest, "Missing Subscription-State", nil
	case len(r.Body()) > s.opt.Most:
		return sip.StatusRequestEntityTooLarge, "Request Entity Too Large", nil
	case len(r.Body()) > 0 && !slices.Contains(s.opt.Accept, kindOf(r)):
		return sip.StatusUnsupportedMediaType, "Unsupported Media Type", []sip.Header{sip.NewHeader("Accept", strings.Join(s.opt.Accept, ", "))}
	}
	return sip.StatusOK, "OK", nil
}

const badEvent = 489 // RFC 6665 8.3.2, which sipgo does not name

// kindOf is the type of a body, without parameters.
func kindOf(r *sip.Request) string {
	hs := r.GetHeaders("Content-Type")
	if len(hs) == 0 {
		return ""
	}
	kind, _, err := mime.ParseMediaType(hs[0].Value())
	if err != nil {
		return ""
	}
	return kind
}

// take notes what a NOTIFY says that is answered with a code, and gives what is to be told; ok is false if nothing is.
func (s *Subscription) take(r *sip.Request, code int) (n calls.Notice, ok bool) {
	if code != sip.StatusOK {
		return n, false
	}
	state, why, expires, after, _ := message.SubscriptionState(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &s.dialog
	d.theirs = r.CSeq().SeqNo
	if d.remote == "" { // it was faster than the answer to SUBSCRIBE
		d.remote, d.routes = r.From().Params.GetOr("tag", ""), exchange.Recorded(r)
	}
	if target, ok := exchange.Target(r, len(d.routes) == 0); ok {
		d.target = target
	}
	s.heard = true
	n = calls.Notice{State: calls.SubscriptionActive, Code: code, Reason: why, ContentType: kindOf(r), Body: string(r.Body())}
	switch state {
	case "terminated":
		s.over = &ending{reason: strings.ToLower(why), after: time.Duration(max(after, 0)) * time.Second}
		n.State = calls.SubscriptionTerminated
	case "pending":
		n.State = calls.SubscriptionPending
	}
	if expires >= 0 && s.over == nil {
		s.until = time.Now().Add(min(time.Duration(expires)*time.Second, longest))
		n.Until = s.until
	}
	return n, true
}
