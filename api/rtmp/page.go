package rtmp

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

const (
	// arrival is how long the Flash client of a page may take to come once the page has its answer.
	arrival = time.Minute
	// grace is how long a page's stream lives on without its client: a page that stops ends that just before it says so.
	grace = 2 * time.Second
)

// Page is a stream that a page with the Web SDK publishes or plays by its Flash client: what a peer connection is to WebRTC. The page
// speaks of it over its WebSocket, the media comes and goes over RTMP. Safe for concurrent use.
type Page struct {
	*Peer
	id      string
	name    string // that is published or played
	token   [sha256.Size]byte
	offer   offer
	grace   time.Duration
	arrival time.Duration
	release func()

	came   chan struct{} // closed when the client is there
	agreed chan struct{} // closed when it is known what is played
	live   chan struct{} // closed when media flows

	mu      sync.Mutex
	arrived bool
	flowing bool
	tracks  []media.Track
	pub     *hub.Publication
	counts  webrtc.Counts
	leaving *time.Timer
}

// Answer is the answer to the page's offer: of what is published at once, of what is played when it is known what that is. A page whose
// stream ended first gets why.
func (p *Page) Answer(ctx context.Context) (string, error) {
	if p.publishes {
		return p.offer.answer(true, nil), nil
	}
	select {
	case <-p.agreed:
		return p.offer.answer(false, p.Tracks()), nil
	case <-p.Done():
		if err := p.Err(); err != nil {
			return "", err
		}
		return "", fault.New(fault.Closed, "rtmp", "the stream was stopped")
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Live is closed when media flows.
func (p *Page) Live() <-chan struct{} { return p.live }

// Stop ends the stream, if it has not ended, with a reason for Err; it does not wait.
func (p *Page) Stop(reason error) {
	p.Finish(reason)
	p.release()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.leaving != nil {
		p.leaving.Stop()
	}
}

// Publication is where a publisher's media goes; nil before there is any, and of players.
func (p *Page) Publication() *hub.Publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pub
}

// Tracks are what is sent or played; nil before that is known.
func (p *Page) Tracks() []media.Track {
	if p.publishes {
		return p.in.found()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracks
}

// Transport is "TCP", which RTMP uses.
func (p *Page) Transport() string { return "TCP" }

// Counts reads what was sent to a player; of a publisher nothing is counted here.
func (p *Page) Counts() webrtc.Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Arrive waits for the client of a page that publishes, which comes when the page has its answer. What is published is only known when
// it is there, so that the graph is to begin after that. For who plays there is nothing to wait for.
func (p *Page) Arrive(ctx context.Context) error {
	if !p.publishes {
		return nil
	}
	limit := time.NewTimer(p.arrival)
	defer limit.Stop()
	select {
	case <-p.came:
		return nil
	case <-limit.C:
		return fault.New(fault.StartTimeout, "", "the page's Flash client did not come in %s", p.arrival)
	case <-p.Done():
		return fault.New(fault.Closed, "", "the page's Flash client has gone")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join gives the page its client.
func (p *Page) join(s *session.Stream) error {
	p.Peer.mu.Lock()
	if p.stream != nil {
		p.Peer.mu.Unlock()
		return fault.New(fault.NameInUse, "", "another client has the media of this page")
	}
	p.stream = s
	open := p.open
	p.Peer.mu.Unlock()
	p.mu.Lock()
	if p.leaving != nil {
		p.leaving.Stop()
	}
	again := p.arrived
	p.arrived = true
	p.mu.Unlock()
	switch {
	case p.publishes:
		if again {
			p.in.again()
		}
		if open {
			p.connect(s)
		}
	default:
		p.out.feed.again()
		s.Accept()
		p.out.play()
	}
	if !again {
		close(p.came)
	}
	return nil
}

// leave says that the client is gone. Another one may come in its place, for a moment.
func (p *Page) leave() {
	p.Peer.mu.Lock()
	p.stream = nil
	p.Peer.mu.Unlock()
	if p.out != nil {
		p.out.hold()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.leaving = time.AfterFunc(p.grace, func() {
		if p.client() == nil {
			p.Finish(fault.New(fault.Lost, "rtmp", "the page's Flash client has gone"))
		}
	})
}

// flows says where a publisher's media goes.
func (p *Page) flows(pub *hub.Publication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pub = pub
	p.begins()
}

// agree says what is played. What is agreed with the page follows from the first tracks; later ones have to make do.
func (p *Page) agree(tracks []media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tracks == nil {
		close(p.agreed)
	}
	p.tracks = tracks
}

// sent counts what was sent.
func (p *Page) sent(frames []session.Frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range frames {
		size := uint64(len(frames[i].Body))
		p.counts.Packets++
		p.counts.Bytes += size
		if frames[i].Type == chunk.Video {
			p.counts.VideoBits += 8 * size
		}
	}
	p.begins()
}

// begins says that media flows. The caller holds p.mu.
func (p *Page) begins() {
	if !p.flowing {
		p.flowing = true
		close(p.live)
	}
}
