package callstest

import (
	"context"
	"fmt"
	"strings"

	"sluice/api/calls"
	"sluice/engine/fault"
)

// Call is one without a far end. Safe for concurrent use.
type Call struct {
	Out calls.Outgoing // as it was asked for

	line    *Line
	watcher calls.Watcher
	about   calls.About
	media   any
	asked   []string
}

// ID implements calls.Call.
func (c *Call) ID() string { return c.about.ID }

// About implements calls.Call.
func (c *Call) About() calls.About {
	c.line.all.mu.Lock()
	defer c.line.all.mu.Unlock()
	return c.about
}

// Media implements calls.Call.
func (c *Call) Media() any {
	c.line.all.mu.Lock()
	defer c.line.all.mu.Unlock()
	return c.media
}

// Become has the far end do something. Media is there from Early and Established on.
func (c *Call) Become(state calls.State, code int, reason string, cause calls.Cause) {
	c.line.all.change(func() {
		c.about.State, c.about.Code, c.about.Reason, c.about.Cause = state, code, reason, cause
		if state == calls.Early || state == calls.Established {
			c.media = c
		}
	})
	if w := c.listener(); w != nil {
		w.Status(c.About())
	}
}

// Transferred has a transfer go on.
func (c *Call) Transferred(code int, reason string) { c.listener().Transferred(code, reason) }

func (c *Call) listener() calls.Watcher {
	c.line.all.mu.Lock()
	defer c.line.all.mu.Unlock()
	return c.watcher
}

// ask notes that something is asked; the fault is for a call that is over.
func (c *Call) ask(format string, args ...any) (err error) {
	c.line.all.change(func() {
		if c.about.State.Over() {
			err = fault.New(fault.ResourceNotFound, "", "the call is over")
			return
		}
		c.asked = append(c.asked, fmt.Sprintf(format, args...))
	})
	return err
}

// Ring implements calls.Call.
func (c *Call) Ring(early bool) error {
	if early {
		return c.ask("ring early")
	}
	return c.ask("ring")
}

// Answer implements calls.Call.
func (c *Call) Answer(_ context.Context, prefer []string) error {
	if err := c.ask("answer %s", strings.Join(prefer, " ")); err != nil {
		return err
	}
	c.Become(calls.Established, 200, "OK", "")
	return nil
}

// Hangup implements calls.Call.
func (c *Call) Hangup(_ context.Context, code int) error {
	if err := c.ask("hangup %d", code); err != nil {
		return err
	}
	c.Become(calls.Ended, 0, "", calls.Normal)
	return nil
}

// Hold implements calls.Call.
func (c *Call) Hold(_ context.Context, held bool) error {
	if err := c.ask("hold %v", held); err != nil {
		return err
	}
	if held {
		c.Become(calls.OnHold, 200, "OK", "")
	} else {
		c.Become(calls.Established, 200, "OK", "")
	}
	return nil
}

// Transfer implements calls.Call.
func (c *Call) Transfer(_ context.Context, target string) error { return c.ask("transfer %s", target) }

// Attend implements calls.Call.
func (c *Call) Attend(_ context.Context, other calls.Call) error {
	return c.ask("attend %s", other.ID())
}

// Press implements calls.Call.
func (c *Call) Press(_ context.Context, digits string, how calls.Keys) error {
	if strings.Trim(digits, "0123456789ABCD*#") != "" {
		return fault.New(fault.InvalidParams, "", "there is no key %q", digits)
	}
	return c.ask("press %s %s", digits, how)
}
