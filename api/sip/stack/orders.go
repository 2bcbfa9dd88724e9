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
	mu   sync.Mutex
	last map[dialogKey]uint32
	held map[dialogKey][]*incoming // with a gap before, in their order
}

// dialogKey is a direction of a dialog.
type dialogKey struct{ call, from string }

func newOrders() *orders {
	return &orders{last: map[dialogKey]uint32{}, held: map[dialogKey][]*incoming{}}
}

// put delivers a request, and those that waited for it, or lets it wait. Deliver is called with the lock, and must not wait.
func (o *orders) put(in *incoming, deliver func(*incoming)) {
	r := in.request
	if !r.To().Params.Has("tag") {
		deliver(in) // of no dialog yet
		return
	}
	from, _ := r.From().Params.Get("tag")
	key, number := dialogKey{r.CallID().Value(), from}, r.CSeq().SeqNo
	o.mu.Lock()
	defer o.mu.Unlock()
	if last, known := o.last[key]; known && number > last+1 {
		held := append(o.held[key], in)
		slices.SortStableFunc(held, byNumber)
		if o.held[key] = held; len(held) == 1 {
			time.AfterFunc(gap, func() { o.release(key, deliver) })
		}
		return
	}
	if len(o.last) >= dialogs {
		clear(o.last)
	}
	o.deliver(key, in, deliver)
	for held := o.held[key]; len(held) > 0 && held[0].request.CSeq().SeqNo <= o.last[key]+1; held = o.held[key] {
		o.held[key] = held[1:]
		o.deliver(key, held[0], deliver)
	}
	if len(o.held[key]) == 0 {
		delete(o.held, key)
	}
}

// deliver delivers one, and notes its number, until its dialog is over.
func (o *orders) deliver(key dialogKey, in *incoming, deliver func(*incoming)) {
	o.last[key] = max(o.last[key], in.request.CSeq().SeqNo)
	if in.request.Method == sip.BYE {
		delete(o.last, key)
	}
	deliver(in)
}

// release delivers all that wait: what is missing does not come.
func (o *orders) release(key dialogKey, deliver func(*incoming)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	held := o.held[key]
	delete(o.held, key)
	for _, in := range held {
		o.deliver(key, in, deliver)
	}
}

func byNumber(a, b *incoming) int { return cmp.Compare(a.request.CSeq().SeqNo, b.request.CSeq().SeqNo) }
