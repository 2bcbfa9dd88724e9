// Package stat counts. It holds atomics and takes snapshots of them; it formats nothing, exports nothing and knows no
// names: who owns a Set decides what it is the Set of. Counting never allocates and never waits.
package stat

import "sync/atomic"

// Counter only goes up. The zero Counter is ready; safe for concurrent use.
type Counter struct{ n atomic.Uint64 }

// Add counts n more.
func (c *Counter) Add(n uint64) { c.n.Add(n) }

// Inc counts one more.
func (c *Counter) Inc() { c.n.Add(1) }

// Load reads the count.
func (c *Counter) Load() uint64 { return c.n.Load() }

// Gauge goes up and down. The zero Gauge is ready; safe for concurrent use.
type Gauge struct{ n atomic.Int64 }

// Set replaces the value.
func (g *Gauge) Set(n int64) { g.n.Store(n) }

// Add moves the value by n, which may be negative.
func (g *Gauge) Add(n int64) { g.n.Add(n) }

// Load reads the value.
func (g *Gauge) Load() int64 { return g.n.Load() }
