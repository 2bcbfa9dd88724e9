package wire

import "time"

// What a worker may send that no credit pays for. An instance's notices are a few a second.
const (
	frameRate  = 2000 // frames a second
	frameBurst = 8000
	byteRate   = 1 << 20 // bytes in them a second
	byteBurst  = 8 << 20
)

// Budget bounds what the other end sends without credit, so that a worker that has gone mad cannot make the server
// store or do more than this. It belongs to the goroutine that reads. Make it with NewBudget.
type Budget struct {
	frames, bytes float64 // left
	at            time.Time
}

// NewBudget makes a full budget.
func NewBudget() *Budget { return &Budget{frames: frameBurst, bytes: byteBurst} }

// spend takes a frame and its bytes; false if there is not enough left.
func (b *Budget) spend(now time.Time, bytes int) bool {
	if !b.at.IsZero() {
		passed := max(0, now.Sub(b.at).Seconds())
		b.frames, b.bytes = min(frameBurst, b.frames+passed*frameRate), min(byteBurst, b.bytes+passed*byteRate)
	}
	b.at = now
	if b.frames < 1 || b.bytes < float64(bytes) {
		return false
	}
	b.frames--
	b.bytes -= float64(bytes)
	return true
}
