package payload

// Batch collects payloads. The zero value is ready. Who sends payloads at once keeps one batch and resets it, and then
// nothing is allocated; who keeps them takes a new one for each unit, which costs about one allocation for all bytes of the
// unit.
type Batch struct {
	Payloads []Payload
	store    []byte
}

// Reset empties the batch to be used again. Payloads that were in it must no longer be used.
func (b *Batch) Reset() {
	clear(b.Payloads) // lets go of the units they lie in
	b.Payloads = b.Payloads[:0]
	b.store = b.store[:0]
}

// Truncate takes back all payloads but the first n.
func (b *Batch) Truncate(n int) {
	clear(b.Payloads[n:])
	b.Payloads = b.Payloads[:n]
}

// Room gives n bytes, of any content, that stay as long as the batch's payloads. Rest is about how many more will be
// asked for, so that they come from one allocation.
func (b *Batch) Room(n, rest int) []byte {
	at := len(b.store)
	if cap(b.store)-at < n {
		// What was given away stays where it is. Doubling makes a batch that is reset fit its largest unit soon.
		b.store, at = make([]byte, 0, max(n+rest, 2*cap(b.store))), 0
	}
	b.store = b.store[:at+n]
	return b.store[at : at+n : at+n]
}

// Add appends a payload.
func (b *Batch) Add(p Payload) { b.Payloads = append(b.Payloads, p) }
