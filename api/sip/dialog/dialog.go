package dialog

import (
	"log/slog"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// phase is how far a dialog is.
type phase int

const (
	calling     phase = iota // the INVITE has no final answer
	answered                 // we sent a 2xx, whose ACK is not there
	established              // there is a session
	over                     // Ended was told, or is about to be
)

// ID names a dialog (RFC 3261 12).
type ID struct {
	CallID, Local, Remote string
}

// Dialog is a call, from its INVITE until it is over. Safe for concurrent use; its methods may be called from its owner's, though those
// that wait delay what the owner hears meanwhile. What is asked of one that is over fails with a fault (not found).
type Dialog struct {
	table         *Table
	port          stack.Port
	owner         Owner
	auth          exchange.Auth
	log           *slog.Logger
	callID        string
	localTag      string
	local, remote exchange.Party
	contact       sip.Uri
	done          chan struct{} // closed when the owner has heard of the end
	ended         chan struct{} // closed when it is over

	sending sync.Mutex // requests leave in the order of their CSeq

	mu    sync.Mutex
	phase phase
	seq   uint32 // CSeq of our last request
	far   *far   // whom requests within the dialog go to; of an outgoing call without an answer the last who answered provisionally
	out   *outgoing
	in    *incoming

	notes   []func() // what the owner is still to hear
	telling bool     // a goroutine tells it

	session session
	timer   timer
	refer   *referral      // a REFER of ours of which we hear
	refers  int            // REFERs of the far end's
	seen    netip.AddrPort // where the far end, or its proxy, is seen
}

// ID gives the dialog's name. Remote is empty until the far end has answered.
func (d *Dialog) ID() ID {
	d.mu.Lock()
	defer d.mu.Unlock()
	return ID{CallID: d.callID, Local: d.localTag, Remote: d.far.tag}
}

// Incoming tells whether the far end called.
func (d *Dialog) Incoming() bool { return d.in != nil }

// Owner is who it was made for.
func (d *Dialog) Owner() Owner { return d.owner }

// Request is the INVITE that began it: as it came, or as it was sent last. It is not to be changed.
func (d *Dialog) Request() *sip.Request {
	if d.in != nil {
		return d.in.in.Request()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.request
}

// Offer is the description with which a call came in; nil if it had none, or is one of ours.
func (d *Dialog) Offer() []byte {
	if d.in == nil {
		return nil
	}
	return d.in.offer
}

// Local is who we are in this call, as From or To say.
func (d *Dialog) Local() exchange.Party { return d.local }

// Remote is who the far end is, as From or To say.
func (d *Dialog) Remote() exchange.Party { return d.remote }

// Done is closed when the dialog is over and its owner has heard so.
func (d *Dialog) Done() <-chan struct{} { return d.done }

// tell has the owner hear something. The caller holds the lock.
func (d *Dialog) tell(note func()) {
	d.notes = append(d.notes, note)
	if !d.telling {
		d.telling = true
		d.table.run(d.drain)
	}
}

// drain tells what there is to be told, one after the other.
func (d *Dialog) drain() {
	for {
		d.mu.Lock()
		if len(d.notes) == 0 {
			d.telling = false
			d.mu.Unlock()
			return
		}
		note := d.notes[0]
		d.notes = d.notes[1:]
		d.mu.Unlock()
		note()
	}
}

// crowded tells whether the owner is so far behind that the far end has to wait. The caller holds the lock.
func (d *Dialog) crowded() bool { return len(d.notes) > 64 }

// end makes the dialog over and tells its owner. Requests for it are answered still, until it is removed from the table. The caller holds
// the lock.
func (d *Dialog) end(e Ending) {
	if d.phase == over {
		return
	}
	d.phase = over
	d.timer.alarm.stop()
	d.session.abandon(d)
	d.refer = nil
	if d.out != nil {
		d.out.ringing.stop()
	}
	if d.in != nil {
		d.in.reliable.alarm.stop()
	}
	close(d.ended)
	d.log.Debug("a call is over", "call", d.callID, "code", e.Code, "reason", e.Reason, "remote", e.Remote, "err", e.Err)
	d.tell(func() {
		d.owner.Ended(e)
		close(d.done)
	})
}

// gone is what methods of a dialog that is over say.
func (d *Dialog) gone() error { return fault.New(fault.ResourceNotFound, "sip", "the call is over") }

// early is what methods that need a session say before there is one.
func (d *Dialog) early() error {
	return fault.New(fault.InvalidRequest, "sip", "the call is not answered yet")
}

// live tells whether there is a session. The caller holds the lock.
func (d *Dialog) live() error {
	switch d.phase {
	case over:
		return d.gone()
	case calling:
		return d.early()
	}
	return nil
}
