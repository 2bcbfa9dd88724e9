package worker

import (
	"context"
	"time"

	"sluice/engine/fault"
)

// How long the pool waits after a worker that could not be started, or a spare that died, before it starts the next.
const (
	leastDelay = 100 * time.Millisecond
	mostDelay  = 30 * time.Second
	atOnce     = 4 // workers that start at the same time at most
)

// keep starts workers as they are needed until the pool stops.
func (p *Pool) keep() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		p.mu.Lock()
		n, wait := p.missing(time.Now())
		p.starting += n
		p.mu.Unlock()
		for range n {
			p.tasks.Go(p.hatch)
		}
		timer.Reset(wait)
		select {
		case <-p.wake:
		case <-timer.C:
		case <-p.ctx.Done():
			return
		}
	}
}

// missing tells how many workers to start now, and when to ask again at the latest.
func (p *Pool) missing(now time.Time) (n int, wait time.Duration) {
	if wait = p.retry.Sub(now); wait > 0 {
		return 0, wait
	}
	ready := 0
	for _, r := range p.links {
		if r {
			ready++
		}
	}
	shares := (p.waiting[1] + p.o.Shared - 1) / p.o.Shared
	n = p.o.Spare + p.waiting[0] + shares - ready - p.starting
	n = min(n, atOnce-p.starting, p.o.Most-len(p.links)-p.starting)
	if p.failure != nil {
		n = min(n, 1-p.starting) // one to see whether it works again
	}
	return max(n, 0), time.Hour
}

// hatch starts one worker and looks after it to its end.
func (p *Pool) hatch() {
	begun := time.Now()
	l, err := newLink(p.ctx, &p.o)
	if err != nil {
		p.failed(err)
		return
	}
	p.mu.Lock()
	p.links[l] = false
	stopped := p.state == over
	p.mu.Unlock()
	if stopped { // Stop did not see it
		l.kill(fault.New(fault.Closed, "", "the worker was stopped"))
	}
	p.tasks.Go(func() {
		l.keep()
		p.lost(l)
	})
	timer := time.NewTimer(p.o.Ready)
	defer timer.Stop()
	select {
	case <-l.greeted:
		p.hatched(l, begun)
		return
	case <-l.dead:
		select {
		case <-l.greeted: // first, and both were seen at once
			p.hatched(l, begun)
			return
		default:
		}
	case <-timer.C:
		l.kill(fault.New(fault.GstUnavailable, "", "%q said nothing for %s after its start", p.o.Path, p.o.Ready))
	case <-p.ctx.Done():
		l.kill(fault.New(fault.Closed, "", "the worker was stopped"))
	}
	<-l.dead
	p.failed(l.fate())
}

// hatched makes a worker the spare one.
func (p *Pool) hatched(l *link, begun time.Time) {
	defer l.log.Debug("a worker is ready") // once it can be had
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starting--
	if _, there := p.links[l]; !there { // it is dead already, and lost took it for one that was never ready
		p.backOff()
		return
	}
	p.failure, p.links[l] = nil, true
	p.hatches.Observe(time.Since(begun))
	p.announce()
}

// failed takes note that no worker came.
func (p *Pool) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starting--
	if p.state == over {
		return
	}
	p.failures++
	p.failure = fault.New(fault.GstUnavailable, "", "no worker can be started").Because(err).Advise("sluice doctor says what is missing")
	p.backOff()
	p.o.Log.Error("no worker can be started", "error", err, "again_in", p.delay)
}

// backOff puts off the start of the next worker, so that one that cannot live does not keep the machine busy.
func (p *Pool) backOff() {
	p.delay = min(max(2*p.delay, leastDelay), mostDelay)
	p.retry = time.Now().Add(p.delay)
	p.o.Log.Debug("no worker is started for a while", "again_in", p.delay)
	p.announce()
}

// lost forgets a worker that is dead.
func (p *Pool) lost(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	spare := p.links[l]
	delete(p.links, l)
	delete(p.shared, l)
	if l.fate().Code != fault.Closed && p.state != over {
		p.died++
		p.deaths[l.fate().Code]++
		l.log.Error("a worker is dead", "error", l.fate(), "spare", spare)
		if spare {
			p.backOff()
		}
	}
	p.announce()
}

// announce wakes whoever waits for a change. The lock is held.
func (p *Pool) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take finds a worker for an instance, its own or a shared one, and waits for it if need be. Give hands it back.
func (p *Pool) take(ctx context.Context, stop <-chan struct{}, shared bool) (*link, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		l, err := p.pick(shared)
		if l != nil || err != nil {
			return l, err
		}
		kind := 0
		if shared {
			kind = 1
		}
		p.waiting[kind]++
		changed := p.changed
		select {
		case p.wake <- struct{}{}:
		default:
		}
		p.mu.Unlock()
		select {
		case <-changed:
		case <-stop:
			err = fault.New(fault.Closed, "", "stopped")
		case <-ctx.Done():
			err = fault.New(fault.Overloaded, "", "no worker became ready in time")
		}
		p.mu.Lock()
		p.waiting[kind]--
		if err != nil {
			return nil, err
		}
	}
}

// pick takes a worker that is there; nil to wait for one. The lock is held.
func (p *Pool) pick(shared bool) (*link, error) {
	if p.state != running {
		return nil, fault.New(fault.Closed, "", "the pool of workers is not running")
	}
	if l := p.fullest(); shared && l != nil {
		p.shared[l]++
		return l, nil
	}
	for l, ready := range p.links {
		if !ready || !l.alive() {
			continue
		}
		p.links[l] = false
		p.delay = 0 // it lived to be used
		if shared {
			p.shared[l] = 1
		}
		p.announce()
		return l, nil
	}
	switch {
	case p.failure != nil:
		return nil, p.failure
	case len(p.links)+p.starting >= p.o.Most && p.starting == 0:
		return nil, fault.New(fault.Overloaded, "", "all %d workers are taken", p.o.Most)
	}
	return nil, nil //nolint:nilnil // wait
}

// fullest is the shared worker with most instances that has room, so that others get empty and end.
func (p *Pool) fullest() *link {
	var best *link
	for l, n := range p.shared {
		if n < p.o.Shared && l.alive() && (best == nil || n > p.shared[best]) {
			best = l
		}
	}
	return best
}

// give takes back a worker from an instance; true if it is to end now, because nobody else is in it or it is not sound.
func (p *Pool) give(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, shared := p.shared[l]
	if shared && n > 1 && l.alive() {
		p.shared[l] = n - 1
		return false
	}
	delete(p.shared, l)
	return true
}
