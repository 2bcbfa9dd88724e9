package metrics

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

// TestSeriesDoNotGrowWithSessions has 200 streams published and played, one after the other and all at once, and counts series: of
// metrics with a label "stream" there may be as many as the option says.
func TestSeriesDoNotGrowWithSessions(t *testing.T) {
	const sessions, named = 200, 5
	for name, c := range map[string]struct{ streams, more int }{
		"without names": {0, 0},
		"with some":     {named, 2 * (named - 1)}, // two metrics, and one stream is there before
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, func(o *Options) { o.Streams = c.streams })
			cycle := func(stream string) func() {
				in, p := s.publish(stream)
				out, v := s.play(stream)
				s.write(p, 0)
				<-v.came
				return func() { s.end(out); s.end(in) }
			}
			cycle("first")()
			cycle("second") // stays, so that everything is there that can be
			before, _ := series(t, s.text())
			for i := range sessions {
				cycle(fmt.Sprintf("one/%d", i))()
			}
			var ends []func()
			for i := range sessions {
				ends = append(ends, cycle(fmt.Sprintf("all/%d", i)))
			}
			after, _ := series(t, s.text())
			for _, end := range ends {
				end()
			}
			last, _ := series(t, s.text())
			for _, all := range []map[string]float64{before, after, last} {
				maps.DeleteFunc(all, func(id string, _ float64) bool { return strings.HasPrefix(id, "sluice_instances ") }) // of two graphs, in some states
			}
			if len(after) > len(before)+c.more || len(last) > len(before)+c.more {
				t.Errorf("%d series, %d with %d sessions, %d after them", len(before), len(after), sessions, len(last))
				for id := range after {
					if _, there := before[id]; !there {
						t.Log(id)
					}
				}
			}
			if n := after["sluice_streams state=\"published\""]; n != sessions+1 {
				t.Errorf("%v streams are told of", n)
			}
		})
	}
}

// TestCountersNeverFall looks after each step of many sessions.
func TestCountersNeverFall(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Streams = 2 })
	last := map[string]float64{}
	gone := func(id string, ok bool) bool { // a stream without a place has no series
		return !ok && strings.HasPrefix(id, "sluice_stream_bytes_total ")
	}
	look := func(step string) {
		t.Helper()
		now, counters := series(t, s.text())
		for id, before := range last {
			if v, there := now[id]; v < before && !gone(id, there) {
				t.Errorf("%s: %s is %v after %v", step, id, v, before)
			}
		}
		last = map[string]float64{}
		for id, rises := range counters {
			if rises {
				last[id] = now[id]
			}
		}
	}
	for i := range 6 {
		name := fmt.Sprintf("cam%d", i%4)
		in, p := s.publish(name)
		look("published")
		out, v := s.play(name)
		stays, w := s.play(name)
		for at := range 20 {
			s.write(p, time.Duration(at)*time.Second)
		}
		enginetest.Await(t, "what comes", v.came)
		enginetest.Await(t, "what comes", w.came)
		look("played")
		s.end(out)
		look("one left")
		s.end(in)
		look("ended")
		s.end(stays)
		look("all gone")
	}
	if n := last[`sluice_track_units_total codec="vp8" form="units" kind="video" origin="published"`]; n != 120 {
		t.Errorf("%v units are told of, of 120", n)
	}
	if n := last[`sluice_events_total code="ok" event="fake.play"`]; n != 12 {
		t.Errorf("%v plays are told of, of 12", n)
	}
}
