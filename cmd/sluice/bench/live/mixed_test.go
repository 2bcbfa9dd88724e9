package live

import (
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkRTMPToWHEP has the same pictures published over WHIP and over RTMP, and each of the two read by 200 WHEP readers, one
// after the other. Its ratio is the processor time of the server for each picture and reader of RTMP to that of WHIP.
func BenchmarkRTMPToWHEP(b *testing.B) {
	const readers = 200
	codec := webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
	}
	s, peers := serve(b), benchtest.API(b, codec)
	publish264(b, connect(b, peers, "http://"+s.web+"/web/whip", codec))
	publishRTMP(b, s.rtmp)
	for b.Loop() {
		cost := map[string]float64{}
		for _, stream := range []string{"web", "cam", "web", "cam"} {
			all := make([]*reader, readers)
			for i := range all {
				all[i] = read(b, peers, fmt.Sprintf("http://%s/%s/whep", s.web, stream))
				all[i].await(b)
			}
			for _, r := range all {
				r.forget()
			}
			lost, begin, cpu := missed(all), time.Now(), s.ran(b)
			<-time.After(measured / 2)
			wall, lost, cpu := time.Since(begin), missed(all)-lost, s.ran(b)-cpu
			var delays []time.Duration
			for _, r := range all {
				delays = append(delays, r.delayed()...)
			}
			for _, r := range all {
				_ = r.pc.Close()
			}
			cost[stream] += float64(cpu) / float64(len(delays)) / 2
			if stream == "cam" {
				b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
				b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(delays, 0.5)), "delay-p50-ms")
				b.ReportMetric(float64(lost), "gaps")
				b.ReportMetric(float64(len(delays))/readers/wall.Seconds(), "frames/s")
			} else {
				b.ReportMetric(cpu.Seconds()/wall.Seconds(), "whip-cores")
			}
		}
		b.ReportMetric(cost["cam"], "cpu-ns/frame")
		b.ReportMetric(cost["web"], "whip-cpu-ns/frame")
		b.ReportMetric(cost["cam"]/cost["web"], "ratio")
	}
	var firsts []time.Duration
	for i := range 10 {
		<-time.After(137*time.Millisecond + time.Duration(i)*interval/7)
		r := read(b, peers, "http://"+s.web+"/cam/whep")
		r.await(b)
		firsts = append(firsts, r.first.Sub(r.began))
	}
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(firsts, 0.5)), "first-p50-ms")
}

// publish264 sends the pictures of the benchmark over WebRTC, as RTSP does.
func publish264(b *testing.B, track *webrtc.TrackLocalStaticRTP) {
	b.Helper()
	seq := uint16(1)
	var out []byte
	sps, pps := benchtest.Parameters()
	benchtest.Pictures(b, func(n uint32, nal []byte, key bool) error {
		out = out[:0]
		if key { // their parameters come with them
			for _, set := range [][]byte{sps, pps} {
				h := rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: seq, Timestamp: n * 90000 / fps}
				if err := track.WriteRTP(&rtp.Packet{Header: h, Payload: set}); err != nil {
					return err
				}
				seq++
			}
		}
		for out = packets264(out, &seq, n, nal); len(out) > 4; {
			length := 4 + int(out[2])<<8 + int(out[3])
			if _, err := track.Write(out[4:length]); err != nil {
				return err
			}
			out = out[length:]
		}
		return nil
	})
}

// began264 tells of the first packet of one of our pictures of H.264 (RFC 6184 5.8).
func began264(payload []byte) (sent time.Time, key, ok bool) {
	if payload[0]&0x1f != 28 || payload[1]&0x80 == 0 {
		return time.Time{}, false, false
	}
	_, sent, ok = benchtest.Marked(payload)
	return sent, payload[1]&0x1f == 5, ok
}
