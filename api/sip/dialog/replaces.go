package dialog

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// Replaced finds the call of ours whose place an INVITE is to take (RFC 3891 3); neither, if it takes none. A refusal is to be the
// INVITE's answer. Whoever knows the names of a dialog could take it over: so the dialog's owner has to be one that the INVITE may reach,
// which may says, and, unless its sender is trusted, as one that was authenticated is, it has to come from where the dialog's far end is
// seen, which behind a proxy is that proxy. The call that was replaced is to be hung up when the new one has been answered.
func (t *Table) Replaced(in stack.Incoming, trusted bool, may func(Owner) bool) (*Dialog, *Refusal) {
	p, err := message.ReplacesOf(in.Request())
	switch {
	case err != nil:
		return nil, &Refusal{Code: sip.StatusBadRequest, Reason: "Bad Replaces"}
	case p == nil:
		return nil, nil
	}
	t.mu.Lock()
	d := t.dialogs[key(p.CallID, p.ToTag)]
	t.mu.Unlock()
	unknown := &Refusal{Code: sip.StatusCallTransactionDoesNotExists, Reason: "Call/Transaction Does Not Exist"}
	if d == nil {
		return nil, unknown
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.far.tag != p.FromTag && (p.FromTag != "0" || d.far.tag != ""): // 0 is the tag of who has none (RFC 3891 6.1)
		return nil, unknown
	case !may(d.owner), !trusted && d.seen.Addr() != in.Source().Addr().Unmap():
		return nil, unknown // strangers are not told that there is one
	case d.phase == over:
		return nil, &Refusal{Code: sip.StatusGlobalDecline, Reason: "Decline"}
	case d.phase == calling && d.in != nil:
		return nil, unknown // RFC 3891 3: only who called may be replaced before there is an answer
	case p.EarlyOnly && d.phase != calling:
		return nil, &Refusal{Code: sip.StatusBusyHere, Reason: "Busy Here"}
	}
	return d, nil
}

// see remembers where the far end is seen. The caller holds the lock.
func (d *Dialog) see(source string) {
	if at, err := netip.ParseAddrPort(source); err == nil {
		d.seen = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
}

// replaces writes the header.
func replaces(p message.Replaces) string {
	s := p.CallID + ";to-tag=" + p.ToTag + ";from-tag=" + p.FromTag
	if p.EarlyOnly {
		s += ";early-only"
	}
	return s
}
