package lines

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sluice/api/calls"
	"sluice/engine/fault"
)

// Hold implements calls.Call.
func (c *Call) Hold(ctx context.Context, held bool) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	var wrong error
	answer, err := d.Reoffer(ctx, func() []byte {
		text, err := c.leg.Reoffer(held)
		wrong = err
		return text
	})
	if err == nil && wrong == nil {
		err = c.leg.Accept(answer) //nolint:contextcheck // keys are agreed on while the call lasts
	}
	if wrong != nil {
		err = wrong
	}
	if err != nil {
		c.leg.Withdraw()
		return err
	}
	c.change(func(a *calls.About) bool {
		a.State, a.Held = calls.Established, c.leg.Held()
		if held {
			a.State = calls.OnHold
		}
		return true
	})
	return nil
}

// Transfer implements calls.Call.
func (c *Call) Transfer(ctx context.Context, target string) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	to, err := c.line.whom(target)
	if err != nil {
		return err
	}
	there := to.party.URI
	if strings.EqualFold(there.Host, to.uri.Host) {
		there.Port = to.uri.Port // of the account's server, if it is none that names lead to
	}
	return d.Refer(ctx, there)
}

// Attend implements calls.Call.
func (c *Call) Attend(ctx context.Context, other calls.Call) error {
	d, err := c.inside()
	if err != nil {
		return err
	}
	second, ours := other.(*Call)
	if !ours || second.line != c.line || second == c {
		return fault.New(fault.InvalidRequest, "sip", "only another call of the same line can be joined with %.80q", c.id)
	}
	with, err := second.inside()
	if err != nil {
		return err
	}
	return d.Attend(ctx, with)
}

// Press implements calls.Call.
func (c *Call) Press(ctx context.Context, digits string, how calls.Keys) error {
	const most, length = 64, 160 * time.Millisecond
	digits = strings.ToUpper(digits)
	if digits == "" || len(digits) > most || strings.Trim(digits, "0123456789*#ABCD") != "" {
		return fault.New(fault.InvalidParams, "sip", "%.80q are no keys", digits).Advise("keys are 0-9, A-D, * and #, %d at most", most)
	}
	d, err := c.inside()
	if err != nil {
		return err
	}
	if how == calls.Automatic {
		how = c.line.lines.opt.Keys
	}
	if how == calls.Automatic {
		how = calls.Info
		if c.leg.Presses() {
			how = calls.RTPEvents
		}
	}
	if how == calls.RTPEvents {
		return c.leg.Press(ctx, digits, length)
	}
	for _, digit := range digits {
		kind, body := keyInfo, string(digit)
		if how == calls.InfoRelay {
			kind, body = relayInfo, fmt.Sprintf("Signal=%c\r\nDuration=%d\r\n", digit, length.Milliseconds())
		}
		if err := d.Info(ctx, kind, []byte(body)); err != nil {
			return err
		}
	}
	return nil
}

// control is what the elements of a graph do with the call.
type control struct{ *Call }

// Picture implements leg.Control.
func (c control) Picture() {
	d, err := c.inside()
	if err != nil {
		return
	}
	// RFC 5168 section 7.1
	const update = `<?xml version="1.0" encoding="utf-8"?><media_control><vc_primitive><to_encoder><picture_fast_update/></to_encoder>` +
		`</vc_primitive></media_control>`
	c.line.lines.begin(func() {
		const patience = 10 * time.Second
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := d.Info(ctx, pictureInfo, []byte(update)); err != nil {
			c.line.lines.opt.Log.Debug("a key picture could not be asked for", "call", c.id, "err", err)
		}
	})
}

// hears hear of the media of a call. It is leg.Watcher.
type hears struct{ *Call }

// Key implements leg.Watcher.
func (h hears) Key(digit string) { h.tell(func(w calls.Watcher) { w.Key(digit) }) }

// Silent implements leg.Watcher.
func (h hears) Silent(time.Duration) { _ = h.end(calls.NoMedia, 0) } // it is over

// Left implements leg.Watcher.
func (h hears) Left(err error) {
	cause := calls.Cause("")
	if err != nil {
		cause = calls.Broken
	}
	_ = h.end(cause, 0) // it is over
}

// Renewed implements leg.Watcher: who raised the graph raises it anew.
func (h hears) Renewed() {
	h.tell(func(w calls.Watcher) {
		if r, wants := w.(interface{ Renewed() }); wants {
			r.Renewed()
		}
	})
}

// Broken implements leg.Watcher.
func (h hears) Broken(error) { _ = h.end(calls.Broken, 0) } // it is over
