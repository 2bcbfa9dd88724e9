package stack

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// gap is how long a request waits for one before it that has not come: datagrams overtake each other. A proxy that challenged the one
// before leaves a gap for good.
const gap = 50 * time.Millisecond

// dialogs is of how many dialogs the number of the last request is remembered. Beyond, all are forgotten: what is lost is a wait of the
// next.
const dialogs = 16384

// orders puts the requests of dialogs into the order of their CSeq. Safe for concurrent use.
type orders struct {
	hand   func(*incoming) bool // passes one on, if there is room; it is called with the lock, and must not wait
	refuse func(*incoming)      // those for which there is none; it may wait for a socket

	mu   sync.Mutex
	last map[dialogKey]uint32
	held map[dialogKey][]*incoming // with a gap before, in their order
}

// dialogKey is a direction of a dialog. Several dialogs of a forked call differ in To alone.
type dialogKey struct{ call, from, to string }

func newOrders(hand func(*incoming) bool, refuse func(*incoming)) *orders {
	return &orders{hand: hand, refuse: refuse, last: map[dialogKey]uint32{}, held: map[dialogKey][]*incoming{}}
}

// put delivers a request, and those that waited for it, or lets it wait.
func (o *orders) put(in *incoming) {
	for _, refused := range o.sort(in) {
		o.refuse(refused)
	}
}

// sort is put, but for those that are to be refused, which it gives.
func (o *orders) sort(in *incoming) (refused []*incoming) {
	r := in.request
	if !r.To().Params.Has("tag") { // of no dialog yet
		if !o.hand(in) {
			refused = append(refused, in)
		}
		return refused
	}
	from, _ := r.From().Params.Get("tag")
	to, _ := r.To().Params.Get("tag")
	key, number := dialogKey{r.CallID().Value(), from, to}, r.CSeq().SeqNo
	o.mu.Lock()
	defer o.mu.Unlock()
	if last, known := o.last[key]; known && number > last+1 {
		held := append(o.held[key], in)
		slices.SortStableFunc(held, byNumber)
		if o.held[key] = held; len(held) == 1 {
			time.AfterFunc(gap, func() { o.release(key) })
		}
		return nil
	}
	if len(o.last) >= dialogs {
		clear(o.last)
	}
	refused = o.deliver(key, in, nil)
	for held := o.held[key]; len(held) > 0 && held[0].request.CSeq().SeqNo <= o.last[key]+1; held = o.held[key] {
		o.held[key] = held[1:]
		refused = o.deliver(key, held[0], refused)
	}
	if len(o.held[key]) == 0 {
		delete(o.held, key)
	}
	return refused
}

// deliver delivers one, and notes its number, until its dialog is over. It gives those that are to be refused. The caller holds the lock.
func (o *orders) deliver(key dialogKey, in *incoming, refused []*incoming) []*incoming {
	o.last[key] = max(o.last[key], in.request.CSeq().SeqNo)
	if in.request.Method == sip.BYE {
		delete(o.last, key)
	}
	if !o.hand(in) {
		refused = append(refused, in)
	}
	return refused
}

// release delivers all that wait: what is missing does not come.
func (o *orders) release(key dialogKey) {
	o.mu.Lock()
	held := o.held[key]
	delete(o.held, key)
	var refused []*incoming
	for _, in := range held {
		refused = o.deliver(key, in, refused)
	}
	o.mu.Unlock()
	for _, in := range refused {
		o.refuse(in)
	}
}

func byNumber(a, b *incoming) int { return cmp.Compare(a.request.CSeq().SeqNo, b.request.CSeq().SeqNo) }
