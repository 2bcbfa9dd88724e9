package calls

import (
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// call is one call. Its goroutine is run, which alone changes what mu does not guard.
type call struct {
	phone    *Phone
	id       string
	incoming bool
	begun    time.Time
	cancel   context.CancelCauseFunc

	peer        Peer
	inst        Instance
	offered     int    // the visit of the page in which it was told of a call that came in, from 1; 0 before
	established bool   // both sides have talked
	sent        string // the status that the page heard last

	wake chan struct{} // there is something to do; holds one

	mu     sync.Mutex
	todo   []item
	req    wire.Call // of the page
	far    calls.Call
	about  calls.About
	status string
}

// item is something for a call's goroutine to do.
type item struct {
	about    *calls.About
	transfer *transferred
	do       func(ctx context.Context) error // what the page wants; the error it is warned of
	method   string                          // of do
	again    bool                            // the page has to hear of the call once more
	renew    bool                            // the graph has to be raised anew
	remind   bool                            // the page has to hear how the call is
}

// transferred is how a transfer goes.
type transferred struct {
	code   int
	reason string
}

// most is how many wishes of a page may wait. What the far end does always finds room: it is bounded by what SIP lets through.
const most = 64

func newCall(p *Phone, id string, incoming bool) *call {
	return &call{phone: p, id: id, incoming: incoming, begun: time.Now(), wake: make(chan struct{}, 1), cancel: func(error) {}}
}

// post has something done. False: too much waits.
func (c *call) post(i item) bool {
	c.mu.Lock()
	full := i.do != nil && len(c.todo) >= most
	if !full {
		c.todo = append(c.todo, i)
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return !full
}

// next takes what is to be done next.
func (c *call) next() (item, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.todo) == 0 {
		return item{}, false
	}
	i := c.todo[0]
	c.todo = c.todo[1:]
	return i, true
}

// Status implements calls.Watcher.
func (c *call) Status(a calls.About) { c.post(item{about: &a}) }

// Transferred implements calls.Watcher.
func (c *call) Transferred(code int, reason string) {
	c.post(item{transfer: &transferred{code, reason}})
}

// Renewed has the graph raised anew, with the codecs that the far end has now.
func (c *call) Renewed() { c.post(item{renew: true}) }

// Key implements calls.Watcher. Pages have no message for keys of the far end.
func (c *call) Key(digit string) {
	c.phone.all.opt.Log.Debug("the far end pressed a key", "session", c.phone.id.Session, "call", c.id, "digit", digit)
}

// remote is the call at the far end; nil before there is one.
func (c *call) remote() calls.Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.far
}

// ending is a last status and why.
type ending struct {
	status string
	code   int // of SIP
	info   string
	err    error // for the log
}

// run is all of a call's life.
func (c *call) run(ctx context.Context, live func(context.Context) ending) {
	var end ending
	defer func() { c.finish(ctx, end) }()
	defer func() {
		// What both sides send goes through much code that is not ours; nobody else is to suffer if it fails.
		if what := recover(); what != nil {
			c.phone.all.opt.Log.Error("a call panicked", "call", c.id, "err", what, "stack", string(debug.Stack()))
			end = ending{status: wire.CallFailed, info: string(reason.Error)}
		}
	}()
	end = live(ctx)
}

// stay waits until the call is over, and does what is to be done meanwhile.
func (c *call) stay(ctx context.Context) ending {
	for {
		for i, ok := c.next(); ok; i, ok = c.next() {
			if end, over := c.take(ctx, i); over {
				return end
			}
		}
		var gone, ended <-chan struct{}
		if c.peer != nil {
			gone = c.peer.Done()
		}
		if c.inst != nil {
			ended = c.inst.Done()
		}
		select {
		case <-c.wake:
		case <-ctx.Done():
			return c.leave(ctx, context.Cause(ctx))
		case <-gone:
			if c.incoming && c.inst == nil { // it still rings: another page may come for it
				c.peer = nil
				continue
			}
			return c.leave(ctx, c.broken(c.peer.Err()))
		case <-ended:
			return c.leave(ctx, c.inst.Err())
		}
	}
}

// broken is why a call ends whose page's peer did. A page that closes its connection hangs up, whatever else it says.
func (c *call) broken(err error) error {
	if err == nil || fault.CodeOf(err) == fault.Closed {
		return hungUp{}
	}
	return err
}

