// Package receive is the incoming half of a publisher: it tells by their headers which track packets belong to, puts
// retransmissions in their place, asks for what is missing, and reports to the sender what came and how fast it may send. It
// passes packets on at once, in the order in which they came; it sorts, keeps and decodes nothing, and owns no goroutine:
// somebody calls Tick.
package receive

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

const (
	// maxStreams is how many SSRCs are followed. A browser sends two a track and layer.
	maxStreams = 64
	// TickInterval is how often Tick wants to be called.
	TickInterval = 50 * time.Millisecond

	feedbackInterval = 100 * time.Millisecond // of transport-wide feedback; libwebrtc's own is between 50 and 250 ms
	reportInterval   = time.Second            // of receiver reports (RFC 3550 6.2 would allow less)
)

// Track is a track that is expected.
type Track struct {
	Kind    media.Kind
	Mid     string
	Layer   string // the rid of a simulcast's layer; "" without simulcast
	Payload uint8
	Repair  uint8 // payload type of retransmissions; 0 if there are none
	Rate    uint32
	Sources []uint32          // SSRCs that were announced
	Repairs map[uint32]uint32 // retransmission SSRC to that which it repairs, announced
	NACK    bool              // packets may be asked for again
	// Beside are payload types of what comes with the same numbers between the media, as keys of phones do: it has come, and goes no
	// further.
	Beside     []uint8
	FIR        bool // key frames are asked for by FIR, as nothing better was offered
	Extensions Extensions
}

// Extensions are the IDs of header extensions; 0 if they were not agreed on.
type Extensions struct {
	Mid, Rid, RepairedRid, TransportCC uint8
	Kept                               []Kept
}

// Kept is a header extension that concerns those behind, too. They get it with an ID that is the same for all publishers.
type Kept struct{ ID, As uint8 }

// Output takes what comes out.
type Output interface {
	// Write passes packets of a track on; the batch is the output's.
	Write(track int, batch []media.Packet)
	// Report passes a sender report on.
	Report(track int, ticks uint32, ntp, at time.Time)
	// Send sends RTCP to the publisher.
	Send(list ...rtcp.Packet)
}

// Options refine a receiver.
type Options struct {
	SSRC        uint32 // of our reports
	TransportCC bool   // transport-wide feedback was agreed on
	REMB        bool   // REMB was
	Max, Min    int    // bits a second that the publisher may be told to send; 0 leaves it to him
	// RTT tells the round-trip time to the publisher; 0 if it is not known. nil: it is not.
	RTT func() time.Duration
}

// Receiver takes what a publisher sends. RTP, RTCP and Read are called from one goroutine, everything else from any.
type Receiver struct {
	opt    Options
	out    Output
	tracks []Track

	mu       sync.Mutex
	streams  map[uint32]*stream
	pending  [][]media.Packet // by track
	sizes    []int            // how many packets the last batch of a track had
	twcc     *twcc.Recorder
	feedback time.Time
	report   time.Time
	last     time.Time // when media came
	max      int
	rtt      time.Duration
	keys     []keys // by track
	counts   Counts
}

// New makes a receiver.
func New(tracks []Track, opt Options, out Output) *Receiver {
	if opt.RTT == nil {
		opt.RTT = func() time.Duration { return 0 }
	}
	r := &Receiver{
		opt: opt, out: out, tracks: tracks, max: opt.Max,
		streams: map[uint32]*stream{}, pending: make([][]media.Packet, len(tracks)), sizes: make([]int, len(tracks)),
		keys: make([]keys, len(tracks)),
	}
	if opt.TransportCC {
		r.twcc = twcc.NewRecorder(opt.SSRC)
	}
	return r
}

// RTP takes a packet.
func (r *Receiver) RTP(h *rtp.Header, payload []byte, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.stream(h)
	if s == nil {
		return
	}
	r.mark(s, h, at)
	if h.Padding {
		payload = unpadded(payload)
	}
	if s.repair {
		r.repaired(s, h, payload, at)
		return
	}
	t := &r.tracks[s.track]
	passed := h.PayloadType == t.Payload
	if !passed && !slices.Contains(t.Beside, h.PayloadType) || !s.arrived(h.SequenceNumber, h.Timestamp, at) || !passed {
		return
	}
	r.pass(s, h.SequenceNumber, h, payload, at)
}

// mark notes for transport-wide feedback that a packet came.
func (r *Receiver) mark(s *stream, h *rtp.Header, at time.Time) {
	id := r.tracks[s.track].Extensions.TransportCC
	if r.twcc == nil || id == 0 {
		return
	}
	if b := h.GetExtension(id); len(b) >= 2 {
		r.twcc.Record(h.SSRC, binary.BigEndian.Uint16(b), at.UnixMicro())
	}
}

// unpadded takes the padding away (RFC 3550 5.1). A packet of nothing else, by which senders probe the way, stays as an
// empty one: its sequence number is not missing.
func unpadded(p []byte) []byte {
	if len(p) == 0 || int(p[len(p)-1]) > len(p) {
		return nil
	}
	return p[:len(p)-int(p[len(p)-1])]
}

// repaired puts a retransmission in its place (RFC 4588 4).
func (r *Receiver) repaired(s *stream, h *rtp.Header, payload []byte, at time.Time) {
	if len(payload) <= 2 || s.of == nil {
		return
	}
	seq := binary.BigEndian.Uint16(payload)
	if !s.of.filled(seq) {
		return
	}
	r.counts.Resent++
	r.pass(s.of, seq, h, payload[2:], at)
}

// pass adds a packet to those that go on.
func (r *Receiver) pass(s *stream, seq uint16, h *rtp.Header, payload []byte, at time.Time) {
	t := &r.tracks[s.track]
	p := media.Packet{
		Header: rtp.Header{
			Version: 2, Marker: h.Marker, PayloadType: t.Payload, SequenceNumber: seq, Timestamp: h.Timestamp, SSRC: s.ssrc,
		},
		Payload: payload, Arrival: at,
	}
	for _, e := range t.Extensions.Kept {
		if b := h.GetExtension(e.ID); len(b) > 0 {
			_ = p.Header.SetExtension(e.As, slices.Clone(b)) // fails for none that came in a header
		}
	}
	if r.pending[s.track] == nil {
		r.pending[s.track] = make([]media.Packet, 0, max(r.sizes[s.track], 1))
	}
	r.pending[s.track] = append(r.pending[s.track], p)
	r.last = at
	r.counts.Packets++
	r.counts.Bytes += uint64(len(payload))
	if t.Kind == media.Video {
		r.counts.VideoBits += 8 * uint64(len(payload))
	}
}

// Read says that what was waiting in the socket has been taken: what belongs together goes on together.
func (r *Receiver) Read() {
	r.mu.Lock()
	batches, now := r.pending, r.last
	var asks []rtcp.Packet
	for _, s := range r.streams {
		asks = s.ask(asks, r, now)
	}
	asks = r.replace(asks, now)
	r.mu.Unlock()
	for track, batch := range batches {
		if batch != nil {
			r.out.Write(track, batch)
			r.sizes[track], batches[track] = len(batch), nil
		}
	}
	r.send(asks)
}

// Last is when media came last; zero if none has.
func (r *Receiver) Last() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *Receiver) send(list []rtcp.Packet) {
	if len(list) > 0 {
		r.out.Send(list...)
	}
}
