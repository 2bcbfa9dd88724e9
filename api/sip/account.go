package sip

import (
	"context"
	"net/netip"
	"slices"

	"sluice/api/calls"
	"sluice/api/sip/lines"
	"sluice/engine/fault"
)

// account is one of the configuration, with its line once the door is open.
type account struct {
	Account
	door *Door
	line *lines.Line // to be read when Serve has begun
}

var _ calls.Owner = (*account)(nil)

// browser is what graphs see in the place of an account's name of calls that a page has answered.
const browser = "browser"

// take takes the accounts of the configuration.
func (d *Door) take(list []Account) error {
	for _, a := range list {
		if a.Name == "" || a.Name == browser {
			return fault.New(fault.InvalidParams, "sip.accounts", "an account needs a name, and not %q", browser)
		}
		if slices.ContainsFunc(d.accounts, func(other *account) bool { return other.Name == a.Name }) {
			return fault.New(fault.InvalidParams, "sip.accounts", "there are two accounts %q", a.Name)
		}
		if a.Domain == "" {
			a.Domain = "localhost" // a telephone's: it is never spoken to first
			a.Register = false
		}
		if a.Login == "" { // a trunk's, which its address tells
			a.Login = a.Name
		}
		d.accounts = append(d.accounts, &account{Account: a, door: d})
	}
	return nil
}

// register opens the lines of all accounts that can have one: those that only let others call in have nobody to call.
func (d *Door) register(ctx context.Context) {
	for _, a := range d.accounts {
		l, err := d.lines.OpenOwn(ctx, a.Account.Account, a.Name, a)
		if err != nil {
			d.opt.Log.Error("an account cannot be used", "account", a.Name, "err", err)
			continue
		}
		d.mu.Lock()
		a.line = l
		d.mu.Unlock()
	}
}

// of is the line of an account; nil before it is open.
func (d *Door) of(a *account) *lines.Line {
	d.mu.Lock()
	defer d.mu.Unlock()
	return a.line
}

// password is that of who calls in, by his login.
func (d *Door) password(user string) (string, bool) {
	for _, a := range d.accounts {
		if a.Login == user && a.Password != "" {
			return a.Password, true
		}
	}
	return "", false
}

// trunk is the account that an address calls in on without a password; that of who it says it is before others.
func (d *Door) trunk(from netip.Addr, user string) *account {
	var found *account
	for _, a := range d.accounts {
		if !slices.ContainsFunc(a.From, func(p netip.Prefix) bool { return p.Contains(from.Unmap()) }) {
			continue
		}
		if a.Login == user {
			return a
		}
		if found == nil {
			found = a
		}
	}
	return found
}

// Registration implements calls.Owner.
func (a *account) Registration(r calls.Registration) {
	a.door.opt.Log.Info("an account is registered so", "account", a.Name, "state", r.State, "code", r.Code, "reason", r.Reason)
}

// Message implements calls.Owner. Nobody calls it: graphs take no texts, and lines of the configuration refuse them.
func (a *account) Message(_, _, _ string) {}

// Incoming implements calls.Owner.
func (a *account) Incoming(c calls.Call) calls.Watcher {
	one, ok := c.(*lines.Call)
	if !ok {
		return nil
	}
	return a.door.route(one, a.Name)
}
