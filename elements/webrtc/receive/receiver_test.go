package receive

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"sluice/engine/media"
)

func TestInOrder(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(65534, 65535, 0, 1)
	if got := r.out.numbers(videoTrack); !slices.Equal(got, []uint16{65534, 65535, 0, 1}) {
		t.Errorf("%v", got)
	}
	p := r.out.written[videoTrack][2]
	if p.Header.SSRC != videoSSRC || p.Header.PayloadType != videoPT || p.Header.Extension || len(p.Payload) != 1 || !p.Arrival.Equal(r.now.Add(-time.Millisecond)) {
		t.Errorf("%+v", p)
	}
	r.wait(200 * time.Millisecond)
	if got := r.out.nacked(); got != nil {
		t.Errorf("asked for %v", got)
	}
}

// TestTogether has packets that were read together go on together, and each kind by itself.
func TestTogether(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for i := range uint16(5) {
		r.RTP(video(i), []byte{1}, r.now)
	}
	r.RTP(&rtp.Header{Version: 2, PayloadType: audioPT, SSRC: 5}, []byte{1}, r.now)
	r.Read()
	if r.out.batches[videoTrack] != 1 || len(r.out.written[videoTrack]) != 5 || r.out.batches[audioTrack] != 1 {
		t.Errorf("%v batches", r.out.batches)
	}
	r.Read()
	if r.out.batches[videoTrack] != 1 {
		t.Error("a batch of nothing")
	}
	if c := r.Counts(); c.Packets != 6 || c.Bytes != 6 || c.VideoBits != 40 {
		t.Errorf("%+v", c)
	}
	if !r.Last().Equal(r.now) {
		t.Errorf("the last came at %v", r.Last())
	}
}

func TestRepetition(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(10, 11, 11, 10, 12)
	r.repair(11)
	if got := r.out.numbers(videoTrack); !slices.Equal(got, []uint16{10, 11, 12}) {
		t.Errorf("%v", got)
	}
}

func TestOutOfOrder(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(10, 12, 11)
	r.wait(time.Second)
	if got := r.out.numbers(videoTrack); !slices.Equal(got, []uint16{10, 12, 11}) {
		t.Errorf("%v", got)
	}
	if got := r.out.nacked(); got != nil {
		t.Errorf("asked for %v, which only was late", got)
	}
}

func TestMissing(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(10, 13)
	r.wait(50 * time.Millisecond)
	if got := r.out.nacked(); !slices.Equal(got, []uint16{11, 12}) {
		t.Fatalf("asked for %v", got)
	}
	r.repair(11)
	r.wait(100 * time.Millisecond)
	if got := r.out.nacked()[2:]; !slices.Contains(got, 12) || slices.Contains(got, 11) {
		t.Errorf("then for %v", got)
	}
	if got := r.out.numbers(videoTrack); !slices.Equal(got, []uint16{10, 13, 11}) {
		t.Errorf("%v", got)
	}
	p := r.out.written[videoTrack][2]
	if p.Header.SSRC != videoSSRC || p.Header.PayloadType != videoPT || !slices.Equal(p.Payload, []byte{11}) || p.Header.Timestamp != 33000 {
		t.Errorf("the repaired one is %+v", p)
	}
	r.wait(2 * time.Second)
	before := len(r.out.nacked())
	r.wait(2 * time.Second)
	if after := len(r.out.nacked()); after != before {
		t.Errorf("asked %d times more for what is lost", after-before)
	}
	if c := r.Counts(); c.Lost != 1 || c.Resent != 1 || c.NACKs != uint64(before) {
		t.Errorf("%+v after %d", c, before)
	}
}

// TestLostForGood replaces what is lost with a key frame, not too often.
func TestLostForGood(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for i := range uint16(20) {
		r.put(2 * i)
		r.wait(100 * time.Millisecond)
	}
	r.wait(3 * time.Second)
	if got := len(all[*rtcp.PictureLossIndication](r.out)); got < 2 || got > 4 {
		t.Errorf("%d requests in 5 s", got)
	}
	if c := r.Counts(); c.Lost != 19 {
		t.Errorf("%+v", c)
	}
}

// TestSlowWay does not ask again before an answer can have come.
func TestSlowWay(t *testing.T) {
	r := newRig(t, tracks(), Options{RTT: func() time.Duration { return 300 * time.Millisecond }})
	r.wait(TickInterval)
	r.put(10, 12)
	r.wait(400 * time.Millisecond)
	if got := r.out.nacked(); !slices.Equal(got, []uint16{11}) {
		t.Errorf("asked for %v", got)
	}
}

func TestSoundIsNotAskedFor(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for _, seq := range []uint16{1, 5} {
		r.RTP(&rtp.Header{Version: 2, PayloadType: audioPT, SequenceNumber: seq, SSRC: 5}, []byte{1}, r.now)
	}
	r.wait(time.Second)
	if got := r.out.nacked(); got != nil {
		t.Errorf("asked for %v", got)
	}
	if c := r.Counts(); c.Lost != 3 {
		t.Errorf("%+v", c)
	}
}

