package webrtc

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/elements/webrtc/link"
	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Peer is one client's connection, as publisher, player or both. A door makes it, answers with it and watches it; an element for each
// direction (webrtc.in, webrtc.out) moves its media and stops it when its instance stops. Safe for concurrent use.
type Peer struct {
	id    string
	peers *Peers
	log   *slog.Logger
	made  time.Time
	asked Offer
	link  *link.Link
	ports *mux.Mux // the peer's own; nil if they are shared

	in  *publisher // one of them is nil, unless the media goes both ways
	out *player

	offers   bool        // the offer is ours, and offer is what was answered
	proposal []sdp.Asked // to a client that is called

	live   chan struct{}
	lively sync.Once
	done   chan struct{}

	gone, settled bool // for the list of peers, whose lock guards them

	mu      sync.Mutex
	offer   *sdp.Offer // the client's description, its offer or its answer to ours; without sections before that
	closed  bool       // no element can claim the peer any more
	swap    bool       // but those of the graph that replaces another one
	prefer  []media.Codec
	choices []sdp.Choice // of all directions, once the peer is answered
	answer  string
	err     error
}

func newPeer(p *Peers, o Offer, parsed *sdp.Offer, what direction) *Peer {
	id := newID()
	peer := &Peer{
		id: id, peers: p, log: p.set.Log.With("peer", id), made: p.set.Clock.Now(), asked: o, offer: parsed,
		live: make(chan struct{}), done: make(chan struct{}),
	}
	if what.receives {
		peer.in = newPublisher(peer)
	}
	if what.sends {
		peer.out = newPlayer(peer)
	}
	return peer
}

func (p *Peer) handler() link.Handler {
	switch {
	case p.out == nil:
		return p.in
	case p.in == nil:
		return p.out
	}
	return both{p.in, p.out}
}

// sections are those of the client's description that can be agreed on: at most one of each kind, the first that suits.
func (p *Peer) sections(suits func(*sdp.Section) bool) []*sdp.Section {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []*sdp.Section
	for i := range p.offer.Sections {
		s := &p.offer.Sections[i]
		if suits(s) && s.Usable() && p.wanted(s.Kind) && !slices.ContainsFunc(out, func(o *sdp.Section) bool { return o.Kind == s.Kind }) {
			out = append(out, s)
		}
	}
	return out
}

// described is the client's description.
func (p *Peer) described() *sdp.Offer {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.offer
}

// ID is unique among all peers.
func (p *Peer) ID() string { return p.id }

// Answer waits until the peer's elements know what is agreed, gathers candidates, and gives the answer, with all candidates in
// it. It is meant to be called once, when the graph has been raised; later calls give the same answer. A peer that ended first gives
// its Err, or fault.Closed if it has none. Of one that offers it is fault.InvalidRequest.
func (p *Peer) Answer(ctx context.Context) (string, error) {
	p.mu.Lock()
	given := p.answer
	p.mu.Unlock()
	switch {
	case p.offers:
		return "", fault.New(fault.InvalidRequest, "webrtc", "the client answers, and not we")
	case given != "":
		return given, nil
	}
	choices, err := p.await(ctx)
	if err != nil {
		return "", err
	}
	local, err := p.local(ctx)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answer != "" {
		return p.answer, nil
	}
	if err := p.link.Start(p.offer.Remote); err != nil {
		return "", err
	}
	p.choices, p.answer = choices, p.offer.Answer(choices, local)
	return p.answer, nil
}

// local is how the client reaches us, once all candidates are gathered.
func (p *Peer) local(ctx context.Context) (sdp.Local, error) {
	local, err := p.link.Local(ctx)
	if err != nil {
		select {
		case <-p.done:
			err = p.ended()
		default:
		}
		return local, err
	}
	local.Session, local.Trickle = number()>>2, p.asked.Trickle
	return local, nil
}

func (p *Peer) ended() error {
	if err := p.Err(); err != nil {
		return err
	}
	return fault.New(fault.Closed, "webrtc", "the peer was stopped")
}

// Live is closed when media flows: the first packet of a publisher's media has come, the first one to a player was sent.
func (p *Peer) Live() <-chan struct{} { return p.live }

func (p *Peer) lives() {
	p.lively.Do(func() {
		p.entry().first.Observe(p.peers.set.Clock.Now().Sub(p.made))
		close(p.live)
	})
}

