package hooks

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"sluice/api/apps"
	"sluice/elements/lasting"
	"sluice/engine/fault"
)

// back is the back end of one application, with what waits to be called of it.
type back struct {
	hooks *Hooks

	mu      sync.Mutex
	counts  Counts
	urgent  []*line   // whose turn it is, and somebody waits for; some may have nothing any more
	ready   []*line   // likewise of the others
	notices list.List // of *item: what nobody waits for, the oldest first
	bytes   int       // of these
	asked   int       // bytes of calls that somebody waits for, and that wait
	telling int       // calls that nobody waits for
	told    time.Time // when a failure was logged last
	untold  int       // how many were not since
}

func newBack(h *Hooks, key string) *back { return &back{hooks: h, counts: Counts{App: key}} }

// line is what waits of one session, in its order.
type line struct {
	items   list.List // of *item
	busy    bool      // one of them is being called, or waits for its next attempt
	turn    turn      // which it waits for
	waited  int       // how many of them somebody waits for
	hurry   chan struct{}
	backoff lasting.Backoff
}

// turn is one of the lists of lines.
type turn uint8

const (
	none turn = iota
	ready
	urgent
)

func newLine() *line { return &line{hurry: make(chan struct{}, 1)} }

// item is one call.
type item struct {
	app      apps.App
	line     *line
	method   string
	delivery string
	body     []byte
	read     bool            // the answer matters
	ctx      context.Context //nolint:containedctx // of who waits for it; nil: nobody does
	then     func(Object, error)
	tries    int

	own, all *list.Element // places in line.items and back.notices
}

// waits tells whether somebody waits for the call.
func (i *item) waits() bool { return i.ctx != nil }

// mostWaited is how many calls of one session may be waited for.
const mostWaited = 64

// refuse tells who waits for a call that it is not made. It is called by who wants it made.
func (i *item) refuse(why error) {
	if i.waits() {
		i.then(nil, why)
	}
}

// put has a call made when its turn comes. If too many wait, what nobody waits for is not told, the oldest first.
func (b *back) put(i *item) {
	if err := b.take(i); err != nil {
		i.refuse(err)
	}
}

