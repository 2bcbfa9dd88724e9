package node

// Audience is a Taker whose own readers come and go: viewers who fetch what it makes. What is lazy before it runs while it has
// some, however long the Taker itself reads what comes.
type Audience interface {
	Taker
	// Tell hands over whom to tell when the first of them has come, and when the last has gone. It is called once, after New.
	// What it hands over returns at once, may be called from anywhere, and only listens to what changed.
	Tell(some func(bool))
}

// listen has the audiences among the elements tell the instance.
func (p *Part) listen() {
	for _, name := range p.order {
		a, ok := p.nodes[name].(Audience)
		if !ok {
			continue
		}
		c := &crowd{node: name}
		p.audiences = append(p.audiences, c)
		a.Tell(func(some bool) {
			c.set(some)
			p.instance(c.ask)
		})
	}
}

// set says whether there are readers, where they are not counted.
func (c *crowd) set(some bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readers = 0
	if some {
		c.readers = 1
	}
}
