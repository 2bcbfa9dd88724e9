package stack

import (
	"context"
	"sync"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack/resolve"
	"sluice/api/sip/stack/socket"
	"sluice/api/sip/stack/transaction"
	"sluice/engine/fault"
)

// room is how many answers may lie unread. Beyond, provisional ones are dropped, and old ones for final ones.
const room = 64

// outgoing is a Transaction: a request of ours, at the place that it was sent to last.
type outgoing struct {
	port      *Socket
	path      path
	responses chan *sip.Response
	answered  chan struct{} // closed at the first answer, or the end

	mu        sync.Mutex
	request   *sip.Request
	rest      []resolve.Target // places to try
	now       *attempt         // that was answered
	heard     bool             // whether answered is closed
	final     bool
	cancelled bool
	over      bool
	err       error
}

// attempt is the request at one place.
type attempt struct {
	o       *outgoing
	key     string
	flow    socket.Flow
	request *sip.Request
	client  *transaction.Client
}

// try sends the request to the next place that takes it.
func (o *outgoing) try(ctx context.Context) (err error) {
	for {
		o.mu.Lock()
		if len(o.rest) == 0 {
			o.mu.Unlock()
			return unreachable(o.request, err)
		}
		next := o.rest[0]
		o.rest = o.rest[1:]
		o.mu.Unlock()
		if err = o.send(ctx, next); err == nil {
			return nil
		}
	}
}

func (o *outgoing) send(ctx context.Context, to resolve.Target) error {
	f, err := o.port.flow(ctx, to, o.path)
	if err != nil {
		return err
	}
	r := o.request.Clone()
	o.port.sign(r, f)
	return o.port.begin(r, f, o)
}

// Response passes an answer on, unless it is a reason to try the next place (RFC 3263 4.3).
func (a *attempt) Response(res *sip.Response) {
	o := a.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over || res.StatusCode == sip.StatusServiceUnavailable && o.elsewhere() {
		return
	}
	o.now = a
	o.hear()
	o.final = o.final || !res.IsProvisional()
	for {
		select {
		case o.responses <- res:
			return
		default:
		}
		if res.IsProvisional() {
			return
		}
		select {
		case <-o.responses:
		default:
		}
	}
}

// elsewhere tells whether there is another place to try, for nobody has answered.
func (o *outgoing) elsewhere() bool { return len(o.rest) > 0 && !o.heard && !o.cancelled }

// hear tells Cancel that an answer came.
func (o *outgoing) hear() {
	if !o.heard {
		o.heard = true
		close(o.answered)
	}
}

// Over ends the transaction, or tries the next place.
func (a *attempt) Over(err error) {
	o := a.o
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.elsewhere() {
		if o.port.calls.other(func() {
			ctx, cancel := context.WithTimeout(context.Background(), o.port.stack.opt.Timers.Long())
			defer cancel()
			if err := o.try(ctx); err != nil {
				o.mu.Lock()
				defer o.mu.Unlock()
				o.end(err)
			}
		}) {
			return
		}
	}
	if err == nil && !o.final {
		err = fault.New(fault.Unreachable, "sip", "the place that answered has no room")
	}
	o.end(err)
}

// end closes the answers.
func (o *outgoing) end(err error) {
	if o.over {
		return
	}
	o.over, o.err = true, err
	o.hear()
	close(o.responses)
}

// Forget drops the attempt.
func (a *attempt) Forget() {
	p := a.o.port
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.clients, a.key)
}

// Responses are the answers.
func (o *outgoing) Responses() <-chan *sip.Response { return o.responses }

// Err is why there was no final answer.
func (o *outgoing) Err() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// Cancel sends CANCEL when it may be sent.
func (o *outgoing) Cancel(ctx context.Context) error {
	o.mu.Lock()
	o.cancelled = true
	o.mu.Unlock()
	select {
	case <-o.answered:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	o.mu.Lock()
	a, late := o.now, o.final || o.over
	o.mu.Unlock()
	if late || a == nil || a.request.Method != sip.INVITE {
		return nil
	}
	// What is answered to the CANCEL itself tells nothing (RFC 3261 9.1).
	nobody := &outgoing{port: o.port, request: a.request, responses: make(chan *sip.Response, room), answered: make(chan struct{})}
	if err := o.port.begin(transaction.NewCancel(a.request), a.flow, nobody); err != nil {
		return unreachable(a.request, err)
	}
	a.client.Cancelled()
	return nil
}
