package stack

import "sync"

// Bounds of what waits for its handler.
const (
	waiting = 256  // requests of one call behind one
	busy    = 8192 // calls
)

// calls hands out what comes in: what belongs to one call in its order, one after the other, and different calls at once.
type calls struct {
	done sync.WaitGroup

	mu     sync.Mutex
	queues map[string][]func() // there is a goroutine for each
	closed bool
}

func newCalls() *calls { return &calls{queues: map[string][]func(){}} }

// put has something run when what is before it in a call has. It tells whether there was room.
func (c *calls) put(call string, run func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue, before := c.queues[call]
	if c.closed || len(queue) >= waiting || !before && len(c.queues) >= busy {
		return false
	}
	c.queues[call] = append(queue, run)
	if !before {
		c.done.Go(func() { c.work(call) })
	}
	return true
}

func (c *calls) work(call string) {
	for {
		c.mu.Lock()
		queue := c.queues[call]
		if len(queue) == 0 {
			delete(c.queues, call)
			c.mu.Unlock()
			return
		}
		c.queues[call] = queue[1:]
		c.mu.Unlock()
		queue[0]()
	}
}

// other runs something that belongs to no call, and tells whether it does.
func (c *calls) other(run func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.done.Go(run)
	}
	return !c.closed
}

// close takes nothing more, and returns when what was taken has run.
func (c *calls) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.done.Wait()
}
