package media

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	videoRate = 90000
	frame     = time.Second / 30
)

// sender is a peer whose clock may be wrong: it stamps media taken at a true moment.
type sender struct {
	epoch time.Time
	rate  float64
	first uint32        // timestamp at the epoch
	speed float64       // 1 is right, 1.0001 is 100 ppm fast
	wall  time.Time     // what its wall clock says at the epoch
	delay time.Duration // of the network
}

func (s sender) ticks(at time.Duration) uint32 {
	return s.first + uint32(int64(at.Seconds()*s.speed*s.rate))
}

func (s sender) arrival(at time.Duration) time.Time { return s.epoch.Add(at + s.delay) }

func (s sender) report(c *Clock, at time.Duration) {
	c.Report(s.ticks(at), s.wall.Add(time.Duration(float64(at)*s.speed)), s.arrival(at))
}

func newSender(rate float64) sender {
	epoch := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	return sender{epoch: epoch, rate: rate, speed: 1, wall: epoch.Add(-3 * time.Hour), first: 1<<32 - 10*videoRate}
}

func near(a, b, tolerance time.Duration) bool { return a-b <= tolerance && b-a <= tolerance }

func TestTimeFollowsTicksFromTheFirstArrival(t *testing.T) {
	s := newSender(videoRate)
	s.delay = 40 * time.Millisecond
	c := NewTimeline(s.epoch).Clock(videoRate)
	for at := time.Duration(0); at < 20*time.Second; at += frame { // wraps around after ten seconds
		jitter := at / frame % 3 * 5 * time.Millisecond
		got := c.Time(s.ticks(at), s.arrival(at).Add(jitter))
		if !near(got, at+s.delay, time.Millisecond) {
			t.Fatalf("at %v the timeline says %v", at, got)
		}
	}
}

func TestReorderedFramesKeepTheirTimes(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for i, shown := range []time.Duration{0, 3, 1, 2, 6, 4, 5} { // decoding order of I P B B P B B
		got := c.Time(s.ticks(shown*frame), s.arrival(time.Duration(i)*frame))
		if !near(got, shown*frame, time.Millisecond) {
			t.Errorf("frame %d is at %v, want %v", i, got, shown*frame)
		}
	}
}

func TestDriftIsTakenOutWithoutAStep(t *testing.T) {
	s := newSender(videoRate)
	s.speed = 1.0002
	c := NewTimeline(s.epoch).Clock(videoRate)
	var last time.Duration
	for at := time.Duration(0); at < time.Hour; at += frame {
		if at%(5*time.Second) < frame {
			s.report(c, at)
		}
		got := c.Time(s.ticks(at), s.arrival(at))
		if at > 0 && !near(got-last, frame, frame/50) {
			t.Fatalf("a step from %v to %v", last, got)
		}
		if !near(got, at, 25*time.Millisecond) {
			t.Fatalf("at %v the timeline says %v", at, got)
		}
		last = got
	}
}

// A sender whose wall clock drifts as its ticks do is followed closely, however rarely it reports.
func TestDriftOfAllClocks(t *testing.T) {
	for name, speed := range map[string]float64{"fast": 1.0005, "slow": 0.9995} {
		s := newSender(8000)
		s.speed = speed
		c := NewTimeline(s.epoch).Clock(8000)
		for at := time.Duration(0); at < time.Hour; at += frame {
			if at%(5*time.Second) < frame {
				s.report(c, at)
			}
			if got := c.Time(s.ticks(at), s.arrival(at)); !near(got, at, 25*time.Millisecond) {
				t.Fatalf("%s: at %v the timeline says %v", name, at, got)
			}
		}
	}
}

