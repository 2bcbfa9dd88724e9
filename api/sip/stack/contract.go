// Package stack is SIP below dialogs: sockets, transactions, and requests that come in. Messages are sipgo's types; what sipgo does
// differently from RFC 3261 with them is not used (packages message, socket, transaction). It knows no calls.
package stack

import (
	"context"
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// Port is one place of ours from which requests leave and at which they come: a socket of UDP, or a listener of TCP or TLS. Safe for
// concurrent use.
type Port interface {
	// Contact is how others reach us at this port, with its transport.
	Contact(user string) sip.Uri
	// Do begins a client transaction. It sets Via (branch, rport), Max-Forwards and where the request leaves from; To, From, Call-ID, CSeq,
	// Contact and Route are the caller's. Where it goes follows from Route, else the request URI (RFC 3261 8.1.2, RFC 3263 for names), over
	// the transport that these name, else the port's. If nobody is there the next place is tried, as RFC 3263 4.3 has it. ctx bounds the
	// look-up and the connecting only. The error is a fault.
	Do(ctx context.Context, r *sip.Request) (Transaction, error)
	// Ping sends a keep-alive to where Do would send r (RFC 5626 4.4.1), so that what is between keeps the way back open.
	Ping(ctx context.Context, r *sip.Request) error
	// Write sends a message that has no transaction of its own: ACK to a 2xx. It goes where Do would send it.
	Write(ctx context.Context, r *sip.Request) error
	// Within is the port for requests that may go to some places only: reach says of others, as a fault, why not. What bounds the port
	// itself still does.
	Within(reach func(netip.AddrPort) error) Port
}

// Transaction is a request of ours that waits for answers.
type Transaction interface {
	// Responses are the answers as they come, 100 included, and every 2xx of a fork. It is closed when none can come any more: after a
	// final answer and its time of repetition, or what Err says. Every 2xx to an INVITE comes, repeated ones, too, for each wants its ACK
	// (RFC 3261 13.2.2.4); other final answers were acknowledged. Who does not read them holds up nobody.
	Responses() <-chan *sip.Response
	// Err says why the answers ended without a final one: a fault (timed out, transport). Valid once Responses is closed.
	Err() error
	// Cancel sends CANCEL, after the first provisional answer (RFC 3261 9.1), for which it waits. The INVITE still gets its final answer.
	Cancel(ctx context.Context) error
}

// Incoming is a request that came in.
type Incoming interface {
	// Port is where it came. What is sent from there to who sent it takes the connection over which it came, if it was one.
	Port() Port
	Request() *sip.Request
	// Source is where it came from.
	Source() netip.AddrPort
	// Tag is what Respond puts in To of answers to a request that had no tag there.
	Tag() string
	// Respond answers. Provisional answers may be many, final one is one; a 2xx to INVITE is repeated until Acknowledged or 64*T1 are over.
	Respond(r *sip.Response) error
	// Cancelled is closed when CANCEL came; 487 has been answered then.
	Cancelled() <-chan struct{}
	// Cancel is the CANCEL that came, which may say why; nil before Cancelled is closed.
	Cancel() *sip.Request
	// Acknowledged is to be called when the ACK of the 2xx has come.
	Acknowledged()
	// Unacknowledged is closed when no ACK came for 64*T1 after a 2xx: the dialog is to be ended with BYE (RFC 3261 13.3.1.4).
	Unacknowledged() <-chan struct{}
}

// Handler takes what comes in, checked (package message). ACKs to a 2xx come too, and are not answered; CANCELs do not. It is called for
// one request of a call (Call-ID) after the other, in the order of their CSeq, and for those of different calls at once. It must not
// wait: a call's next request would.
type Handler interface {
	Request(in Incoming)
}
