package send

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestKeyFramesAreAskedFor(t *testing.T) {
	r := newRig()
	r.feedback(t, &rtcp.PictureLossIndication{MediaSSRC: videoSSRC}) // before there is anything
	r.Begin([]media.Track{media.NewTrack(media.Opus), media.NewTrack(media.VP8)})
	r.feedback(t, &rtcp.PictureLossIndication{MediaSSRC: videoSSRC})
	r.feedback(t, &rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: 5}, {SSRC: videoSSRC}, {SSRC: audioSSRC}}})
	r.feedback(t, &rtcp.PictureLossIndication{MediaSSRC: 5})
	if !slices.Equal(r.keys, []int{1, 1, 0}) || r.Counts().PLIs != 4 {
		t.Errorf("asked for %v, counted %+v", r.keys, r.Counts())
	}
}

func TestRoundTrip(t *testing.T) {
	r := playing()
	r.feed(0, frames(0, 1)...)
	sent := r.reports(t)[videoSSRC]
	about := func(ssrc uint32, delay time.Duration) rtcp.ReceptionReport {
		return rtcp.ReceptionReport{SSRC: ssrc, LastSenderReport: uint32(sent.NTPTime >> 16), Delay: uint32(delay * 65536 / time.Second)}
	}
	r.now = r.now.Add(300 * time.Millisecond)
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{about(99, 0), {SSRC: videoSSRC}}})
	if rtt := r.Counts().RTT; rtt != 0 {
		t.Errorf("round trip %s of nothing", rtt)
	}
	r.feedback(t, &rtcp.SenderReport{Reports: []rtcp.ReceptionReport{about(videoSSRC, 250*time.Millisecond)}})
	if rtt := r.Counts().RTT; (rtt - 50*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("round trip %s", rtt)
	}
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{about(videoSSRC, 170*time.Millisecond)}})
	if rtt := r.Counts().RTT; (rtt - 60*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("round trip %s after one of 130 ms", rtt)
	}
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{about(videoSSRC, 400*time.Millisecond)}}) // of the future
	if rtt := r.Counts().RTT; (rtt - 60*time.Millisecond).Abs() > time.Millisecond {
		t.Errorf("round trip %s after a report that cannot be", rtt)
	}
}

// second sends a megabit and a half in a second of frames, and has the receiver report.
func (r *rig) second(t *testing.T, n int, reports ...rtcp.Packet) {
	for i := range 30 {
		r.now = r.now.Add(time.Second / 30)
		p := packet(uint16(n*30+i), uint32(n*30+i)*3000, make([]byte, 6250))
		r.feed(0, p)
	}
	r.take()
	r.feedback(t, reports...)
}

func lost(fraction float64) rtcp.Packet {
	return &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: videoSSRC, FractionLost: uint8(fraction * 256), TotalLost: 12}}}
}

func TestEstimate(t *testing.T) {
	r := playing()
	r.second(t, 0, lost(0))
	if e := r.Counts().Estimate; e != 0 {
		t.Errorf("%d bit/s before anything is known", e)
	}
	r.second(t, 1, lost(0))
	if e := r.Counts().Estimate; e < 1_490_000 || e > 1_600_000 {
		t.Errorf("%d bit/s, of 1500000 that were sent", e)
	}
	for i := range 30 {
		r.second(t, 2+i, lost(0))
	}
	if e := r.Counts().Estimate; e < 2_200_000 || e > 2_300_000 {
		t.Errorf("%d bit/s without loss", e)
	}
	r.second(t, 40, lost(0.05))
	if e := r.Counts().Estimate; e < 2_200_000 || e > 2_300_000 {
		t.Errorf("%d bit/s with a little loss", e)
	}
	r.second(t, 41, lost(0.5))
	if c := r.Counts(); c.Estimate < 1_600_000 || c.Estimate > 1_750_000 || c.FractionLost != 0.5 || c.Lost != 12 {
		t.Errorf("with much loss: %+v", c)
	}
	r.feedback(t, lost(0.5)) // too soon after
	if e := r.Counts().Estimate; e < 1_600_000 {
		t.Errorf("%d bit/s for one loss told twice", e)
	}
	r.feedback(t, &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 5_000_000, SSRCs: []uint32{videoSSRC}})
	if e := r.Counts().Estimate; e > 1_750_000 {
		t.Errorf("%d bit/s with much loss, whatever the receiver hopes", e)
	}
	r.second(t, 42, lost(0))
	if e := r.Counts().Estimate; e != 5_000_000 {
		t.Errorf("%d bit/s, not what the receiver estimates", e)
	}
	r.feedback(t, &rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 3e38})
	if e := r.Counts().Estimate; e != maxEstimate {
		t.Errorf("%d bit/s", e)
	}
}