// Done is closed when the peer has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Err says why the peer ended; nil before, and if somebody stopped it without a reason. The codes are fault.ICEFailed,
// fault.ICETimeout, fault.ICEConsentLost, fault.DTLSFailed, fault.DTLSFingerprint, fault.Stalled, fault.Closed if the client
// closed the connection, and of a player also that for which its reader was ended.
func (p *Peer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Stop ends the peer, if it has not ended, with a reason for Err; it does not wait.
func (p *Peer) Stop(reason error) { p.link.Close(reason) }

// finish is the end of the peer, once nothing of its link runs any more.
func (p *Peer) finish(reason error) {
	p.closePorts()
	p.peers.leave(p, reason)
	p.mu.Lock()
	p.err = reason
	var told []func(error)
	for _, h := range p.halves() {
		told = append(told, h.over)
	}
	p.mu.Unlock()
	close(p.done)
	for _, over := range told {
		over(reason)
	}
	p.log.Debug("peer ended", "reason", reason)
}

func (p *Peer) closePorts() {
	if p.ports != nil {
		_ = p.ports.Close() // nobody uses them any more, and nobody could mend it
	}
}

// Candidate adds candidates of the client, as an SDP fragment (RFC 8840) or a single "candidate:…" attribute. Those of an
// earlier ICE session are left out silently. A fragment that cannot be understood is fault.InvalidRequest.
func (p *Peer) Candidate(fragment string) error {
	r, err := sdp.ParseFragment(fragment)
	if err != nil {
		return err
	}
	if r.Ufrag != "" && r.Ufrag != p.link.Remote().Ufrag {
		return nil
	}
	for _, c := range r.Candidates {
		p.link.Candidate(c)
	}
	return nil
}

// Restart restarts ICE for a fragment with new credentials and gives the fragment to answer with (RFC 9725 4.3.3). The media
// goes on meanwhile. A fragment without them, and a peer that has no answer yet, are fault.InvalidRequest.
func (p *Peer) Restart(ctx context.Context, fragment string) (string, error) {
	r, err := sdp.ParseFragment(fragment)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	answered, choices := p.answer != "", p.choices
	p.mu.Unlock()
	if r.Ufrag == "" || r.Pwd == "" || !answered {
		return "", fault.New(fault.InvalidRequest, "webrtc", "ICE restarts with new credentials, after the answer")
	}
	if err := p.link.Restart(r); err != nil {
		return "", err
	}
	local, err := p.link.Local(ctx)
	if err != nil {
		return "", err
	}
	return p.offer.Fragment(choices, local), nil
}

// Publication is where a publisher's media goes; nil before it is known, and of a player.
func (p *Peer) Publication() *hub.Publication {
	if p.in == nil {
		return nil
	}
	return p.in.publication.Load()
}

// Tracks are what was agreed, what comes first and what is sent behind it; nil before. What is sent is as it comes now: of another
// size, or codec, than at first, maybe.
func (p *Peer) Tracks() []media.Track {
	var came, sent []media.Track
	p.mu.Lock()
	if p.in != nil {
		came = slices.Clone(p.in.tracks)
	}
	if p.out != nil {
		sent = slices.Clone(p.out.tracks)
	}
	p.mu.Unlock()
	if p.out != nil {
		p.out.refresh(sent)
	}
	return append(came, sent...)
}

// Transport is "UDP" or "TCP", whichever the connection uses; "" before there is one.
func (p *Peer) Transport() string { return p.link.Transport() }

// Counts reads what the peer has moved: what came, of one whose media goes both ways. Sent has the other half of that.
func (p *Peer) Counts() Counts {
	if p.in != nil {
		return p.in.counts()
	}
	return p.out.counts()
}

// Sent reads what was sent to the client; nothing to one that only publishes.
func (p *Peer) Sent() Counts {
	if p.out == nil {
		return Counts{}
	}
	return p.out.counts()
}

// verb says what a peer of this kind wants done.
func (p *Peer) verb() string {
	switch {
	case p.out == nil:
		return "received"
	case p.in == nil:
		return "sent"
	}
	return "received or sent"
}

// summary says what an offer has.
func summary(o *sdp.Offer) string {
	words := make([]string, 0, len(o.Sections))
	for i := range o.Sections {
		words = append(words, o.Sections[i].String())
	}
	return strings.Join(words, "; ")
}
