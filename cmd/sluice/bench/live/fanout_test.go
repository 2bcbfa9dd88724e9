package live

import (
	"fmt"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// measured is how long the server is watched.
const measured = 8 * time.Second

// BenchmarkFanout has one WHIP publisher read by WHEP readers. Its ratio is the processor time of the server to what the same
// number of packets costs at the floor, in the same run. The first frame is that of readers who come one after the other
// beside the others, in the middle of a group of pictures, from their request on and from the moment of their connection.
func BenchmarkFanout(b *testing.B) {
	for _, readers := range []int{1, 50, 200} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) { fanout(b, readers) })
	}
}

func fanout(b *testing.B, n int) {
	s, peers := serve(b), api(b)
	empty := s.memory(b)
	publish(b, peers, "http://"+s.web+"/cam/whip")
	all := make([]*reader, n)
	for i := range all {
		all[i] = read(b, peers, "http://"+s.web+"/cam/whep")
		all[i].await(b)
	}
	wire := tap(b, s.media)
	for b.Loop() {
		for _, r := range all {
			r.forget()
		}
		if wire != nil {
			wire.forget()
		}
		sent, lost, begin, cpu := packets(all), missed(all), time.Now(), s.ran(b)
		<-time.After(measured)
		sent, lost, cpu = packets(all)-sent, missed(all)-lost, s.ran(b)-cpu
		wall := time.Since(begin)
		var delays []time.Duration
		for _, r := range all {
			delays = append(delays, r.delayed()...)
		}
		least := floor(b, n)
		b.ReportMetric(float64(cpu)/float64(sent), "cpu-ns/packet")
		b.ReportMetric(float64(least), "floor-ns/packet")
		b.ReportMetric(float64(cpu)/float64(sent)/float64(least), "ratio")
		b.ReportMetric(cpu.Seconds()/wall.Seconds(), "cores")
		b.ReportMetric((s.memory(b)-empty)/float64(n)/1024, "MB/reader")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(delays, 0.5)), "delay-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(delays, 0.99)), "delay-p99-ms")
		b.ReportMetric(float64(lost), "gaps")
		if wire != nil {
			added := wire.added()
			b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.5)), "added-p50-ms")
			b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(added, 0.99)), "added-p99-ms")
			b.ReportMetric(float64(len(added))/float64(n)/measured.Seconds(), "frames/s")
		}
	}
	late := newcomers(b, s, 10)
	var request, connected []time.Duration
	for _, r := range late {
		request = append(request, r.first.Sub(r.began))
		connected = append(connected, r.first.Sub(r.up))
	}
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(request, 0.5)), "first-p50-ms")
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(request, 0.95)), "first-p95-ms")
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(connected, 0.5)), "first-connected-p50-ms")
}

// newcomers come one after the other, at times that have nothing to do with the key frames.
func newcomers(b *testing.B, s *server, n int) []*reader {
	b.Helper()
	var out []*reader
	for i := range n {
		<-time.After(137*time.Millisecond + time.Duration(i)*interval/7)
		r := read(b, api(b), "http://"+s.web+"/cam/whep")
		r.await(b)
		out = append(out, r)
	}
	return out
}

func packets(all []*reader) (sum int64) {
	for _, r := range all {
		sum += r.packets.Load()
	}
	return sum
}

func missed(all []*reader) (sum int64) {
	for _, r := range all {
		sum += r.lost.Load()
	}
	return sum
}
