package playlist

import (
	"bytes"
	"compress/gzip"
	"sync"
)

// Packer packs playlists one after the other. It keeps its tables of about a megabyte from one to the next, since making them costs far
// more than packing a playlist; a Packer that nobody used has none. The zero value is ready, and any number of goroutines may use it.
type Packer struct {
	mu sync.Mutex
	w  *gzip.Writer
}

// pack uses the fastest level: a playlist lives for part of a second, and its lines are so alike that the best level saves little more.
func (p *Packer) pack(text []byte) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b bytes.Buffer
	if p.w == nil {
		w, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			return nil // the level is a constant: it cannot be wrong
		}
		p.w = w
	} else {
		p.w.Reset(&b)
	}
	_, err1 := p.w.Write(text)
	err2 := p.w.Close()
	if err1 != nil || err2 != nil {
		return nil // a Buffer takes everything
	}
	return b.Bytes()
}