func TestLostOfBothTracks(t *testing.T) {
	r := playing()
	r.feedback(t, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{
		{SSRC: audioSSRC, TotalLost: 5, FractionLost: 128}, {SSRC: videoSSRC, TotalLost: 1<<24 - 2, FractionLost: 64},
	}})
	if c := r.Counts(); c.Lost != 5 || c.FractionLost != 0.25 {
		t.Errorf("counted %+v", c)
	}
}

// wide is transport-wide feedback on so many packets, with status chunks.
func wide(count int, chunks ...uint16) []byte {
	b := []byte{0x80 | rtcp.FormatTCC, byte(rtcp.TypeTransportSpecificFeedback), 0, 0}
	b = append(b, make([]byte, 10)...)
	b = binary.BigEndian.AppendUint16(b, uint16(count))
	b = append(b, make([]byte, 4)...)
	for _, c := range chunks {
		b = binary.BigEndian.AppendUint16(b, c)
	}
	for len(b)%4 > 0 {
		b = append(b, 0)
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)/4-1))
	return b
}

func TestArrivals(t *testing.T) {
	cases := []struct {
		name    string
		packet  []byte
		missing int
		ok      bool
	}{
		{"nothing", wide(0), 0, true},
		{"a run of received ones", wide(100, 0x2000|100), 0, true},
		{"a run of missing ones", wide(100, 100), 100, true},
		{"a run longer than there are packets", wide(7, 100), 7, true},
		{"one bit each", wide(14, 0x8000|0b10110000000001), 10, true},
		{"one bit each, not all", wide(3, 0x8000|0b10110000000000), 1, true},
		{"two bits each", wide(7, 0xC000|0b01001000110001), 3, true},
		{"several", wide(121, 0x2000|100, 0xC000, 0x8000|0b11111111111111), 7, true},
		{"too few", wide(101, 100), 0, false},
		{"an endless run of nothing", wide(1, 0, 0, 0, 0), 0, false},
		{"no room for anything", []byte{0x8F, 205, 0, 0}, 0, false},
	}
	for _, c := range cases {
		packets, missing, ok := arrivals(c.packet)
		if ok != c.ok || missing != c.missing || ok && packets != int(binary.BigEndian.Uint16(c.packet[14:])) {
			t.Errorf("%s: %d of %d, %t", c.name, missing, packets, ok)
		}
	}
}

// TestArrivalsOfPion compares with the library's reading of its own writing.
func TestArrivalsOfPion(t *testing.T) {
	f := &rtcp.TransportLayerCC{
		PacketStatusCount: 9,
		PacketChunks: []rtcp.PacketStatusChunk{
			&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 2},
			&rtcp.StatusVectorChunk{Type: 1, SymbolSize: rtcp.TypeTCCSymbolSizeTwoBit, SymbolList: []uint16{1, 0, 0, 2, 0, 1, 1}},
		},
	}
	for range 6 {
		f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 4000})
	}
	f.RecvDeltas[3].Type = rtcp.TypeTCCPacketReceivedLargeDelta
	f.Header = rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(f.MarshalSize()/4 - 1), Padding: true}
	b, err := f.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if packets, missing, ok := arrivals(b); packets != 9 || missing != 3 || !ok {
		t.Errorf("%d of %d, %t", missing, packets, ok)
	}
}

