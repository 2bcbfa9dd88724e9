// Package send is the outgoing half of a player's peer: it takes the packets that the hub hands to all readers, gives them
// the peer's own headers, and writes them. It copies no payload, keeps no goroutine and no timer, and allocates nothing for
// a packet: what it does, it does while packets or feedback come.
//
// # Numbers
//
// Outgoing sequence numbers are the source's, moved by a shift. So packets that come late or out of order go out with the
// number that belongs to them, and what the source lost is a gap for the receiver as well, who then conceals it or waits for
// it; without the gap it would decode frames with holes in them. Where the source's numbers do not go on, a new stretch with
// another shift begins behind the highest number that was sent:
//
//   - at Begin, if another source comes then (SSRC) or another publication, and not the same one after a pause, or because
//     the layer of the other track has changed;
//   - at a gap of more than lateness packets that ends at a key frame: those were dropped by the hub for a slow reader,
//     and nobody can ask for them. Smaller gaps are shown even there, which costs a NACK and no picture;
//   - where the numbers jump forward by more than maxDropout (RFC 3550 A.1), or back by more than lateness, with a packet
//     that is no older: the source numbers anew.
//
// A packet of the stretch before, as long as it has a place in it, still goes out there; one from the gap between two
// stretches has none and is dropped, as is one that was sent before. So no number is ever used for two packets, which
// with AES-GCM (RFC 7714) would give away the key.
//
// # Times
//
// Outgoing timestamps are the source's, moved by a shift; at a new stretch of numbers they go on where the time of the
// packets (media.Packet.PTS) is by then, never backwards. Both tracks of a peer have one mapping from that time to the wall
// clock, which their sender reports tell, so sound and pictures stay together whatever happens to the shifts. A report
// follows each new shift at once.
//
// # Frames
//
// Packets of video are held until their frame is complete, which delays no frame, as none can be decoded before; not for
// long though, and not many (package frame). They go out together, padded to one size where they differ by little, so that the
// connection below can send them with one call (package gso).
//
// The package knows no SDP, no ICE, no SRTP and no congestion control: it writes to a Writer, corks a Line, is told of RTCP,
// and tells how the connection is.
package send