func TestSenderReportsBringTracksTogether(t *testing.T) {
	video, audio := newSender(videoRate), newSender(48000)
	audio.first = 77
	line := NewTimeline(video.epoch)
	vc, ac := line.Clock(videoRate), line.Clock(48000)
	vc.Time(video.ticks(0), video.arrival(200*time.Millisecond)) // the first frame was held up
	ac.Time(audio.ticks(0), audio.arrival(0))
	var v, a time.Duration
	for at := time.Duration(0); at < time.Minute; at += frame {
		if at%time.Second < frame {
			video.report(vc, at)
			audio.report(ac, at)
		}
		v, a = vc.Time(video.ticks(at), video.arrival(at)), ac.Time(audio.ticks(at), audio.arrival(at))
	}
	if !near(v, a, time.Millisecond) {
		t.Errorf("after a minute video is at %v and audio at %v", v, a)
	}
}

// Tracks that come apart are together soon after the first reports, and from the first packet on if those came before it.
func TestTracksAreTogetherSoon(t *testing.T) {
	for _, row := range []struct {
		name     string
		held     time.Duration // by which the first picture came too late
		reported time.Duration // when the first reports come
		within   time.Duration // of each other they are, 40 ms at most
	}{
		{"reported before", 300 * time.Millisecond, 0, 0},
		{"reported after half a second", 100 * time.Millisecond, 500 * time.Millisecond, time.Second},
		{"far apart", 250 * time.Millisecond, 500 * time.Millisecond, 2 * time.Second},
		{"nearly together", 35 * time.Millisecond, 3 * time.Second, 0},
	} {
		video, audio := newSender(videoRate), newSender(48000)
		audio.first = 77 // any other number
		line := NewTimeline(video.epoch)
		vc, ac := line.Clock(videoRate), line.Clock(48000)
		var last time.Duration
		for at := time.Duration(0); at < 10*time.Second; at += frame {
			if at >= row.reported && (at-row.reported)%(5*time.Second) < frame {
				video.report(vc, at)
				audio.report(ac, at)
			}
			held := max(row.held-at, 0)
			v, a := vc.Time(video.ticks(at), video.arrival(at+held)), ac.Time(audio.ticks(at), audio.arrival(at))
			if at >= row.within && !near(v, a, 40*time.Millisecond) {
				t.Errorf("%s: at %v video is at %v and audio at %v", row.name, at, v, a)
				break
			}
			if v < last {
				t.Errorf("%s: at %v video goes back from %v to %v", row.name, at, last, v)
			}
			last = v
		}
	}
}

// What the first reports say is not believed if it is nonsense.
func TestFirstReportsThatAreWrong(t *testing.T) {
	for name, off := range map[string]time.Duration{"far ahead": 10 * time.Second, "far behind": -10 * time.Second} {
		s := newSender(videoRate)
		c := NewTimeline(s.epoch).Clock(videoRate)
		for at := time.Duration(0); at < 3*time.Second; at += frame {
			if at%time.Second < frame && at > 0 {
				c.Report(s.ticks(at+off), s.wall.Add(at), s.arrival(at))
			}
			if got := c.Time(s.ticks(at), s.arrival(at)); !near(got, at, time.Millisecond) {
				t.Fatalf("%s: at %v the timeline says %v", name, at, got)
			}
		}
	}
}

func TestNTPNeedsFourReports(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for i := range 4 {
		if _, ok := c.NTP(s.ticks(0)); ok {
			t.Fatalf("known after %d reports", i)
		}
		s.report(c, time.Duration(i)*time.Second)
	}
	got, ok := c.NTP(s.ticks(10 * time.Second))
	if want := s.wall.Add(10 * time.Second); !ok || !near(got.Sub(want), 0, time.Millisecond) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOneWrongReportChangesNothing(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for at := time.Duration(0); at < 30*time.Second; at += time.Second {
		if at == 20*time.Second {
			c.Report(s.ticks(at), s.wall.Add(at+time.Second), s.arrival(at))
			continue
		}
		s.report(c, at)
		if got := c.Time(s.ticks(at), s.arrival(at)); !near(got, at, time.Millisecond) {
			t.Errorf("at %v the timeline says %v", at, got)
		}
	}
}

func TestStepOfTheSendersClockIsNotHeard(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		if at == 30*time.Second {
			s.wall = s.wall.Add(time.Hour) // somebody set it
		}
		s.report(c, at)
		if got := c.Time(s.ticks(at), s.arrival(at)); !near(got, at, time.Millisecond) {
			t.Errorf("at %v the timeline says %v", at, got)
		}
		ntp, ok := c.NTP(s.ticks(at))
		late := at >= 30*time.Second && at < 34*time.Second // the fifth report that disagrees convinces
		if ok && !late && !near(ntp.Sub(s.wall), at, time.Millisecond) {
			t.Errorf("at %v the sender's clock is taken for %v, it is %v", at, ntp, s.wall.Add(at))
		}
	}
}

