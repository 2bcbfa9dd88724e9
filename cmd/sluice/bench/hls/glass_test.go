package hls

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkGlass measures from when the publisher writes a picture until a viewer of low latency has the part with it, to the last byte,
// and until he shows it. Eight viewers come one after the other; each begins to play when he has the playlist, as far from its end as it
// says (PART-HOLD-BACK), shows pictures at their pace from then on, and is held up when one is not there in time.
func BenchmarkGlass(b *testing.B) {
	const viewers, measured = 8, 8 * time.Second
	s := serve(b)
	s.publish(b)
	for b.Loop() {
		all := make([]*watcher, viewers)
		var work sync.WaitGroup
		for i := range all {
			all[i] = &watcher{}
			work.Go(func() { all[i].err = all[i].run(s.address, time.Now().Add(measured)) })
			<-time.After(137 * time.Millisecond) // so that they come at all times within a part
		}
		work.Wait()
		var has, shown []time.Duration
		held := 0
		for _, w := range all {
			if w.err != nil {
				b.Fatal(w.err)
			}
			has, shown, held = append(has, w.has...), append(shown, w.shown...), held+w.held
		}
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(has, 0.5)), "has-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(has, 0.95)), "has-p95-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(shown, 0.5)), "shown-p50-ms")
		b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(shown, 0.95)), "shown-p95-ms")
		b.ReportMetric(float64(held), "held-up")
		b.ReportMetric(float64(len(shown))/viewers/measured.Seconds(), "pictures/s")
	}
}

// watcher is a viewer who looks into what he gets.
type watcher struct {
	has, shown []time.Duration // of each picture, since it was sent
	held       int             // how often playing was held up
	err        error

	begun time.Time     // when picture 0 would have been shown
	late  time.Duration // by how much he has been held up
}

func (w *watcher) run(address string, end time.Time) error {
	c, err := dial(address, 64<<10)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	media, err := c.open(stream)
	if err != nil {
		return err
	}
	var ls lists
	a, body, err := c.fetch(media)
	if err != nil {
		return err
	}
	came := time.Now()
	l, err := ls.read(a, body)
	if err != nil {
		return err
	}
	seen := l.parts[len(l.parts)-1].number
	if err := w.start(c, l, came); err != nil {
		return err
	}
	for time.Now().Before(end) {
		msn, next := l.next()
		if a, body, err = c.fetch(fmt.Sprintf("%s&_HLS_msn=%d&_HLS_part=%d", media, msn, next)); err != nil {
			return err
		}
		if l, err = ls.read(a, body); err != nil {
			return err
		}
		for _, p := range l.parts {
			if p.number > seen {
				seen = p.number
				if _, body, err = c.fetch("/" + stream + "/" + p.name); err != nil {
					return err
				}
				w.take(body, time.Now())
			}
		}
	}
	return nil
}

// start sets the clock by the last part of the first playlist: the end of what that has is to be shown in PART-HOLD-BACK.
func (w *watcher) start(c *client, l *list, came time.Time) error {
	_, body, err := c.fetch("/" + stream + "/" + l.parts[len(l.parts)-1].name)
	if err != nil {
		return err
	}
	last, _, ok := benchtest.LastMarked(body)
	if !ok {
		return fmt.Errorf("no picture is in a part of %d bytes", len(body))
	}
	if l.back == 0 {
		return fmt.Errorf("the playlist has no PART-HOLD-BACK")
	}
	w.begun = came.Add(l.back - time.Duration(last+1)*benchtest.Interval)
	return nil
}

// take plays a part.
func (w *watcher) take(body []byte, now time.Time) {
	for {
		n, sent, ok := benchtest.Marked(body)
		if !ok {
			return
		}
		w.has = append(w.has, now.Sub(sent))
		at := w.begun.Add(time.Duration(n)*benchtest.Interval + w.late)
		if at.Before(now) {
			w.held++
			w.late += now.Sub(at)
			at = now
		}
		w.shown = append(w.shown, at.Sub(sent))
		body = benchtest.After(body)
	}
}
