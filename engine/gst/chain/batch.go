//go:build cgo && !nogst

package chain

import (
	"slices"
	"time"

	"sluice/engine/media"
)

// The size of a batch. Sixteen frames of speech are a third of a second: a reader that keeps one keeps little.
const (
	batchUnits = 16
	batchBytes = 4096
)

// batch is the memory of several units, so that each does not make garbage of its own. It is never used again: readers may
// keep what they were given.
type batch struct {
	units [batchUnits]media.Unit
	parts [batchUnits][]byte
	data  [batchBytes]byte
	n     int
	used  int
}

// add makes a unit with a copy of data in the batch, or in a new one if it does not fit. A nil batch has room for nothing.
// Sound can be decoded from any frame on.
func (b *batch) add(data []byte, pts time.Duration) (*batch, *media.Unit) {
	large := len(data) > batchBytes // which nothing in the table is; it gets memory of its own
	if b == nil || b.n == batchUnits || !large && b.used+len(data) > batchBytes {
		b = &batch{}
	}
	var part []byte
	if large {
		part = slices.Clone(data)
	} else {
		part = append(b.data[b.used:b.used:b.used+len(data)], data...)
		b.used += len(data)
	}
	b.parts[b.n] = part
	u := &b.units[b.n]
	u.PTS, u.DTS, u.Key, u.AU = pts, pts, true, b.parts[b.n:b.n+1:b.n+1]
	b.n++
	return b, u
}
