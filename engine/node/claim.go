package node

import "sluice/engine/hub"

// claimName makes sure of the name of a gather's stream before anything is made for it, so that who loses it hears so at once. One
// who replaces, waits or yields claims nothing.
func (g *gather) claimName() error {
	if g.stream == "" {
		return nil
	}
	if err := hub.CheckName(g.stream); err != nil {
		return placed(g.node, err)
	}
	switch {
	case g.alternative || g.policy == hub.Replace || g.policy == hub.Queue:
		return nil
	case g.policy == hub.Yield && g.part.opt.Hub.Free(g.stream):
		return nil // whoever comes before it publishes gets the name
	}
	claim, err := g.part.opt.Hub.Claim(g.stream)
	if err != nil {
		return placed(g.node, err)
	}
	g.claim = claim
	return nil
}

// vacant says that a name is somebody else's before a source is started for it: some protocols can say so only to who was not let
// in yet. Whether the name is still free when the tracks are known is seen then.
func (p *Part) vacant() error {
	for _, name := range p.order {
		out, ok := p.nodes[name].(Outfall)
		if !ok {
			continue
		}
		stream, policy, alternative := out.Publishes()
		if stream == "" || alternative || policy == hub.Replace || policy == hub.Queue || p.opt.Hub.Free(stream) {
			continue
		}
		claim, err := p.opt.Hub.Claim(stream)
		if err != nil {
			return placed(name, err)
		}
		claim.Release() // it has become free
	}
	return nil
}

// Published implements instance.Publishing. Who waits for his name may do so for long, and an alternative is one more.
func (p *Part) Published() bool {
	p.mu.Lock()
	gathers := p.gathers
	p.mu.Unlock()
	for _, g := range gathers {
		g.mu.Lock()
		waits := g.pub == nil && g.stream != "" && !g.alternative && g.policy != hub.Queue
		g.mu.Unlock()
		if waits {
			return false
		}
	}
	return true
}

// again has a gather whose stream could not be published wait for its tracks anew: the instance fails, and may be restarted. What is
// known of a bridge is known of the Runtime that goes with it.
func (g *gather) again(feeds []*feed) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pub != nil { // it could not be read
		g.pub.Close(nil)
		g.pub = nil
	}
	g.feeds, g.begun = feeds, false
	for _, f := range feeds {
		if f.forget == nil {
			continue
		}
		f.forget()
		f.known = f.known && f.lazy && !f.tried
	}
}

// withdraw takes back the alternatives that were published, when not all could be.
func (g *gather) withdraw(reason error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(reason)
	g.also = nil
}

// recheck has what could not be published before a restart be tried again.
func (p *Part) recheck() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, g := range p.gathers {
		p.spawn(func() {
			if err := g.check(p.ctx); err != nil {
				p.broken(g.node, err)
			}
		})
	}
}