// take does something; true if the call is over.
func (c *call) take(ctx context.Context, i item) (ending, bool) {
	var err error
	switch {
	case i.about != nil:
		return c.progress(ctx, *i.about)
	case i.transfer != nil:
		c.tellTransfer(*i.transfer)
	case i.again:
		if visits, _ := c.phone.present(); c.inst == nil && c.offered != visits+1 {
			err = c.offer(ctx)
		}
	case i.remind:
		c.remind()
	case i.renew:
		err = c.renew(ctx)
	case i.do != nil:
		if wrong := i.do(ctx); wrong != nil {
			c.phone.client.Send("fail", wire.Fail{APIMethod: i.method, ID: c.id, Info: worded(wrong)})
		}
	}
	if err != nil {
		return c.leave(ctx, err), true
	}
	return ending{}, false
}

// leave ends the call at the far end, and says how it ended: for cause, nil being that somebody hung up, unless the far end was faster.
func (c *call) leave(ctx context.Context, cause error) ending {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.phone.all.opt.Stop)
	defer cancel()
	end := c.because(cause)
	far := c.remote()
	if far == nil {
		return end
	}
	if a, over := c.last(); over { // it was faster
		return hang(a)
	}
	err := far.Hangup(limit, code(cause))
	faster := errors.Is(err, fault.ResourceNotFound)
	if err != nil && !faster {
		c.phone.all.opt.Log.Info("a call did not end properly", "call", c.id, "err", err)
		return end
	}
	for {
		if a, over := c.last(); over {
			if faster || end.err == nil {
				return hang(a)
			}
			end.code = a.Code
			return end
		}
		select {
		case <-c.wake:
		case <-limit.Done():
			return end
		}
	}
}

// last looks in what is to be done for the end of the call; what else is wanted of it is too late.
func (c *call) last() (calls.About, bool) {
	for i, ok := c.next(); ok; i, ok = c.next() {
		switch {
		case i.transfer != nil:
			c.tellTransfer(*i.transfer)
		case i.about != nil && i.about.State.Over():
			c.note(*i.about)
			return *i.about, true
		}
	}
	return calls.About{}, false
}

// code is the SIP status to refuse a call with that is still to be answered; 0 is that somebody does not want it.
func code(cause error) int {
	switch {
	case cause == nil || errors.Is(cause, hungUp{}):
		return 0
	case errors.Is(cause, refused{}):
		return 403
	case errors.Is(cause, fault.CodecNotAvailable):
		return 488 // not acceptable here (RFC 3261 21.4.26)
	}
	return 480
}

// because says how a call ended for a cause of ours.
func (c *call) because(cause error) ending {
	switch {
	case cause == nil || errors.Is(cause, hungUp{}):
		return ending{status: wire.CallFinish, info: string(reason.CallCleared)}
	case errors.Is(cause, refused{}):
		return ending{status: wire.CallFailed, info: string(reason.Restricted), err: cause}
	}
	why := reason.Of(cause, reason.Publish, "")
	if !c.established && why == reason.Error {
		why = reason.CallNotCreated
	}
	return ending{status: wire.CallFailed, info: string(why), err: cause}
}

// refused is when the page's application does not allow it.
type refused struct{}

// Error implements error.
func (refused) Error() string { return string(reason.Restricted) }

// finish sends the last status, and ends the page's media and the graph. The id is free before.
func (c *call) finish(ctx context.Context, end ending) {
	if c.peer != nil {
		c.peer.Stop(nil)
	}
	c.phone.remove(c)
	c.phone.all.remove(c, c.established, end.status == wire.CallFailed)
	c.mu.Lock()
	c.status = end.status
	c.about.Code = end.code
	c.mu.Unlock()
	c.send("finish", end.status, end.info)
	if c.inst != nil {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.phone.all.opt.Stop)
		defer cancel()
		if err := c.inst.Stop(limit); err != nil {
			c.phone.all.opt.Log.Warn("a graph did not end properly", "call", c.id, "err", err)
		}
	}
	c.phone.all.opt.Log.Info("call ended", "call", c.id, "session", c.phone.id.Session, "incoming", c.incoming,
		"seconds", int(time.Since(c.begun).Seconds()), "status", end.status, "sip", end.code, "reason", end.info, "err", end.err)
}

// described words a SIP status.
func described(code int, reason string) string {
	switch {
	case code == 0:
		return reason
	case reason == "":
		return strconv.Itoa(code)
	}
	return strconv.Itoa(code) + " " + reason
}
