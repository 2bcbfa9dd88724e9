// Package link is the connection of one WebRTC peer: ICE (RFC 8445) by pion's agent, DTLS (RFC 9147) by pion's, and SRTP (RFC
// 3711) with the keys that DTLS agreed on (RFC 5764). It gives and takes RTP and RTCP, and ends with the exact reason when
// the other side cannot be reached, goes silent or is not who it said. What is in the packets it does not know.
package link

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"

	"sluice/elements/webrtc/gso"
	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
)

// Handler takes what arrives. All but Up is called from one goroutine, the link's reader; none may wait for long, and none may
// close the link.
type Handler interface {
	// Up says that keys are agreed on: what is written now can arrive.
	Up()
	// RTP takes a packet that has been decrypted. The payload is the handler's, the header is used again.
	RTP(h *rtp.Header, payload []byte, at time.Time)
	// RTCP takes a compound packet that has been decrypted. Its memory is used again.
	RTCP(compound []byte, at time.Time)
	// Read says that all datagrams which were waiting have been handed over.
	Read()
	// Ended says that the link has ended, and why; nil if it was closed without a reason. It is the last call.
	Ended(reason error)
}

// Link is one connection. Safe for concurrent use.
type Link struct {
	conf    Config
	handler Handler
	agent   *ice.Agent
	inbox   *mux.Inbox
	pipe    *pipe

	cancel  context.CancelCauseFunc
	stop    <-chan struct{} // closed by cancel
	started bool            // guarded by mu
	told    int             // candidates of the peer's, in this ICE session; guarded by mu
	reading bool            // what comes to the agent; guarded by mu
	mu      sync.Mutex
	conn    atomic.Pointer[ice.Conn]
	gather  chan struct{} // closed when all candidates are there; guarded by mu
	patient *time.Timer   // runs out when ICE takes too long; guarded by mu

	route atomic.Pointer[route]
	line  gso.Line
	keys  atomic.Pointer[keys]
	heard atomic.Bool // a check of the peer's was genuine

	work sync.WaitGroup
	done chan struct{}
	err  error // once done
}

// route is the way to the peer, past the agent.
type route struct {
	conn *gso.Conn // nil: by the agent
	to   netip.AddrPort
	name string // "UDP" or "TCP"
}

// New makes a link and begins to gather candidates. Close ends it, and not the end of the context.
func New(ctx context.Context, conf Config, h Handler) (*Link, error) {
	l := &Link{conf: conf, handler: h, inbox: conf.Mux.NewInbox(), done: make(chan struct{}), gather: make(chan struct{})}
	l.pipe = newPipe(l)
	if err := l.makeAgent(); err != nil {
		l.inbox.Close()
		return nil, err
	}
	ctx, l.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	l.stop = ctx.Done()
	l.work.Go(l.read)
	go l.run(ctx)
	if err := l.agent.GatherCandidates(); err != nil {
		l.Close(nil)
		<-l.done
		return nil, fault.New(fault.Internal, "ice", "candidates cannot be gathered").Because(err)
	}
	return l, nil
}

// run lives until the link is to end, and takes it down.
func (l *Link) run(ctx context.Context) {
	err := l.live(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if errors.Is(err, errClosed) {
		err = nil
	}
	l.cancel(errClosed) // for what runs until then
	l.stopWaiting()
	l.pipe.close() // before the agent, by which it says goodbye
	_ = l.agent.GracefulClose()
	l.inbox.Close()
	l.work.Wait()
	l.err = err
	close(l.done)
	l.handler.Ended(err)
}

// errClosed is the cause when somebody closed the link without a reason.
var errClosed = errors.New("closed")

// live connects and waits for the end. Its error counts only if nothing has ended the link before.
func (l *Link) live(ctx context.Context) error {
	if err := l.agent.AwaitConnect(ctx); err != nil {
		return err
	}
	conn, err := l.handshake(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	if err := l.agree(conn); err != nil {
		return fault.New(fault.DTLSFailed, "dtls", "no keys for SRTP").Because(err)
	}
	l.handler.Up()
	defer context.AfterFunc(ctx, func() { hangUp(conn) })()
	return l.linger(ctx, drain(conn))
}

// farewell is how long whoever signals for a peer has to stop it after it said goodbye on its own connection.
const farewell = time.Second

// linger waits a little after the peer has closed DTLS: most say so, with a reason, by their door at the same moment.
func (l *Link) linger(ctx context.Context, err error) error {
	select {
	case <-ctx.Done():
	case <-time.After(farewell):
	}
	return fault.New(fault.Closed, "dtls", "the peer closed the connection").Because(err)
}

// Start lets the peer connect. What is known of it must be complete but for candidates; a second call does nothing.
func (l *Link) Start(r sdp.Remote) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.started {
		return nil
	}
	l.started = true
	l.conf.Remote = r
	for _, c := range r.Candidates {
		l.candidate(c)
	}
	start := l.agent.StartAccept
	if r.Lite || l.conf.Offers {
		start = l.agent.StartDial // who offers controls, and of a full and a lite agent the full one (RFC 8445 6.1.1)
	}
	conn, err := start(r.Ufrag, r.Pwd)
	if err != nil {
		return fault.New(fault.Internal, "ice", "cannot start").Because(err)
	}
	l.conn.Store(conn)
	l.wait()
	return nil
}

// Close ends the link with a reason, nil if there is none. It does not wait; Done does.
func (l *Link) Close(reason error) {
	if reason == nil {
		reason = errClosed
	}
	l.cancel(reason)
}

// Go runs f until it returns, which it must when stop is closed. It may be called in Up.
func (l *Link) Go(f func(stop <-chan struct{})) { l.work.Go(func() { f(l.stop) }) }

// Done is closed when the link has ended and nothing of it runs any more but Handler.Ended.
func (l *Link) Done() <-chan struct{} { return l.done }

// Err is the reason for the end; nil before, and if there was none.
func (l *Link) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Transport is "UDP" or "TCP"; "" before a pair is selected.
func (l *Link) Transport() string {
	if r := l.route.Load(); r != nil {
		return r.name
	}
	return ""
}

// RTT is the round-trip time of the last connectivity check; 0 if it is not known, as with ICE-lite.
func (l *Link) RTT() time.Duration {
	stats, ok := l.agent.GetSelectedCandidatePairStats()
	if !ok {
		return 0
	}
	return time.Duration(stats.CurrentRoundTripTime * float64(time.Second))
}

// Line is where frames are corked.
func (l *Link) Line() *gso.Line { return &l.line }

// write sends a datagram: past the agent if a socket of ours leads to the peer, else with it.
func (l *Link) write(p []byte) (int, error) {
	if r := l.route.Load(); r != nil && r.conn != nil {
		return r.conn.WriteToAddrPort(p, r.to)
	}
	if c := l.conn.Load(); c != nil {
		return c.Write(p)
	}
	return 0, errClosed
}
