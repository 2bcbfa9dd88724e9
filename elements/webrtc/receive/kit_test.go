package receive

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

// output keeps what comes out.
type output struct {
	written map[int][]media.Packet
	batches map[int]int
	sent    []rtcp.Packet
	reports []report
}

type report struct {
	track   int
	ticks   uint32
	ntp, at time.Time
}

func (o *output) Write(track int, batch []media.Packet) {
	o.written[track] = append(o.written[track], batch...)
	o.batches[track]++
}

func (o *output) Report(track int, ticks uint32, ntp, at time.Time) {
	o.reports = append(o.reports, report{track, ticks, ntp, at})
}

func (o *output) Send(list ...rtcp.Packet) { o.sent = append(o.sent, list...) }

func (o *output) numbers(track int) []uint16 {
	var out []uint16
	for _, p := range o.written[track] {
		out = append(out, p.Header.SequenceNumber)
	}
	return out
}

// The tracks of most tests: sound and pictures, and header extensions as Chromium numbers them.
const (
	audioTrack, videoTrack  = 0, 1
	audioPT, videoPT, rtxPT = 111, 96, 97
	videoSSRC, rtxSSRC      = 1000, 2000
	extTransport, extMid    = 3, 4
)

func tracks() []Track {
	ext := Extensions{Mid: extMid, Rid: 10, RepairedRid: 11, TransportCC: extTransport}
	return []Track{
		{Kind: media.Audio, Mid: "0", Payload: audioPT, Rate: 48000, Extensions: ext},
		{
			Kind: media.Video, Mid: "1", Payload: videoPT, Repair: rtxPT, Rate: 90000, NACK: true, Extensions: ext,
			Sources: []uint32{videoSSRC}, Repairs: map[uint32]uint32{rtxSSRC: videoSSRC},
		},
	}
}

// rig is a receiver and what comes out of it. Its clock starts at a round moment.
type rig struct {
	*Receiver
	out *output
	now time.Time
}

func newRig(t testing.TB, tracks []Track, opt Options) *rig {
	t.Helper()
	out := &output{written: map[int][]media.Packet{}, batches: map[int]int{}}
	opt.SSRC = 1
	return &rig{New(tracks, opt, out), out, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func video(seq uint16) *rtp.Header {
	return &rtp.Header{Version: 2, PayloadType: videoPT, SequenceNumber: seq, Timestamp: uint32(seq) * 3000, SSRC: videoSSRC}
}

// put has pictures arrive, 1 ms apart, each in a read of its own.
func (r *rig) put(seqs ...uint16) {
	for _, seq := range seqs {
		r.now = r.now.Add(time.Millisecond)
		r.RTP(video(seq), []byte{byte(seq)}, r.now)
		r.Read()
	}
}

// repair has a picture arrive as a retransmission.
func (r *rig) repair(seq uint16) {
	r.now = r.now.Add(time.Millisecond)
	payload := binary.BigEndian.AppendUint16(nil, seq)
	r.RTP(&rtp.Header{Version: 2, PayloadType: rtxPT, SequenceNumber: 7, Timestamp: uint32(seq) * 3000, SSRC: rtxSSRC}, append(payload, byte(seq)), r.now)
	r.Read()
}

// wait lets time pass, with Ticks.
func (r *rig) wait(d time.Duration) {
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(TickInterval)
		r.Tick(r.now)
	}
}

// nacked are the numbers that were asked for, in order.
func (o *output) nacked() []uint16 {
	var out []uint16
	for _, p := range o.sent {
		if n, ok := p.(*rtcp.TransportLayerNack); ok {
			for _, pair := range n.Nacks {
				out = append(out, pair.PacketList()...)
			}
		}
	}
	return out
}

// all are the sent packets of a type.
func all[T rtcp.Packet](o *output) []T {
	var out []T
	for _, p := range o.sent {
		if p, ok := p.(T); ok {
			out = append(out, p)
		}
	}
	return out
}
