package calls

import (
	"context"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// watched is of whom a page is told what.
type watched struct {
	to    string
	event calls.Event
}

// watch is a subscription of a page.
type watch struct {
	calls.Subscription

	mu   sync.Mutex
	last wire.PhoneNotice // the zero value before there was one
}

// over tells whether nothing more may come: the page may subscribe anew.
func (w *watch) over() bool {
	status := calls.SubscriptionState(w.told().Status)
	return status == calls.SubscriptionFailed || status == calls.SubscriptionTerminated
}

// told is what the page was told last.
func (w *watch) told() wire.PhoneNotice {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// Subscribe has the page told of somebody, in notifySubscription, or not any more. The error is for what cannot be tried.
func (p *Phone) Subscribe(s wire.PhoneSubscription) error {
	if len(s.To) > wire.MaxNumber {
		return fault.New(fault.InvalidRequest, "", "to is no number or address")
	}
	const day = 86_400
	what := watched{string(s.To), calls.Event(s.Event)}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.watches[what]
	switch {
	case p.closed || p.line == nil:
		return fault.New(fault.InvalidRequest, "", "there is no line")
	case bool(s.Terminate) && before == nil:
		return fault.New(fault.InvalidRequest, "", "there is no such subscription")
	case bool(s.Terminate):
		delete(p.watches, what)
		p.end(what, before)
		return nil
	case before != nil && !before.over():
		return fault.New(fault.NameInUse, "", "there is this subscription")
	case before != nil:
		p.end(what, before)
	}
	w := &watch{}
	expires := time.Duration(min(max(int(s.Expires), 0), day)) * time.Second
	var err error
	w.Subscription, err = p.line.Subscribe(p.stopped, what.to, what.event, expires, func(n calls.Notice) { p.noticed(what, w, n) })
	if err != nil {
		return err
	}
	if p.watches == nil {
		p.watches = map[watched]*watch{}
	}
	p.watches[what] = w
	return nil
}

// noticed tells the page what a subscription was told.
func (p *Phone) noticed(what watched, w *watch, n calls.Notice) {
	told := wire.PhoneNotice{
		Event: string(what.event), To: what.to, Status: string(n.State), SIPStatus: n.Code, Info: n.Reason,
		ContentType: n.ContentType, Body: n.Body,
	}
	if !n.Until.IsZero() {
		told.Expires = max(int(time.Until(n.Until).Seconds()), 0)
	}
	w.mu.Lock()
	w.last = told
	w.mu.Unlock()
	p.client.Send("notifySubscription", told)
}

// end ends a subscription behind the page's back. The caller holds the lock.
func (p *Phone) end(what watched, w *watch) {
	p.all.work.Add(1)
	go func() {
		defer p.all.work.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.stopped), p.all.opt.Stop)
		defer cancel()
		if err := w.Close(ctx); err != nil {
			p.all.opt.Log.Debug("a subscription did not end properly", "session", p.id.Session, "event", what.event, "err", err)
		}
	}()
}
