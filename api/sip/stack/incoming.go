package stack

import (
	"crypto/rand"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack/socket"
	"sluice/api/sip/stack/transaction"
	"sluice/engine/fault"
)

// incoming is a request that came in.
type incoming struct {
	port    *Socket
	request *sip.Request
	source  netip.AddrPort
	flow    socket.Flow         // over which it came; nil for an ACK
	tx      *transaction.Server // nil for an ACK
	length  int                 // of the request, as it came
	key     string
	merge   string
	tag     string

	cancelled chan struct{}
	cancel    *sip.Request // set before cancelled is closed
	unacked   chan struct{}
	once      sync.Once
}

// newIncoming begins the transaction of a request that the gate has let in.
func newIncoming(p *Socket, r *sip.Request, f socket.Flow, key string, length int) *incoming {
	in := &incoming{
		port: p, request: r, source: addrPort(r), flow: f, key: key, length: length, tag: rand.Text(),
		cancelled: make(chan struct{}), unacked: make(chan struct{}),
	}
	if !r.To().Params.Has("tag") {
		in.merge = mergeKey(r)
	}
	in.tx = transaction.NewServer(r, in.tag, f, p.stack.opt.Timers, in)
	return in
}

// mergeKey is what a request outside of dialogs has in common with itself where it comes by another way (RFC 3261 8.2.2.2). Who shares a
// port with others is a user agent of his own: a registrar that has several of one user ring sends each of them the same request, and its
// Request-URI tells them apart.
func mergeKey(r *sip.Request) string {
	tag, _ := r.From().Params.Get("tag")
	number := strconv.Itoa(int(r.CSeq().SeqNo))
	return strings.Join([]string{r.CallID().Value(), tag, number, string(r.Method), r.Recipient.User}, " ")
}

// Answered lets somebody else in.
func (in *incoming) Answered() { in.port.stack.gate.answered(in.source.Addr()) }

// Unheard tells who asks for Unacknowledged.
func (in *incoming) Unheard() { close(in.unacked) }

// Forget drops the request.
func (in *incoming) Forget() {
	p := in.port
	p.stack.gate.leave(in.source.Addr(), in.length)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.servers[in.key] == in {
		delete(p.servers, in.key)
	}
	if p.merges[in.merge] == in.key {
		delete(p.merges, in.merge)
	}
}

// takeBack answers 487 because of a CANCEL, if it is not too late.
func (in *incoming) takeBack(r *sip.Request) {
	if in.tx.Cancel() {
		in.once.Do(func() {
			in.cancel = r
			close(in.cancelled)
		})
	}
}

// refuse answers with a final answer.
func (in *incoming) refuse(code int, reason string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(in.request, code, reason, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	_ = in.Respond(res)
}

// Port and what follows are Incoming.

func (in *incoming) Port() Port {
	if in.flow == nil || !in.flow.Reliable() {
		return in.port
	}
	return narrow{in.port, path{over: in.flow}}
}

func (in *incoming) Request() *sip.Request { return in.request }

func (in *incoming) Source() netip.AddrPort { return in.source }

func (in *incoming) Tag() string { return in.tag }

func (in *incoming) Respond(res *sip.Response) error {
	if in.tx == nil {
		return fault.New(fault.Internal, "sip", "ACK is not answered")
	}
	return in.tx.Respond(res)
}

func (in *incoming) Cancelled() <-chan struct{} { return in.cancelled }

func (in *incoming) Cancel() *sip.Request {
	select {
	case <-in.cancelled:
		return in.cancel
	default:
		return nil
	}
}

func (in *incoming) Acknowledged() {
	if in.tx != nil {
		in.tx.Acknowledged()
	}
}

func (in *incoming) Unacknowledged() <-chan struct{} { return in.unacked }
