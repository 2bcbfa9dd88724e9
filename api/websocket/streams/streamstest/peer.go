package streamstest

import (
	"context"
	"strings"
	"sync"

	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Peer is a client's media: a publication or a reader of the hub, with Opus and VP8 of 640x480. Safe for concurrent use.
type Peer struct {
	offer  webrtc.Offer
	tracks []media.Track
	live   chan struct{}
	done   chan struct{}

	mu     sync.Mutex
	ended  bool
	err    error
	pub    *hub.Publication
	reader *hub.Reader
	counts webrtc.Counts
}

// Offer is what the peer was made for.
func (p *Peer) Offer() webrtc.Offer { return p.offer }

// Flow has media flow. It is called once.
func (p *Peer) Flow() { close(p.live) }

// Count has the peer have moved that much.
func (p *Peer) Count(c webrtc.Counts) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts = c
}

func (p *Peer) publish(ctx context.Context, h *hub.Hub, name string) error {
	pub, err := h.Publish(ctx, name, media.Description{Tracks: p.tracks}, hub.PublishOptions{Source: p})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pub = pub
	return err
}

func (p *Peer) play(ctx context.Context, h *hub.Hub, name string) error {
	want := media.Want{Audio: []media.Codec{media.Opus}, Video: []media.Codec{media.VP8}}
	reader, err := h.Read(ctx, name, want, p, hub.ReadOptions{Paused: true})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reader = reader
	return err
}

// Answer implements streams.Peer.
func (p *Peer) Answer(context.Context) (string, error) {
	if p.offer.SDP == Unanswered {
		return "", fault.New(fault.CodecNotAvailable, "", "nothing in common")
	}
	return "answer to " + p.offer.SDP, nil
}

// Live implements streams.Peer.
func (p *Peer) Live() <-chan struct{} { return p.live }

// Done implements streams.Peer.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Tracks implements streams.Peer.
func (p *Peer) Tracks() []media.Track {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reader != nil {
		return p.reader.Tracks()
	}
	return p.tracks
}

// Transport implements streams.Peer.
func (p *Peer) Transport() string { return strings.ToUpper(p.offer.Transport) }

// Err implements streams.Peer.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Publication implements streams.Peer.
func (p *Peer) Publication() *hub.Publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pub
}

// Counts implements streams.Peer.
func (p *Peer) Counts() webrtc.Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// finish notes the end; the first reason counts.
func (p *Peer) finish(reason error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.ended, p.err = true, reason
	close(p.done)
}

// Stop implements streams.Peer.
func (p *Peer) Stop(reason error) {
	p.finish(reason)
	p.mu.Lock()
	pub, reader := p.pub, p.reader
	p.mu.Unlock()
	if pub != nil {
		pub.Close(reason)
	}
	if reader != nil {
		reader.Close()
	}
}

// RequestKey implements hub.Source.
func (p *Peer) RequestKey(int) {}

// Demand implements hub.Source.
func (p *Peer) Demand(int) {}

// Idle implements hub.Source.
func (p *Peer) Idle(int) {}

// Ended implements hub.Source.
func (p *Peer) Ended(reason error) { p.Stop(reason) }

// Begin implements hub.Sink.
func (p *Peer) Begin([]media.Track) {}

// Push implements hub.Sink.
func (p *Peer) Push(_ int, items []*media.Packet) int { return len(items) }

// End implements hub.Sink.
func (p *Peer) End(reason error) { p.finish(reason) }

// Late is a peer whose client comes after its answer. It implements streams.Arriving.
type Late struct {
	*Peer
	Arrived chan struct{} // closed when the client is there
}

// Arrive implements streams.Arriving.
func (l Late) Arrive(ctx context.Context) error {
	select {
	case <-l.Arrived:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
