package dialog

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
)

// request takes a request of the far end's within the dialog.
func (d *Dialog) request(in stack.Incoming) {
	r := in.Request()
	if r.Method == sip.ACK {
		d.acked(in)
		return
	}
	d.mu.Lock()
	f, phase := d.from(r), d.phase
	late := f != nil && f.heard && r.CSeq().SeqNo < f.seq
	if f != nil && !late {
		f.seq, f.heard = r.CSeq().SeqNo, true
	}
	d.mu.Unlock()
	switch {
	case f == nil, phase == over && r.Method != sip.BYE:
		d.table.answer(in, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	case late: // RFC 3261 12.2.2
		d.table.answer(in, sip.StatusInternalServerError, "CSeq is out of order")
	default:
		if unknown := lacking(r); unknown != nil {
			d.table.answer(in, sip.StatusBadExtension, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(unknown, ", ")))
			return
		}
		d.serve(in, f)
	}
}

// serve answers a request that is in order.
func (d *Dialog) serve(in stack.Incoming, f *far) {
	switch in.Request().Method {
	case sip.BYE:
		d.farewell(in)
	case sip.INVITE:
		d.reoffered(in, f)
	case sip.UPDATE:
		d.updated(in, f)
	case sip.PRACK:
		d.pracked(in)
	case sip.INFO:
		d.informed(in)
	case sip.REFER:
		d.referred(in)
	case sip.NOTIFY:
		d.notified(in)
	case sip.OPTIONS: // RFC 3261 11.2
		res := d.taken(in, sip.StatusOK, "OK", nil)
		res.AppendHeader(sip.NewHeader("Accept", strings.Join(append([]string{typeSDP}, d.table.opt.Informs...), ", ")))
		d.table.respond(in, res)
	default:
		d.table.answer(in, sip.StatusMethodNotAllowed, "Method Not Allowed", sip.NewHeader("Allow", Allowed))
	}
}

// from is the far end that a request comes from; nil if it is none of this call's. The caller holds the lock.
func (d *Dialog) from(r *sip.Request) *far {
	tag := tagOf(r.From().Params)
	if d.far.tag == tag {
		return d.far
	}
	if d.phase == calling && d.out != nil {
		return d.out.forks[tag]
	}
	return nil
}