func TestReportsWithoutAWallClockSayNothing(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for at := range 10 {
		c.Report(s.ticks(time.Duration(at)*time.Second), time.Time{}, s.arrival(time.Duration(at)*time.Second))
	}
	if _, ok := c.NTP(s.ticks(0)); ok {
		t.Error("a wall clock appeared from nowhere")
	}
}

// TestDisbelief: each row has its clock right for ten seconds, and then sends one frame a second as the row says.
func TestDisbelief(t *testing.T) {
	const start = 10 * time.Second
	type sent struct{ taken, arrived, want time.Duration } // after the start
	for name, frames := range map[string][]sent{
		"ticks jump ahead":     {{time.Hour, 0, 0}, {time.Hour + time.Second, time.Second, time.Second}},
		"ticks jump far back":  {{-time.Hour, 0, 0}, {-time.Hour + time.Second, time.Second, time.Second}},
		"a retransmission":     {{-time.Second, 0, -time.Second}, {time.Second, time.Second, time.Second}},
		"a burst after a jam":  {{0, 1800e6, 0}, {time.Second, 1800e6, time.Second}, {2 * time.Second, 2e9, 2 * time.Second}},
		"a pause of the ticks": {{0, 5e9, 0}, {1e9, 6e9, 1e9}, {2e9, 7e9, 2e9}, {3e9, 8e9, 8e9}, {4e9, 9e9, 9e9}},
	} {
		s := newSender(videoRate)
		c := NewTimeline(s.epoch).Clock(videoRate)
		for at := time.Duration(0); at <= start; at += frame {
			c.Time(s.ticks(at), s.arrival(at))
		}
		for i, f := range frames {
			got := c.Time(s.ticks(start+f.taken), s.arrival(start+f.arrived))
			if !near(got, start+f.want, 2*time.Millisecond) {
				t.Errorf("%s: frame %d is at %v, want %v", name, i, got-start, f.want)
			}
		}
	}
}

func TestTimelineOfAPipelineIsExact(t *testing.T) {
	epoch := time.Now()
	line := NewTimeline(epoch)
	if got := line.Running(epoch.Add(time.Second), 20*time.Millisecond); got != 1020*time.Millisecond {
		t.Errorf("got %v", got)
	}
}

// TestTimeNeverGoesBack: whatever arrivals and reports claim, rising ticks give times that do not fall.
func TestTimeNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epoch := time.Now()
		c := NewTimeline(epoch).Clock(rapid.SampledFrom([]uint32{0, 1, 1000, 8000, 90000}).Draw(t, "rate"))
		ticks, now, last := rapid.Uint32().Draw(t, "first"), time.Duration(0), time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "packets") {
			ticks += rapid.OneOf(rapid.Uint32Range(0, 9000), rapid.Uint32Range(0, 1<<31-1)).Draw(t, "step")
			now += time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "gap"))
			if rapid.Bool().Draw(t, "report") {
				ntp := epoch.Add(time.Duration(rapid.Int64().Draw(t, "ntp")))
				c.Report(rapid.Uint32().Draw(t, "report ticks"), ntp, epoch.Add(now))
			}
			got := c.Time(ticks, epoch.Add(now))
			if got < last {
				t.Fatalf("from %v back to %v", last, got)
			}
			last = got
		}
	})
}

func BenchmarkClockTime(b *testing.B) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for i := range 20 {
		s.report(c, time.Duration(i)*time.Second)
	}
	b.ReportAllocs()
	at := time.Duration(0)
	for b.Loop() {
		at += time.Millisecond
		c.Time(s.ticks(at), s.arrival(at))
	}
}
