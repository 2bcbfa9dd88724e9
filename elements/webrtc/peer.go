package webrtc

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
)

// Peer is one client's connection, as publisher or player. A door makes it, answers with it and watches it; an element
// (webrtc.in, webrtc.out) moves its media and stops it when its instance stops. Safe for concurrent use.
type Peer struct{}

// ID is unique among all peers.
func (p *Peer) ID() string { return "" }

// Answer waits until the peer's element knows what is agreed, gathers candidates, and gives the answer, with all candidates in
// it. It is meant to be called once; later calls give the same answer. A peer that ended first gives its Err, or fault.Closed
// if it has none.
func (p *Peer) Answer(ctx context.Context) (string, error) { return "", nil }

// Live is closed when media flows: the first packet of a publisher's media has come, the first one to a player was sent.
func (p *Peer) Live() <-chan struct{} { return nil }

// Done is closed when the peer has ended.
func (p *Peer) Done() <-chan struct{} { return nil }

// Err says why the peer ended; nil before, and if somebody stopped it without a reason. The codes are fault.ICEFailed,
// fault.ICETimeout, fault.ICEConsentLost, fault.DTLSFailed, fault.DTLSFingerprint, fault.Stalled, and of a player also that
// for which its reader was ended.
func (p *Peer) Err() error { return nil }

// Stop ends the peer, if it has not ended, with a reason for Err; it does not wait.
func (p *Peer) Stop(reason error) {}

// Candidate adds candidates of the client, as an SDP fragment (RFC 8840) or a single "candidate:…" attribute. Those of an
// earlier ICE session are left out silently. A fragment that cannot be understood is fault.InvalidRequest.
func (p *Peer) Candidate(fragment string) error { return nil }

// Restart restarts ICE for a fragment with new credentials and gives the fragment to answer with (RFC 9725 4.3.3). The media
// goes on meanwhile.
func (p *Peer) Restart(ctx context.Context, fragment string) (string, error) { return "", nil }

// Publication is where a publisher's media goes; nil before it is known, and of a player.
func (p *Peer) Publication() *hub.Publication { return nil }

// Tracks are what was agreed; nil before.
func (p *Peer) Tracks() []media.Track { return nil }

// Transport is "UDP" or "TCP", whichever the connection uses; "" before there is one.
func (p *Peer) Transport() string { return "" }

// Counts reads what the peer has moved.
func (p *Peer) Counts() Counts { return Counts{} }
