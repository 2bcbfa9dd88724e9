package media

import (
	"testing"
	"time"
)

// Two tracks of one sender are together although the first report of one was held up, and stay so when its next one is not.
func TestReportsThatAreHeldUp(t *testing.T) {
	const held = 80 * time.Millisecond
	line, video, audio := NewTimeline(newSender(1).epoch), newSender(videoRate), newSender(48000)
	pictures, sound := line.Clock(videoRate), line.Clock(48000)
	late := video
	late.delay = held
	late.report(pictures, 0)
	audio.report(sound, 0)
	var last time.Duration
	for at := frame; at < 60*time.Second; at += frame {
		if at%(5*time.Second) < frame {
			video.report(pictures, at)
			audio.report(sound, at)
		}
		p := pictures.Time(video.ticks(at), video.arrival(at))
		s := sound.Time(audio.ticks(at), audio.arrival(at))
		if !near(p, s, time.Millisecond) || !near(p, at, 5*time.Millisecond) {
			t.Fatalf("at %v pictures are at %v and sound is at %v", at, p, s)
		}
		if p < last {
			t.Fatalf("time goes back from %v to %v", last, p)
		}
		last = p
	}
}

// The first report of a track may be held up for so long that it could be of another wall clock. The second tells that it is not.
func TestFirstReportIsHeldUpForLong(t *testing.T) {
	for _, held := range []time.Duration{303 * time.Millisecond, oneWall + 10*time.Millisecond} {
		line, video, audio := NewTimeline(newSender(1).epoch), newSender(videoRate), newSender(48000)
		pictures, sound := line.Clock(videoRate), line.Clock(48000)
		late := video
		late.delay = held
		audio.report(sound, 0)
		var last time.Duration
		for at := frame; at < 15*time.Second; at += frame {
			if at >= time.Second && at < time.Second+frame {
				late.report(pictures, at)
			}
			if at >= 5*time.Second && at < 5*time.Second+frame {
				video.report(pictures, at)
				audio.report(sound, at)
			}
			p := pictures.Time(video.ticks(at), video.arrival(at+max(held-at, 0)))
			s := sound.Time(audio.ticks(at), audio.arrival(at))
			if at > 8*time.Second && !near(p, s, time.Millisecond) {
				t.Fatalf("held up for %v: at %v pictures are at %v and sound is at %v", held, at, p, s)
			}
			if p < last {
				t.Fatalf("held up for %v: time goes back from %v to %v", held, last, p)
			}
			last = p
		}
	}
}

// A report of another track that comes later, but quicker, moves what was there before.
func TestQuickerReportOfAnotherTrack(t *testing.T) {
	line, video, audio := NewTimeline(newSender(1).epoch), newSender(videoRate), newSender(48000)
	pictures, sound := line.Clock(videoRate), line.Clock(48000)
	late := video
	late.delay = 80 * time.Millisecond
	late.report(pictures, 0)
	for at := frame; at < 3*time.Second; at += frame {
		p := pictures.Time(video.ticks(at), late.arrival(at))
		if at < time.Second {
			continue
		}
		if at < time.Second+frame {
			audio.report(sound, at)
		}
		s := sound.Time(audio.ticks(at), audio.arrival(at))
		if at > 2*time.Second && (!near(p, s, time.Millisecond) || !near(p, at, time.Millisecond)) {
			t.Fatalf("at %v pictures are at %v and sound is at %v", at, p, s)
		}
	}
}

// Tracks with wall clocks of their own are left alone, and so are reports of long ago.
func TestOtherWallClocks(t *testing.T) {
	line, video, audio := NewTimeline(newSender(1).epoch), newSender(videoRate), newSender(48000)
	pictures, sound := line.Clock(videoRate), line.Clock(48000)
	audio.wall = audio.wall.Add(oneWall + time.Millisecond)
	video.report(pictures, frame)
	audio.report(sound, frame)
	if ahead := line.wall.ahead(pictures) + line.wall.ahead(sound); ahead != 0 {
		t.Errorf("%v ahead of another clock", ahead)
	}
	video.delay = 100 * time.Millisecond
	audio = newSender(48000)
	other := line.Clock(48000)
	audio.report(other, frame)
	third := line.Clock(videoRate)
	video.report(third, 10*time.Second)
	if ahead := line.wall.ahead(third); ahead != 100*time.Millisecond {
		t.Errorf("%v ahead, want 100 ms", ahead)
	}
	video.report(third, 31*time.Second)
	if ahead := line.wall.ahead(third); ahead != 0 {
		t.Errorf("%v ahead, of a report of long ago", ahead)
	}
	line.wall.forget(third)
	if _, ok := line.wall.heard[third]; ok {
		t.Error("it is not forgotten")
	}
}