// TestEstimateByArrivals: where there is transport-wide feedback, reports do not count a second time.
func TestEstimateByArrivals(t *testing.T) {
	r := playing()
	for i := range 5 {
		r.second(t, i, lost(0.9))
		if err := r.Feedback(wide(100, 0x2000|100)); err != nil {
			t.Fatal(err)
		}
	}
	before := r.Counts().Estimate
	r.second(t, 5)
	for range 10 {
		if err := r.Feedback(wide(100, 40, 0x2000|60)); err != nil {
			t.Fatal(err)
		}
	}
	if after := r.Counts().Estimate; float64(after) > 0.85*float64(before) || float64(after) < 0.7*float64(before) {
		t.Errorf("%d bit/s after %d, with 40 %% lost", after, before)
	}
}

func TestMalformed(t *testing.T) {
	r := playing()
	pli, err := (&rtcp.PictureLossIndication{MediaSSRC: videoSSRC}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"too short":         {0x80},
		"another version":   {0x40, 201, 0, 0},
		"longer than it is": {0x80, 201, 0, 9, 0, 0, 0, 0},
		"half a report":     {0x81, 201, 0, 1, 0, 0, 0, 0},
		"wide, but empty":   {0x8F, 205, 0, 0},
		"behind a good one": append(slices.Clone(pli), 0x80),
	} {
		if err := r.Feedback(b); !errors.Is(err, fault.ProtocolViolation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.keys) != 1 {
		t.Errorf("asked for %v", r.keys)
	}
	for name, b := range map[string][]byte{
		"nothing":             nil,
		"a kind of tomorrow":  {0x80, 210, 0, 0},
		"a format of none":    {0x9E, 206, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0},
		"an extended report":  {0x80, 207, 0, 1, 0, 0, 0, 0},
		"a goodbye":           {0x81, 203, 0, 1, 0, 0, 0, 0},
		"application-defined": {0x80, 204, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		if err := r.Feedback(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzFeedback: whatever a peer sends, nothing breaks, and nothing is sent but what is there.
func FuzzFeedback(f *testing.F) {
	for _, p := range []rtcp.Packet{
		nack(videoSSRC, 1, 2, 20), &rtcp.PictureLossIndication{MediaSSRC: videoSSRC},
		&rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: videoSSRC}}}, lost(0.5),
		&rtcp.ReceiverEstimatedMaximumBitrate{Bitrate: 1e6, SSRCs: []uint32{videoSSRC}},
		&rtcp.SenderReport{Reports: []rtcp.ReceptionReport{{SSRC: audioSSRC, LastSenderReport: 1}}},
	} {
		b, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(append(b, b...))
	}
	f.Add(wide(121, 0x2000|100, 0xC000, 0x8000|0b11111111111111))
	f.Add(append([]byte{0x81, 205, 0, 3, 0, 0, 0, 0, 0, 0, 0x10, 0}, 0, 0, 0xFF, 0xFF))
	r := playing(all)
	r.feed(0, frames(0, 600)...)
	r.feed(1, frames(0, 200)...)
	r.take()
	f.Fuzz(func(t *testing.T, b []byte) {
		r.now = r.now.Add(time.Second)
		if err := r.Feedback(b); err != nil && !errors.Is(err, fault.ProtocolViolation) {
			t.Errorf("%v", err)
		}
		for _, p := range r.take() {
			if p.SSRC != videoRTX && p.SSRC != audioSSRC || len(p.Payload) < 6 || len(p.Payload) > 8 {
				t.Errorf("sent %v", p)
			}
		}
		if c := r.Counts(); c.Estimate < 0 || c.Estimate > maxEstimate || c.RTT < 0 || c.RTT > maxRTT || c.FractionLost > 1 {
			t.Errorf("counted %+v", c)
		}
		r.keys, r.control = nil, nil
	})
}
