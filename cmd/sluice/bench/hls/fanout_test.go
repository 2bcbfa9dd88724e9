package hls

import (
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

const viewers = 200

// BenchmarkOrdinary has 200 viewers who fetch playlists and segments of two seconds. Its ratio is the processor time of the server, with
// what it takes to get and cut the stream, to that of a mirror, for each request; ratio(served) is without what it takes when nobody
// but one viewer is there. The mirror has as many viewers, at the same time, so that what else the machine does hits both alike, and so has
// nginx with the same files, where it is installed.
func BenchmarkOrdinary(b *testing.B) {
	crowded(b, 2500*time.Millisecond, 10*time.Second, ordinary(viewers), true)
}

// BenchmarkLow is the same with viewers of low latency and parts of 200 ms: ten requests a second from each, of which five wait.
func BenchmarkLow(b *testing.B) {
	s := crowded(b, time.Second, 10*time.Second, low, false)
	var firsts []time.Duration
	a := gather(b, s, viewers, 64<<10, low)
	for i := range 20 {
		<-time.After(137*time.Millisecond + time.Duration(i)*benchtest.Interval/7)
		firsts = append(firsts, first(b, s))
	}
	a.leave(b)
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(firsts, 0.5)), "first-p50-ms")
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(firsts, 0.95)), "first-p95-ms")
}

func crowded(b *testing.B, warm, measured time.Duration, view func(*audience, *client, int, func()) error, files bool) *server {
	b.Helper()
	s := serve(b)
	s.publish(b)
	for b.Loop() {
		cpu, began := s.ran(b), time.Now()
		film := record(b, s, warm+measured+4*time.Second)
		alone := (s.ran(b) - cpu).Seconds() / time.Since(began).Seconds()
		m, memory := reflect(b, film), s.memory(b)
		here := gather(b, s, viewers, 64<<10, view)
		m.again(b)
		there := gather(b, m, viewers, 64<<10, view)
		begin := func() (report func()) { return func() {} }
		if files {
			begin = beside(b, film, view)
		}
		<-time.After(warm)
		report := begin()
		theirs := there.begin(b, m)
		ours := here.begin(b, s)
		<-time.After(measured)
		ours, theirs = ours.end(b), theirs.end(b)
		report()
		memory = s.memory(b) - memory
		here.leave(b)
		there.leave(b)
		b.ReportMetric(alone, "alone-cores")
		b.ReportMetric(ours.cores(), "cores")
		b.ReportMetric(theirs.cores(), "bare-cores")
		b.ReportMetric(ours.each(), "cpu-ns/request")
		b.ReportMetric(theirs.each(), "bare-ns/request")
		b.ReportMetric(ours.each()/theirs.each(), "ratio")
		b.ReportMetric(ours.each()/theirs.each()*(1-alone/ours.cores()), "ratio(served)")
		b.ReportMetric(float64(ours.playlists+ours.rest)/ours.wall.Seconds(), "requests/s")
		b.ReportMetric(float64(theirs.playlists+theirs.rest)/theirs.wall.Seconds(), "bare-requests/s")
		b.ReportMetric(float64(ours.bytes)*8/1e6/viewers/ours.wall.Seconds(), "Mbit/s/viewer")
		b.ReportMetric(memory/viewers, "KB/viewer")
	}
	return s
}

// beside has nginx serve as many viewers, if there is one. What it gives begins to measure that, and what that gives reports it.
func beside(b *testing.B, film *recording, view func(*audience, *client, int, func()) error) (begin func() (report func())) {
	b.Helper()
	s, play := nginx(b, film)
	if s == nil {
		return func() func() { return func() {} }
	}
	play()
	a := gather(b, s, viewers, 64<<10, view)
	return func() func() {
		began := a.begin(b, s)
		return func() {
			c := began.end(b)
			a.leave(b)
			b.ReportMetric(c.cores(), "nginx-cores")
			b.ReportMetric(c.each(), "nginx-ns/request")
		}
	}
}

// first is how long somebody who comes waits for what he can begin to decode: he asks for the stream, for its media playlist, for the
// section that comes before all media, and for the last part that begins with a key frame and is far enough from the end.
func first(b *testing.B, s *server) time.Duration {
	b.Helper()
	began := time.Now()
	c, err := dial(s.address, 64<<10)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	media, err := c.open(stream)
	if err != nil {
		b.Fatal(err)
	}
	a, body, err := c.fetch(media)
	if err != nil {
		b.Fatal(err)
	}
	l, err := new(lists).read(a, body)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := c.pass("/" + stream + "/" + l.start); err != nil {
		b.Fatal(err)
	}
	const back = 4 // parts, which are more than PART-HOLD-BACK
	for i := len(l.parts) - back; i >= 0; i-- {
		if p := l.parts[i]; p.independent {
			if _, err := c.pass("/" + stream + "/" + p.name); err != nil {
				b.Fatal(err)
			}
			return time.Since(began)
		}
	}
	b.Fatal("no part begins with a key frame")
	return 0
}
