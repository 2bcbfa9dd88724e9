package phone

import "context"

// Renewed has the graphs of the call begin anew, with the codecs that the telephone has now.
func (c *one) Renewed() {
	c.mu.Lock()
	c.renew = true
	c.mu.Unlock()
	c.rouse()
}

// renewed tells once that something was renewed.
func (c *one) renewed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.renew
	c.renew = false
	return was
}

// again ends the graphs and begins them anew while the call goes on. The stream that the telephone hears goes on; a file that it
// heard has ended.
func (c *one) again(ctx context.Context, media any) error {
	leg, swaps := media.(interface {
		Swap(change func() error) error
	})
	if !swaps {
		return nil
	}
	c.putting.Lock()
	defer c.putting.Unlock()
	c.mu.Lock()
	inst, heard := c.inst, c.hears
	c.inst, c.hears = nil, nil
	c.mu.Unlock()
	stream := ""
	err := leg.Swap(func() error {
		if heard != nil {
			stream = heard.playing()
			heard.close(ctx)
		}
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
		defer cancel()
		if err := inst.Leave(limit); err != nil {
			c.all.opt.Log.Debug("the graph of a call ended badly", "call", c.task.ID, "err", err)
		}
		return c.raise(ctx, media)
	})
	if err != nil || stream == "" {
		return err
	}
	next, err := c.hear(ctx)
	if err == nil {
		err = next.play(ctx, stream)
	}
	if err != nil { // the call goes on all the same
		c.all.opt.Log.Info("what a telephone heard does not go on with other codecs", "call", c.task.ID, "stream", stream, "err", err)
	}
	return nil
}
