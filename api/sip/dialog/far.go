package dialog

import (
	"slices"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
)

// far is a far end: how requests reach it (RFC 3261 12.1), and what it can.
type far struct {
	tag    string
	target sip.Uri
	routes []sip.Uri
	seq    uint32 // CSeq of its last request
	heard  bool   // whether there was one
	// updates tells that it takes UPDATE.
	updates bool
	rseq    uint32 // RSeq of its last reliable provisional answer; 0 if there was none
	sdp     []byte // the description that it gave last
}

// farOf is the far end that an answer to our INVITE comes from (RFC 3261 12.1.2). Its target may be missing in provisional ones.
func farOf(res *sip.Response) *far {
	f := &far{tag: tagOf(res.To().Params), routes: exchange.Recorded(res)}
	slices.Reverse(f.routes)
	f.learn(res)
	return f
}

// callerOf is the far end that an INVITE came from (RFC 3261 12.1.1).
func callerOf(r *sip.Request) *far {
	f := &far{tag: tagOf(r.From().Params), seq: r.CSeq().SeqNo, heard: true, routes: exchange.Recorded(r)}
	f.learn(r)
	return f
}

// learn takes what each message of a target refresh says: the far end's address of now (RFC 3261 12.2), and what it takes.
func (f *far) learn(m sip.Message) {
	if target, ok := exchange.Target(m, len(f.routes) == 0); ok {
		f.target = target
	}
	if len(m.GetHeaders("Allow")) > 0 {
		f.updates = message.Has(m, "Allow", string(sip.UPDATE))
	}
}

// address puts into a request where it goes: remote target and route set (RFC 3261 12.2.1.1). The stack sees to strict routers.
func (f *far) address(r *sip.Request) {
	r.Recipient = *f.target.Clone()
	for _, route := range f.routes {
		r.AppendHeader(&sip.RouteHeader{Address: *route.Clone()})
	}
}
