package webrtc

import (
	"context"

	"sluice/engine/media"
)

// Swap replaces the graph of a peer whose media goes both ways: it stops when change stops it, and the peer, which would end with it, has
// the elements of the other one when change returns. What was agreed with the client stays. The peer ends if change fails, with its error.
// One swap at a time.
func (p *Peer) Swap(change func() error) error {
	p.swapping(true)
	err := change()
	p.swapping(false)
	if err != nil {
		p.Stop(err)
	}
	return err
}

func (p *Peer) swapping(now bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.swap = now
}

// swaps tells whether one graph is being replaced by another.
func (p *Peer) swaps() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.swap
}

// part ends the peer with an element that stops, or has it wait for another one.
func (p *Peer) part(ctx context.Context, h *half) error {
	if p.release(h) {
		return nil
	}
	return p.stop(ctx)
}

// release gives a direction back for another element; false if none is to come.
func (p *Peer) release(h *half) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.swap {
		return false
	}
	h.claimed, h.over = false, func(error) {}
	return true
}

// kept are the tracks that were agreed with the client; nil as long as none were.
func (p *Peer) kept(h *half) []media.Track {
	p.mu.Lock()
	defer p.mu.Unlock()
	return h.tracks
}
