package receive

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

func compound(t *testing.T, list ...rtcp.Packet) []byte {
	t.Helper()
	b, err := rtcp.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSenderReport(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	sr := &rtcp.SenderReport{SSRC: videoSSRC, NTPTime: 0xe9a1_2345_8000_0000, RTPTime: 99}
	r.RTCP(compound(t, sr), r.now) // before any packet
	r.put(1)
	r.RTCP(compound(t, sr), r.now)
	r.RTCP([]byte{1, 2, 3}, r.now)
	if len(r.out.reports) != 1 {
		t.Fatalf("%v", r.out.reports)
	}
	got := r.out.reports[0]
	if got.track != videoTrack || got.ticks != 99 || got.ntp.Unix() != 0xe9a1_2345-2208988800 || got.ntp.Nanosecond() != 500_000_000 {
		t.Errorf("%+v", got)
	}
	r.wait(1500 * time.Millisecond)
	rr := all[*rtcp.ReceiverReport](r.out)
	last := rr[len(rr)-1].Reports[0]
	if last.LastSenderReport != 0x2345_8000 || last.Delay < 65536/2 || last.Delay > 2*65536 {
		t.Errorf("%+v", last)
	}
	r.RTCP(compound(t, &rtcp.SenderReport{SSRC: videoSSRC}), r.now)
	if got := r.out.reports[1].ntp; !got.IsZero() {
		t.Errorf("a sender without a clock said %v", got)
	}
}

// TestReceiverReport counts as RFC 3550 A.3 does.
func TestReceiverReport(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	for i := range uint16(100) {
		if i%4 != 3 {
			r.put(65500 + i)
		}
	}
	r.wait(time.Second)
	rr := all[*rtcp.ReceiverReport](r.out)
	b := rr[len(rr)-1].Reports[0]
	if b.SSRC != videoSSRC || b.TotalLost != 24 || b.LastSequenceNumber>>16 != 1 || uint16(b.LastSequenceNumber) != 62 {
		t.Errorf("%+v", b)
	}
	r.out.sent = nil
	for i := range uint16(100) {
		r.put(100 + i)
	}
	r.wait(time.Second)
	rr = all[*rtcp.ReceiverReport](r.out)
	if b = rr[0].Reports[0]; b.FractionLost == 0 || b.FractionLost > 128 {
		t.Errorf("of 137, of which 37 are missing: %+v", b)
	}
	r.out.sent = nil
	r.wait(time.Second)
	if b := all[*rtcp.ReceiverReport](r.out)[0].Reports[0]; b.FractionLost != 0 {
		t.Errorf("nothing came, and so nothing was lost: %+v", b)
	}
}

func TestJitter(t *testing.T) {
	even, uneven := newRig(t, tracks(), Options{}), newRig(t, tracks(), Options{})
	for i := range uint16(100) {
		at := even.now.Add(time.Duration(i) * time.Second * 3000 / 90000)
		even.RTP(video(i), []byte{1}, at)
		uneven.RTP(video(i), []byte{1}, at.Add(time.Duration(i%2)*20*time.Millisecond))
	}
	if j := even.streams[videoSSRC].jitter; j > 90 {
		t.Errorf("even packets jitter by %v ticks", j)
	}
	if j := uneven.streams[videoSSRC].jitter; j < 1000 || j > 1900 {
		t.Errorf("packets that jitter by 1800 ticks do so by %v", j)
	}
}

func TestTransportFeedback(t *testing.T) {
	r := newRig(t, tracks(), Options{TransportCC: true})
	for i := range uint16(20) {
		h := video(i)
		if err := h.SetExtension(extTransport, []byte{0, byte(i)}); err != nil {
			t.Fatal(err)
		}
		r.RTP(h, []byte{1}, r.now.Add(time.Duration(i)*time.Millisecond))
	}
	r.wait(100 * time.Millisecond)
	list := all[*rtcp.TransportLayerCC](r.out)
	if len(list) != 1 || list[0].PacketStatusCount != 20 || list[0].SenderSSRC != 1 {
		t.Fatalf("%v", list)
	}
	r.wait(time.Second)
	if got := len(all[*rtcp.TransportLayerCC](r.out)); got != 1 {
		t.Errorf("%d reports of the same", got)
	}
	silent := newRig(t, tracks(), Options{})
	silent.put(1)
	silent.wait(time.Second)
	if got := all[*rtcp.TransportLayerCC](silent.out); got != nil {
		t.Errorf("not agreed on: %v", got)
	}
}

func TestEstimate(t *testing.T) {
	r := newRig(t, tracks(), Options{REMB: true, Max: 500_000, Min: 100_000})
	r.wait(time.Second)
	if got := all[*rtcp.ReceiverEstimatedMaximumBitrate](r.out); got != nil {
		t.Errorf("before anything came: %v", got)
	}
	r.put(1)
	for _, c := range []struct {
		allow int
		want  float32
	}{{500_000, 500_000}, {50_000, 100_000}, {0, 0}} {
		r.Allow(c.allow)
		r.out.sent = nil
		r.wait(50 * time.Millisecond)
		got := all[*rtcp.ReceiverEstimatedMaximumBitrate](r.out)
		if c.want == 0 && got == nil {
			continue
		}
		if len(got) != 1 || got[0].Bitrate != c.want || len(got[0].SSRCs) != 1 || got[0].SSRCs[0] != videoSSRC {
			t.Errorf("%d: %v", c.allow, got)
		}
	}
}

func TestRequestKey(t *testing.T) {
	r := newRig(t, tracks(), Options{})
	r.RequestKey(videoTrack) // nothing came
	r.RequestKey(audioTrack)
	r.RequestKey(-1)
	r.RequestKey(7)
	if r.out.sent != nil {
		t.Fatalf("%v", r.out.sent)
	}
	r.put(1)
	r.RequestKey(videoTrack)
	if got := all[*rtcp.PictureLossIndication](r.out); len(got) != 1 || got[0].MediaSSRC != videoSSRC {
		t.Errorf("%v", r.out.sent)
	}
	list := tracks()
	list[videoTrack].FIR = true
	r = newRig(t, list, Options{})
	r.RTP(&rtp.Header{PayloadType: videoPT, SSRC: videoSSRC}, []byte{1}, r.now)
	r.RequestKey(videoTrack)
	r.RequestKey(videoTrack)
	got := all[*rtcp.FullIntraRequest](r.out)
	if len(got) != 2 || got[0].FIR[0].SSRC != videoSSRC || got[0].FIR[0].SequenceNumber == got[1].FIR[0].SequenceNumber {
		t.Errorf("%v", got)
	}
	if c := r.Counts(); c.PLIs != 2 {
		t.Errorf("%+v", c)
	}
}
