package hls

import (
	"testing"
	"time"
)

// BenchmarkIdle has 2,000 viewers ask again and again for a playlist in which nothing is new, since its publisher sends nothing: once in
// a target duration of two seconds each, at times of their own, on connections that they keep, with If-None-Match if there was an ETag.
// Draft-pantos-hls-rfc8216bis 6.3.4 lets them ask twice as often then.
func BenchmarkIdle(b *testing.B) {
	const all, measured = 2000, 8 * time.Second
	s := serve(b)
	end := s.publish(b)
	record(b, s, 3*time.Second) // until there is a playlist of some segments
	end()
	empty := s.memory(b)
	for b.Loop() {
		a := gather(b, s, all, 4<<10, patient(all))
		<-time.After(2 * time.Second)
		c := a.begin(b, s)
		<-time.After(measured)
		c = c.end(b)
		b.ReportMetric(c.cores(), "cores")
		b.ReportMetric(c.each(), "cpu-ns/request")
		b.ReportMetric(float64(c.playlists)/c.wall.Seconds(), "requests/s")
		b.ReportMetric((s.memory(b)-empty)/all, "KB/viewer")
		b.ReportMetric(float64(a.wrong.Load()), "wrong")
		a.leave(b)
	}
}

// patient is a viewer who asks for a playlist in which nothing changes.
func patient(of int) func(*audience, *client, int, func()) error {
	return func(a *audience, c *client, number int, begun func()) error {
		media, err := c.open(stream)
		if err != nil {
			return err
		}
		const target = 2 * time.Second
		begun()
		if !a.pause(target * time.Duration(number) / time.Duration(of)) {
			return nil
		}
		tick := time.NewTicker(target)
		defer tick.Stop()
		for etag := ""; ; {
			head, err := c.get(media, etag)
			if err != nil {
				return err
			}
			if head.status != 200 && head.status != 304 {
				a.wrong.Add(1)
			}
			if head.status == 200 {
				if _, err := c.in.Discard(head.length); err != nil {
					return err
				}
			}
			etag = head.etag
			a.playlists.Add(1)
			select {
			case <-tick.C:
			case <-a.stop:
				return nil
			}
		}
	}
}
