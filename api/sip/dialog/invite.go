package dialog

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// Invite is a call that we make.
type Invite struct {
	Port     stack.Port
	Auth     exchange.Auth // nil reports challenges as the ending
	From, To exchange.Party
	Target   sip.Uri   // request URI; the zero value is that of To
	Routes   []sip.Uri // outbound proxies, the first first
	Contact  sip.Uri   // how the far end reaches us; the zero value is the port's
	CallID   string    // "" makes one
	Offer    []byte    // our description
	Headers  []sip.Header
	// Replaces is the dialog of the far end's whose place this call takes (RFC 3891).
	Replaces   *message.Replaces
	ReferredBy string // who had us call (RFC 3892)
	// Follow says where a redirection (3xx) to there is followed to, or why it is not, as a fault that the ending has. It must not wait.
	// nil reports each as the ending.
	Follow func(target sip.Uri) (sip.Uri, error)
	// Ringing is how long the far end may take to answer; 0 is three minutes.
	Ringing time.Duration
}

const (
	// maxHops is how often a call follows redirections, and maxTries how often an INVITE is sent again for what an answer asks, all in all.
	maxHops, maxTries = 5, 8
	// mostRinging is how long calls ring: three minutes, after which proxies give up as well (RFC 3261 16.6, timer C).
	mostRinging = 3 * time.Minute
)

// outgoing is what a dialog that we began knows beyond others. The dialog's lock guards it, but for opt.
type outgoing struct {
	opt     Invite
	target  sip.Uri
	request *sip.Request
	tx      stack.Transaction
	abort   context.CancelFunc // gives up looking up and connecting
	given   bool               // nobody wants the call any more
	forks   map[string]*far    // who answered provisionally
	minSE   uint32             // what a 422 asked for, in seconds
	tries   int
	logins  int // challenges that were answered for this target
	hops    int
	ringing *alarm
	reason  *Reason
}

// Invite calls somebody. It returns at once; what comes of it, the owner hears. The error is a fault: it makes no sense.
func (t *Table) Invite(opt Invite, owner Owner) (*Dialog, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	if opt.CallID == "" {
		opt.CallID = rand.Text()
	}
	if opt.Target.Host == "" {
		opt.Target = *opt.To.URI.Clone()
	}
	if opt.Contact.Host == "" {
		opt.Contact = opt.Port.Contact(opt.From.URI.User)
	}
	if opt.Ringing == 0 {
		opt.Ringing = mostRinging
	}
	d := t.dialog(opt.Port, opt.Auth, owner)
	d.callID, d.localTag, d.contact = opt.CallID, exchange.Tag(), opt.Contact
	d.local, d.remote = opt.From, opt.To
	d.far = &far{target: opt.Target, routes: opt.Routes}
	d.out = &outgoing{opt: opt, target: opt.Target, forks: map[string]*far{}}
	d.session.local, d.session.ours = opt.Offer, true
	d.out.request = d.invite()
	if !t.add(d) {
		return nil, fault.New(fault.Closed, "sip", "the server is being stopped")
	}
	t.run(d.call)
	return d, nil
}

func (opt Invite) check() error {
	if opt.Port == nil || len(opt.Offer) == 0 {
		return fault.New(fault.InvalidParams, "sip", "a call needs a port and a description")
	}
	for _, p := range []exchange.Party{opt.From, opt.To} {
		if err := p.Check(); err != nil {
			return err
		}
	}
	for _, u := range append([]sip.Uri{opt.Target, opt.Contact}, opt.Routes...) {
		if err := exchange.Sayable(u); err != nil {
			return err
		}
	}
	for _, h := range append([]sip.Header{sip.NewHeader("Referred-By", opt.ReferredBy)}, opt.Headers...) {
		if err := exchange.SayableHeader(h.Name(), h.Value()); err != nil {
			return err
		}
	}
	return nil
}

// dialog makes one without names.
func (t *Table) dialog(port stack.Port, auth exchange.Auth, owner Owner) *Dialog {
	return &Dialog{
		table: t, port: port, auth: auth, owner: owner, log: t.opt.Log,
		done: make(chan struct{}), ended: make(chan struct{}),
	}
}

// invite writes the INVITE as it is next. The caller holds the lock, if anybody else knows the dialog.
func (d *Dialog) invite() *sip.Request {
	o := d.out
	r := sip.NewRequest(sip.INVITE, *o.target.Clone())
	(&far{target: o.target, routes: o.opt.Routes}).address(r)
	d.name(r, "")
	d.seq++
	r.CSeq().SeqNo = d.seq
	d.supports(r)
	d.wish(r, o.minSE)
	if o.opt.ReferredBy != "" {
		r.AppendHeader(sip.NewHeader("Referred-By", o.opt.ReferredBy))
	}
	if p := o.opt.Replaces; p != nil {
		r.AppendHeader(sip.NewHeader("Replaces", replaces(*p)))
	}
	for _, h := range o.opt.Headers {
		r.AppendHeader(sip.HeaderClone(h))
	}
	describe(r, d.session.local)
	return r
}

// call makes the call and follows it until no answer to its INVITE can come any more.
func (d *Dialog) call() {
	r := d.out.request
	if d.auth != nil {
		d.auth.Prepare(r)
	}
	for r != nil {
		tx, err := d.place(r)
		if err != nil {
			d.failed(err)
			return
		}
		if tx == nil {
			d.table.remove(d)
			return
		}
		r = d.listen(r, tx)
	}
}

// place sends an INVITE; nothing, if nobody wants the call any more.
func (d *Dialog) place(r *sip.Request) (stack.Transaction, error) {
	ctx, abort := context.WithCancel(d.table.life)
	defer abort()
	d.mu.Lock()
	if d.out.given || d.phase == over {
		d.mu.Unlock()
		return nil, nil
	}
	d.out.request, d.out.abort = r, abort
	d.out.forks = map[string]*far{}
	d.out.tries++
	if d.out.ringing == nil {
		d.out.ringing = d.table.after(d.out.opt.Ringing, d.unanswered)
	}
	d.mu.Unlock()
	tx, err := d.port.Do(ctx, r)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	d.out.tx = tx
	if d.out.given {
		d.cancel(tx)
	}
	return tx, nil
}

// cancel takes the INVITE back. Its final answer, 487 or a 2xx that was faster, is waited for still.
func (d *Dialog) cancel(tx stack.Transaction) {
	d.table.run(func() {
		if err := tx.Cancel(d.table.life); err != nil {
			d.log.Debug("a call could not be cancelled", "call", d.callID, "err", err)
		}
	})
}

// unanswered gives the call up.
func (d *Dialog) unanswered() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phase != calling {
		return
	}
	d.giveUp(Ending{Code: sip.StatusRequestTimeout, Reason: "Nobody answered"})
}

// giveUp ends a call that has no final answer. The caller holds the lock.
func (d *Dialog) giveUp(e Ending) {
	d.out.given = true
	switch {
	case d.out.tx != nil:
		d.cancel(d.out.tx)
	case d.out.abort != nil:
		d.out.abort()
	}
	d.end(e)
}

// failed ends a call whose INVITE could not be sent, or was not answered.
func (d *Dialog) failed(err error) {
	code, reason := exchange.Code(err)
	d.mu.Lock()
	d.end(Ending{Code: code, Reason: reason, Err: err})
	d.mu.Unlock()
	d.table.remove(d)
}
