package transaction

import (
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/engine/fault"
)

// Owner hears of a client transaction. Its methods are called one after the other, while the transaction holds its lock: they must not
// wait, nor call the transaction.
type Owner interface {
	// Response tells of an answer that is new; of every 2xx to an INVITE, those that come again included.
	Response(*sip.Response)
	// Over tells that no answer comes any more. err is nil after a final one.
	Over(err error)
	// Forget tells that nothing that belongs to the transaction is expected any more.
	Forget()
}

type state int

const (
	calling state = iota
	proceeding
	accepted  // a 2xx to INVITE was there: others may follow (RFC 6026)
	completed // a final answer was there: its repetitions are absorbed
	terminated
)

// Client is a request of ours that waits for answers. Safe for concurrent use.
type Client struct {
	owner  Owner
	out    Out
	times  Timers
	invite bool
	data   []byte

	mu      sync.Mutex
	state   state
	over    bool
	every   time.Duration
	repeat  *time.Timer
	limit   *time.Timer
	request *sip.Request
	ack     []byte
}

// NewClient makes the transaction of a request. Nothing is sent before Start.
func NewClient(r *sip.Request, out Out, times Timers, owner Owner) *Client {
	return &Client{owner: owner, out: out, times: times, invite: r.Method == sip.INVITE, data: text(r), request: r, every: times.T1}
}

// Start sends the request. If that fails the transaction is over, and its owner is not told.
func (c *Client) Start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == terminated {
		return fault.New(fault.Closed, "", "%s was ended before it was sent", c.request.Method)
	}
	if err := c.out.Send(c.data); err != nil {
		c.state, c.over = terminated, true
		return err
	}
	c.limit = time.AfterFunc(c.times.Long(), c.expire)
	if !c.out.Reliable() {
		c.repeat = time.AfterFunc(c.every, c.again)
	}
	return nil
}

// again repeats the request (timers A and E).
func (c *Client) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state > proceeding || c.invite && c.state == proceeding {
		return
	}
	if err := c.out.Send(c.data); err != nil {
		c.end(err)
		return
	}
	if c.every *= 2; !c.invite {
		c.every = min(c.every, c.times.T2)
	}
	c.repeat.Reset(c.every)
}

// expire ends the transaction: nobody answered, or answers that were there are old.
func (c *Client) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch c.state {
	case calling, proceeding:
		c.end(fault.New(fault.Unreachable, "", "nobody answered %s in %v", c.request.Method, c.times.Long()))
	case accepted, completed:
		c.end(nil)
	}
}

// Receive takes an answer.
func (c *Client) Receive(res *sip.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.state == terminated:
	case c.state == completed:
		if c.ack != nil && res.StatusCode >= 300 {
			_ = c.out.Send(c.ack) // the answer comes again if this was lost
		}
	case c.state == accepted:
		if res.IsSuccess() {
			c.owner.Response(res)
		}
	case res.IsProvisional():
		c.provisional(res)
	case c.invite && res.IsSuccess():
		c.state = accepted
		c.limit.Reset(c.times.Long())
		c.owner.Response(res)
	default:
		c.final(res)
	}
}

func (c *Client) provisional(res *sip.Response) {
	if c.state == calling {
		c.state = proceeding
		if c.invite {
			c.limit.Stop() // it may ring for as long as its owner likes
		}
	}
	c.every = c.times.T2 // of timer E, from its next repetition on (RFC 3261 17.1.2.2)
	c.owner.Response(res)
}

// final takes an answer that ends the transaction but for repetitions.
func (c *Client) final(res *sip.Response) {
	c.state = completed
	keep := c.times.T4
	if c.invite {
		c.ack = text(newAck(c.request, res))
		keep = max(c.times.Long(), c.times.T4)
		_ = c.out.Send(c.ack)
	}
	c.owner.Response(res)
	c.finish(nil)
	if c.out.Reliable() {
		c.end(nil)
		return
	}
	c.limit.Reset(keep)
}

// Cancelled tells that CANCEL was sent: an answer is waited for only for a while more (RFC 3261 9.1).
func (c *Client) Cancelled() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == proceeding {
		c.limit.Reset(c.times.Long())
	}
}

// End ends the transaction, for its connection broke or the stack stops. Over is told err if no final answer was there.
func (c *Client) End(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end(err)
}

func (c *Client) end(err error) {
	if c.state == terminated {
		return
	}
	if c.state == accepted || c.state == completed {
		err = nil
	}
	c.state = terminated
	c.finish(err)
	if c.limit != nil {
		c.limit.Stop()
	}
	c.owner.Forget()
}

// finish tells the owner, once, that no answers come any more.
func (c *Client) finish(err error) {
	if c.repeat != nil {
		c.repeat.Stop()
	}
	if !c.over {
		c.over = true
		c.owner.Over(err)
	}
}

// newAck makes the ACK to an answer that is no 2xx (RFC 3261 17.1.1.3).
func newAck(invite *sip.Request, res *sip.Response) *sip.Request {
	ack := sip.NewRequest(sip.ACK, invite.Recipient)
	ack.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, ack)
	sip.CopyHeaders("Max-Forwards", invite, ack)
	ack.AppendHeader(sip.HeaderClone(invite.From()))
	ack.AppendHeader(sip.HeaderClone(res.To()))
	ack.AppendHeader(sip.HeaderClone(invite.CallID()))
	ack.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.ACK})
	ack.SetBody(nil)
	return ack
}

// NewCancel makes the CANCEL of an INVITE (RFC 3261 9.1).
func NewCancel(invite *sip.Request) *sip.Request {
	r := sip.NewRequest(sip.CANCEL, invite.Recipient)
	r.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, r)
	sip.CopyHeaders("Max-Forwards", invite, r)
	for _, h := range []sip.Header{invite.From(), invite.To(), invite.CallID()} {
		r.AppendHeader(sip.HeaderClone(h))
	}
	r.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	r.SetBody(nil)
	return r
}
