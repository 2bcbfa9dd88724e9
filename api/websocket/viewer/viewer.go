// Package viewer is the player of a page that takes media through a WebSocket: what a peer connection is to WebRTC. The door makes
// one for a stream to be played, answers with it and watches it; the element ws.out reads for it. What is sent is written by the
// packages mse and wsplayer, and goes through a socket that package transport finds.
//
// The package converts nothing, and knows neither messages nor sessions.
package viewer

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/api/websocket/transport"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Provider is how a page plays without WebRTC, in the words of the SDK.
type Provider string

// The providers.
const (
	MSE      Provider = "MSE"      // Media Source Extensions: H.264 and AAC
	WSPlayer Provider = "WSPlayer" // a decoder in JavaScript: MPEG-1 and G.711
)

// Options are what a viewer is made with.
type Options struct {
	Provider Provider
	Offer    string          // of the page
	Pool     *transport.Pool // of its sockets
	// Grace is how long the viewer lives on when its socket is gone: a page that stops closes it just before it says so. 0: 2 s.
	Grace time.Duration
}

// others is how long an answer waits for the socket of a stream that was answered before: until then a page in trouble has it.
const others = 3 * time.Second

// Viewer plays one stream. Safe for concurrent use.
type Viewer struct {
	opt   Options
	offer offer
	pack  func(track int, u *media.Unit) [][][]byte
	begin func([]media.Track)

	live   chan struct{}
	lively sync.Once
	agreed chan struct{} // closed when it is known what comes
	done   chan struct{}

	mu      sync.Mutex
	claimed bool
	over    func(error) // of the element
	tracks  []media.Track
	answer  string
	sock    transport.Socket // nil while there is none
	reader  *hub.Reader
	grace   *time.Timer
	counts  webrtc.Counts
	ended   bool
	err     error
}

// New makes a viewer. A provider or an offer that is of no use is fault.CodecNotAvailable.
func New(o Options) (*Viewer, error) {
	if o.Grace <= 0 {
		o.Grace = 2 * time.Second
	}
	v := &Viewer{
		opt: o, offer: parse(o.Offer),
		live: make(chan struct{}), agreed: make(chan struct{}), done: make(chan struct{}), over: func(error) {},
	}
	switch o.Provider {
	case MSE:
		v.begin, v.pack = newMSE()
	case WSPlayer:
		v.begin, v.pack = newWSPlayer()
	default:
		return nil, fault.New(fault.CodecNotAvailable, "websocket", "nothing is known of the media provider %q", string(o.Provider))
	}
	if !v.offer.audio && !v.offer.video {
		return nil, fault.New(fault.CodecNotAvailable, "websocket", "the offer takes neither sound nor pictures")
	}
	return v, nil
}

// claim ties the viewer to an element, which hears of its end. A viewer has one element.
func (v *Viewer) claim(over func(error)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.claimed {
		return fault.New(fault.InvalidRequest, "ws.out", "another element has this session").Advise("give each its own session")
	}
	v.claimed, v.over = true, over
	return nil
}

// Answer waits until the viewer's element knows what comes and no other stream of the page waits for its socket, and gives the
// answer to the offer. From then on the page's sockets are taken. It is meant to be called once; later calls give the same answer.
// A viewer that ended first gives its Err, or fault.Closed if it has none.
func (v *Viewer) Answer(ctx context.Context) (string, error) {
	select {
	case <-v.agreed:
	case <-v.done:
		if err := v.Err(); err != nil {
			return "", err
		}
		return "", fault.New(fault.Closed, "websocket", "the player was stopped")
	case <-ctx.Done():
		return "", ctx.Err()
	}
	v.mu.Lock()
	text := v.answer
	if text == "" {
		v.answer = v.offer.answer(v.opt.Provider, v.tracks)
	}
	v.mu.Unlock()
	if text != "" {
		return text, nil
	}
	if err := v.wait(ctx); err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.answer, nil
}

// wait begins to wait for a socket. Media Source Extensions open one when they have the answer; the other player has had one from
// its beginning.
func (v *Viewer) wait(ctx context.Context) error {
	switch {
	case v.opt.Provider != MSE:
		v.opt.Pool.Wait(v)
	case !v.opt.Pool.WaitForNext(ctx, v, others):
		return ctx.Err()
	}
	select {
	case <-v.done: // maybe before it waited
		v.release()
	default:
	}
	return nil
}

// Live is closed when the first media was sent.
func (v *Viewer) Live() <-chan struct{} { return v.live }

// Done is closed when the viewer has ended.
func (v *Viewer) Done() <-chan struct{} { return v.done }

// Err says why the viewer ended; nil before, and if somebody stopped it without a reason. fault.Lost is that its socket is gone.
func (v *Viewer) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.err
}

// Stop ends the viewer, if it has not ended, with a reason for Err; it does not wait.
func (v *Viewer) Stop(reason error) {
	v.mu.Lock()
	if v.ended {
		v.mu.Unlock()
		return
	}
	v.ended, v.err, v.sock = true, reason, nil
	over := v.over
	if v.grace != nil {
		v.grace.Stop()
	}
	v.mu.Unlock()
	close(v.done)
	v.release()
	over(reason)
}

// release lets go of the socket. The player in JavaScript goes on with it in another stream.
func (v *Viewer) release() { v.opt.Pool.Release(v, v.opt.Provider == WSPlayer) }

// Publication is nil: viewers publish nothing.
func (v *Viewer) Publication() *hub.Publication { return nil }

// Tracks are what was agreed, as they come now: of another size than at first, maybe. Nil before.
func (v *Viewer) Tracks() []media.Track {
	v.mu.Lock()
	tracks, r := slices.Clone(v.tracks), v.reader
	v.mu.Unlock()
	if r == nil {
		return tracks
	}
	now := media.Description{Tracks: r.Tracks()}
	for i, t := range tracks {
		if at := now.Index(t.Kind); at >= 0 {
			tracks[i] = now.Tracks[at]
		}
	}
	return tracks
}

// Transport is "TCP", which WebSockets use.
func (v *Viewer) Transport() string { return "TCP" }

// Counts reads what was sent.
func (v *Viewer) Counts() webrtc.Counts {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.counts
}