// TestJump begins anew where nobody could repair what is between.
func TestJump(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(10, 11, 20000, 20002, 20001)
	r.wait(time.Second)
	if got := r.out.numbers(videoTrack); !slices.Equal(got, []uint16{10, 11, 20000, 20002, 20001}) {
		t.Errorf("%v", got)
	}
	if got := r.out.nacked(); got != nil {
		t.Errorf("asked for %v", got)
	}
	rr := all[*rtcp.ReceiverReport](r.out)
	if len(rr) == 0 || rr[0].Reports[0].FractionLost != 0 {
		t.Errorf("%v", rr)
	}
}

func TestManyMissing(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.put(0, 900)
	r.wait(100 * time.Millisecond)
	if got := len(r.out.nacked()); got == 0 || got > 2*maxMissing {
		t.Errorf("asked for %d", got)
	}
}

func TestPadding(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for seq, payload := range [][]byte{{1, 2, 0, 2}, {0, 0, 3}, {9}, nil, {1, 2, 0}} {
		h := video(uint16(seq))
		h.Padding = true
		r.RTP(h, payload, r.now)
	}
	r.Read()
	var got []int
	for _, p := range r.out.written[videoTrack] {
		if p.Header.Padding {
			t.Error("padding went on")
		}
		got = append(got, len(p.Payload))
	}
	if !slices.Equal(got, []int{2, 0, 0, 0, 3}) {
		t.Errorf("payloads of %v", got)
	}
}

func TestWhatIsNotExpected(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for _, h := range []rtp.Header{
		{PayloadType: 13, SSRC: 77},           // comfort noise
		{PayloadType: 13, SSRC: videoSSRC},    // of a known source
		{PayloadType: rtxPT, SSRC: 78},        // repairs before anything to repair
		{PayloadType: videoPT, SSRC: rtxSSRC}, // known as repairs, and none
	} {
		r.RTP(&h, []byte{0, 1, 2}, r.now)
	}
	r.Read()
	if len(r.out.written) != 0 {
		t.Errorf("%v", r.out.written)
	}
	for i := range uint32(10_000) {
		r.RTP(&rtp.Header{PayloadType: audioPT, SSRC: i + 1}, []byte{1}, r.now)
	}
	if n := len(r.streams); n > maxStreams {
		t.Errorf("%d sources are followed", n)
	}
}

func TestKeptExtensions(t *testing.T) {
	list := tracks()
	list[videoTrack].Extensions.Kept = []Kept{{13, 1}}
	r := newRig(t, list, Options{})
	h := video(1)
	if err := h.SetExtension(13, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := h.SetExtension(extTransport, []byte{0, 1}); err != nil {
		t.Fatal(err)
	}
	r.RTP(h, []byte{1}, r.now)
	r.Read()
	got := r.out.written[videoTrack][0].Header
	if !slices.Equal(got.GetExtension(1), []byte{1}) || len(got.GetExtensionIDs()) != 1 {
		t.Errorf("%+v", got)
	}
}

// TestNothingTwice: whatever comes in whatever order and however often, each packet goes on once.
func TestNothingTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t, tracks(), Options{})
		start := uint16(rapid.IntRange(0, 65535).Draw(rt, "start"))
		sent := map[uint16]bool{}
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 300), 1, 400).Draw(rt, "packets") {
			seq := start + uint16(step)
			if rapid.Bool().Draw(rt, "repair") {
				r.repair(seq)
			} else {
				r.put(seq)
			}
			sent[seq] = true
		}
		got := map[uint16]bool{}
		for _, seq := range r.out.numbers(videoTrack) {
			if got[seq] || !sent[seq] {
				rt.Fatalf("%d went on twice, or never came", seq)
			}
			got[seq] = true
		}
		r.wait(2 * time.Second)
		if c := r.Counts(); c.Packets != uint64(len(got)) {
			rt.Fatalf("%+v for %d", c, len(got))
		}
	})
}

func FuzzReceiver(f *testing.F) {
	f.Add([]byte{0x80, videoPT, 0, 1, 0, 0, 0, 1, 0, 0, 3, 0xe8, 1, 2, 3})
	f.Add([]byte{0x90, rtxPT, 0, 1, 0, 0, 0, 1, 0, 0, 7, 0xd0, 0xbe, 0xde, 0, 1, 0x40, '1', 0, 0, 1, 2, 3})
	f.Add([]byte{0x81, 200, 0, 6, 0, 0, 3, 0xe8})
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := newRig(t, append(tracks(), layered()...), Options{TransportCC: true, REMB: true, Max: 1000})
		r.put(1, 2)
		var h rtp.Header
		for range 3 {
			if n, err := h.Unmarshal(raw); err == nil {
				r.RTP(&h, slices.Clone(raw[n:]), r.now)
			}
			r.RTCP(raw, r.now)
			r.Read()
			r.wait(100 * time.Millisecond)
		}
		if _, err := rtcp.Marshal(r.out.sent); err != nil {
			t.Fatal(err)
		}
	})
}

func layered() []Track {
	var out []Track
	for _, rid := range []string{"q", "h"} {
		t := tracks()[videoTrack]
		t.Kind, t.Mid, t.Layer, t.Sources, t.Repairs = media.Video, "2", rid, nil, nil
		t.Payload, t.Repair = 100, 101
		out = append(out, t)
	}
	return out
}
