package streamstest

import (
	"context"
	"sync"

	"sluice/api/websocket/streams"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Offers that mean something of their own.
const (
	Nonsense   = "nonsense"         // it cannot be understood
	Panic      = "panic"            // reading it panics
	Unanswered = "offer-unanswered" // it has nothing in common with what there is
)

// Peers makes peers, which are found by their offers. Safe for concurrent use.
type Peers struct {
	mu    sync.Mutex
	peers map[string]*Peer
	made  chan struct{} // closed and made anew for every peer
	count int
}

// NewPeers makes peers, none at first.
func NewPeers() *Peers {
	return &Peers{peers: map[string]*Peer{}, made: make(chan struct{})}
}

// Publisher implements streams.Peers.
func (f *Peers) Publisher(_ context.Context, o webrtc.Offer) (streams.Peer, error) { return f.meet(o) }

// Player implements streams.Peers.
func (f *Peers) Player(_ context.Context, o webrtc.Offer) (streams.Peer, error) { return f.meet(o) }

func (f *Peers) meet(o webrtc.Offer) (streams.Peer, error) {
	switch o.SDP {
	case Nonsense:
		return nil, fault.New(fault.InvalidRequest, "", "not an SDP")
	case Panic:
		_ = (*Peer)(nil).offer
	}
	p := &Peer{offer: o, live: make(chan struct{}), done: make(chan struct{}), tracks: tracks()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.peers[o.SDP] = p
	f.count++
	close(f.made)
	f.made = make(chan struct{})
	return p, nil
}

// Of finds the newest peer of an offer, and waits until there is one or ctx is done; nil then.
func (f *Peers) Of(ctx context.Context, sdp string) *Peer {
	for {
		f.mu.Lock()
		p, made := f.peers[sdp], f.made
		f.mu.Unlock()
		if p != nil {
			return p
		}
		select {
		case <-made:
		case <-ctx.Done():
			return nil
		}
	}
}

// Len is how many peers were made.
func (f *Peers) Len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// tracks are what everybody has.
func tracks() []media.Track {
	audio, video := media.NewTrack(media.Opus), media.NewTrack(media.VP8)
	audio.Channels = 2
	video.Width, video.Height = 640, 480
	return []media.Track{audio, video}
}
