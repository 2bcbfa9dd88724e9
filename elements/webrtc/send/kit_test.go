package send

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

const (
	videoSSRC, videoRTX, audioSSRC = 0x1000, 0x2000, 0x3000
	videoType, rtxType, audioType  = 96, 97, 111
)

// rig is a sender on a clock that stands still, and what it wrote.
type rig struct {
	*Sender
	now     time.Time
	sent    []rtp.Packet
	control []rtcp.Packet
	corks   int
	corked  bool
	err     error // of writing
	keys    []int
	started int
	ended   []error
}

// newRig makes a sender of video and audio; each change is made to its options before.
func newRig(change ...func(*Options)) *rig {
	r := &rig{now: time.Date(2025, 5, 4, 3, 2, 1, 0, time.UTC)}
	opt := Options{
		Tracks: []Track{
			{Kind: media.Video, SSRC: videoSSRC, RTX: videoRTX, MID: "0", Write: r, Payload: only(media.VP8, Payload{videoType, rtxType})},
			{Kind: media.Audio, SSRC: audioSSRC, MID: "1", Write: r, Payload: only(media.Opus, Payload{audioType, 0})},
		},
		Control: r, Line: r, CNAME: "somebody", Now: func() time.Time { return r.now },
		RequestKey: func(track int) { r.keys = append(r.keys, track) },
		Started:    func() { r.started++ },
		Ended:      func(reason error) { r.ended = append(r.ended, reason) },
	}
	for _, c := range change {
		c(&opt)
	}
	r.Sender = New(opt)
	return r
}

func only(c media.Codec, p Payload) func(media.Track) (Payload, bool) {
	return func(t media.Track) (Payload, bool) { return p, t.Codec == c }
}

// playing has video as track 0 and audio as track 1.
func playing(change ...func(*Options)) *rig {
	r := newRig(change...)
	r.Begin([]media.Track{media.NewTrack(media.VP8), media.NewTrack(media.Opus)})
	return r
}

func (r *rig) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	p := rtp.Packet{Header: *h, Payload: slices.Clone(payload)}
	p.Extensions = nil
	p.Extension = false
	for _, id := range h.GetExtensionIDs() {
		if err := p.SetExtensionWithProfile(id, slices.Clone(h.GetExtension(id)), h.ExtensionProfile); err != nil {
			return 0, err
		}
	}
	r.sent = append(r.sent, p)
	return len(payload), nil
}

func (r *rig) Write(compound []byte) (int, error) {
	packets, err := rtcp.Unmarshal(compound)
	r.control = append(r.control, packets...)
	return len(compound), err
}

func (r *rig) Cork() { r.corks, r.corked = r.corks+1, true }

func (r *rig) Uncork() error { r.corked = false; return nil }

// take gives what was sent since the last take.
func (r *rig) take() []rtp.Packet {
	defer func() { r.sent = nil }()
	return r.sent
}

// feed pushes packets of a track one by one.
func (r *rig) feed(track int, packets ...*media.Packet) {
	for _, p := range packets {
		r.Push(track, []*media.Packet{p})
	}
}

func (r *rig) feedback(t testing.TB, p ...rtcp.Packet) {
	t.Helper()
	b, err := rtcp.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Feedback(b); err != nil {
		t.Fatal(err)
	}
}

// delta and key are payloads of VP8; the first byte of each says that a frame begins.
func delta(id uint32) []byte { return binary.BigEndian.AppendUint32([]byte{0x10, 0x01}, id) }
func key(id uint32) []byte   { return binary.BigEndian.AppendUint32([]byte{0x10, 0x00}, id) }

// id is what delta and key were made with.
func id(payload []byte) uint32 { return binary.BigEndian.Uint32(payload[2:]) }

// packet is one of video, the only one of its frame.
func packet(seq uint16, ts uint32, payload []byte) *media.Packet {
	return &media.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: 33, SSRC: 77, SequenceNumber: seq, Timestamp: ts, Marker: true},
		Payload: payload, PTS: time.Duration(ts) * time.Second / 90000,
	}
}

// frames are packets of one-packet frames from seq on.
func frames(seq uint16, n int) []*media.Packet {
	var out []*media.Packet
	for i := range n {
		out = append(out, packet(seq+uint16(i), uint32(i)*3000, delta(uint32(i))))
	}
	return out
}

func numbersOf(sent []rtp.Packet) []uint16 {
	var out []uint16
	for _, p := range sent {
		out = append(out, p.SequenceNumber)
	}
	return out
}

// steps are the differences between numbers that follow each other.
func steps(sent []rtp.Packet) []int {
	var out []int
	for i := 1; i < len(sent); i++ {
		out = append(out, int(int16(sent[i].SequenceNumber-sent[i-1].SequenceNumber)))
	}
	return out
}