// take puts a call into its line, or says why not.
func (b *back) take(i *item) error {
	h := b.hooks
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.closed {
		return fault.New(fault.Closed, "hooks", "the server is stopping")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i.delivery = uuid.NewString()
	l := i.line
	if i.waits() {
		if l.waited >= mostWaited {
			return fault.New(fault.Overloaded, "hooks", "too much of one client waits for its application")
		}
		if b.asked > 0 && b.asked+len(i.body) > h.opt.Bytes {
			return fault.New(fault.Overloaded, "hooks", "too much waits for this application").Advise("try again later")
		}
		l.waited++
		b.asked += len(i.body)
		select {
		case l.hurry <- struct{}{}:
		default:
		}
	} else {
		b.room(len(i.body))
		i.all = b.notices.PushBack(i)
		b.bytes += len(i.body)
	}
	i.own = l.items.PushBack(i)
	b.counts.Waiting++
	b.list(l)
	return nil
}

// room makes room for something to tell.
func (b *back) room(size int) {
	o := b.hooks.opt
	for b.notices.Len() > 0 && (b.notices.Len() >= o.Queue || b.bytes+size > o.Bytes) {
		old := b.notices.Front().Value.(*item)
		b.leave(old)
		b.counts.Dropped++
	}
}

// leave takes a call out of where it waits.
func (b *back) leave(i *item) {
	i.line.items.Remove(i.own)
	b.counts.Waiting--
	if i.waits() {
		i.line.waited--
		b.asked -= len(i.body)
		return
	}
	b.notices.Remove(i.all)
	b.bytes -= len(i.body)
}

// list gives a line its turn, and has somebody work on it if there may be one more. The caller holds b.mu.
func (b *back) list(l *line) {
	b.queue(l)
	if i := b.next(); i != nil {
		b.counts.Calling++
		b.hooks.work.Go(func() { b.run(i) })
	}
}

// queue gives a line its turn, behind the others. The caller holds b.mu.
func (b *back) queue(l *line) {
	switch {
	case l.busy || l.items.Len() == 0:
	case l.waited > 0 && l.turn != urgent:
		l.turn = urgent
		b.urgent = append(b.urgent, l)
	case l.turn == none:
		l.turn = ready
		b.ready = append(b.ready, l)
	}
}

// next takes the call whose turn it is, if there may be one more. Lines that somebody waits for come first, and a quarter of all calls
// is kept for them. The caller holds b.mu.
func (b *back) next() *item {
	most := b.hooks.opt.Calls
	if b.counts.Calling >= most {
		return nil
	}
	if l := pop(&b.urgent, urgent); l != nil {
		return b.begin(l)
	}
	if b.telling >= max(1, most-most/4) {
		return nil
	}
	if l := pop(&b.ready, ready); l != nil {
		return b.begin(l)
	}
	return nil
}

// pop takes the first line that still has something to do, and whose turn this is.
func pop(lines *[]*line, which turn) *line {
	for len(*lines) > 0 {
		l := (*lines)[0]
		(*lines)[0] = nil
		*lines = (*lines)[1:]
		if l.turn != which {
			continue
		}
		l.turn = none
		if !l.busy && l.items.Len() > 0 {
			return l
		}
	}
	*lines = nil
	return nil
}

// begin takes a line's first call.
func (b *back) begin(l *line) *item {
	i := l.items.Front().Value.(*item)
	b.leave(i)
	l.busy = true
	if !i.waits() {
		b.telling++
	}
	return i
}

// run makes calls for as long as there are any.
func (b *back) run(i *item) {
	for i != nil {
		err := b.call(i)
		b.mu.Lock()
		if !i.waits() {
			b.telling--
		}
		b.counts.Calling--
		if err != nil {
			later, pause := i, i.line.backoff.Next()
			b.hooks.work.Go(func() { b.park(later, pause, err) })
		} else {
			i.line.busy, i.line.backoff = false, lasting.Backoff{}
			b.queue(i.line)
		}
		if i = b.next(); i != nil {
			b.counts.Calling++
		}
		b.mu.Unlock()
	}
}

// park waits until something may be told once more. If somebody comes to wait behind it, or the server stops, it is told no more.
func (b *back) park(i *item, pause time.Duration, why error) {
	h := b.hooks
	again := false
	select {
	case <-h.opt.Clock.After(pause):
		again = true
	case <-i.line.hurry:
	case <-h.closing:
	}
	if !again {
		i.then(nil, why)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	l := i.line
	l.busy = false
	if again {
		i.own = l.items.PushFront(i)
		i.all = b.notices.PushFront(i)
		b.bytes += len(i.body)
		b.counts.Waiting++
	}
	b.list(l)
}

// call makes one call and counts it. An error says that it is to be made again, and why.
func (b *back) call(i *item) error {
	h := b.hooks
	ctx := h.ctx
	if i.waits() {
		both, cancel := context.WithCancel(i.ctx)
		defer context.AfterFunc(h.ctx, cancel)()
		defer cancel()
		ctx = both
	} else {
		select {
		case <-i.line.hurry: // of somebody before
		default:
		}
	}
	ctx, cancel := context.WithTimeout(ctx, h.opt.Timeout)
	defer cancel()
	i.tries++
	answer, err := h.web.call(ctx, i.app, i.method, i.delivery, i.body, i.read)
	b.count(i, err)
	if err != nil && !i.waits() && i.tries < h.opt.Attempts && errors.Is(err, fault.Unreachable) && b.patient(i.line) {
		return err
	}
	i.then(answer, err)
	return nil
}

// patient tells whether nobody waits for what is behind a call.
func (b *back) patient(l *line) bool {
	select {
	case <-b.hooks.closing:
		return false
	default:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return l.waited == 0
}

// count counts a call, and logs a failure now and then: a back end that is away would fill the log.
func (b *back) count(i *item, err error) {
	const often = 10 * time.Second
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err == nil:
		b.counts.Done++
		return
	case errors.Is(err, fault.Forbidden):
		b.counts.Refused++
	case errors.Is(err, errTimeout):
		b.counts.Late++
	default:
		b.counts.Failed++
	}
	log, now := b.hooks.opt.Log, b.hooks.opt.Clock.Now()
	if !b.told.IsZero() && now.Sub(b.told) < often {
		b.untold++
		log.Debug("a back end was called in vain", "app", i.app.Key, "method", i.method, "attempt", i.tries, "err", err)
		return
	}
	log.Warn("a back end was called in vain", "app", i.app.Key, "method", i.method, "attempt", i.tries, "err", err, "before", b.untold)
	b.told, b.untold = now, 0
}

func (b *back) counted() Counts {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts
}
