package packager_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	hls "github.com/bluenviron/gohlslib/v2/pkg/playlist"

	"sluice/api/hls/packager"
	"sluice/api/hls/playlist/conform"
	"sluice/api/hls/rendition"
	"sluice/engine/media"
)

// rung is a rendition of a ladder, and what is written to it.
type rung struct {
	*rendition.Rendition
	p     *packager.Packager
	write func(at time.Duration) (next time.Duration)
	at    time.Duration
}

// ladder is pictures and sound, each in a rendition of its own, as live/ladder has them.
type ladder struct {
	t               *testing.T
	conf            rendition.Config
	frame           time.Duration // of the pictures
	pictures, sound *rung
}

func newLadder(t *testing.T) *ladder { return ladderOf(t, 200*ms, 25) }

// ladderOf has parts of a length, and pictures of a rate.
func ladderOf(t *testing.T, part time.Duration, rate int) *ladder {
	l := &ladder{t: t, frame: time.Second / time.Duration(rate), conf: rendition.Config{
		Segment: 2 * time.Second, Window: 30, Part: part, Independent: true,
		Target: rendition.NewTarget(2*time.Second, part), Timeline: rendition.NewTimeline(),
	}}
	l.pictures, l.sound = l.rung(videoTrack()), l.rung(audioTrack())
	return l
}

func (l *ladder) rung(track media.Track) *rung {
	r, err := rendition.New(l.conf)
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(r.Remove)
	cfg := config()
	cfg.Segment, cfg.Part, cfg.Timeline = l.conf.Segment, l.conf.Part, r.Timeline()
	out := &rung{Rendition: r, p: must(l.t, cfg, r, track)}
	unit := func(at time.Duration, key bool, au ...[]byte) {
		if err := out.p.Write(0, &media.Unit{PTS: at, DTS: at, Key: key, AU: au}); err != nil {
			l.t.Error(err)
		}
	}
	frame := 1024 * time.Second / 48000
	out.write = func(at time.Duration) time.Duration {
		unit(at, false, []byte{0x21, 1, 2})
		return at + frame
	}
	if track.Kind == media.Video {
		frame = l.frame
		out.write = func(at time.Duration) time.Duration {
			if at%l.conf.Segment < frame {
				unit(at, true, append(small[:2:2], []byte{0x65, 1, 2, 3})...)
			} else {
				unit(at, false, []byte{0x41, 1, 2, 3})
			}
			return at + frame
		}
	}
	return out
}

// play lets some go on until a time, side by side.
func (l *ladder) play(until time.Duration, rungs ...*rung) {
	for {
		var next *rung
		for _, r := range rungs {
			if r.at < until && (next == nil || r.at < next.at) {
				next = r
			}
		}
		if next == nil {
			return
		}
		next.at = next.write(next.at)
	}
}

// stretch is a segment as players see it.
type stretch struct {
	begin, end time.Duration // by its date
	number     int           // Discontinuity Sequence Number
}

func (l *ladder) stretches(r *rung) []stretch {
	l.t.Helper()
	var m hls.Media
	if err := m.Unmarshal([]byte(l.text(r))); err != nil {
		l.t.Fatal(err)
	}
	var all []stretch
	number := 0
	if m.DiscontinuitySequence != nil {
		number = *m.DiscontinuitySequence
	}
	for _, s := range m.Segments {
		if s.Discontinuity {
			number++
		}
		begin := s.DateTime.Sub(config().Epoch)
		all = append(all, stretch{begin, begin + s.Duration, number})
	}
	return all
}

// TestLadderHasOneTimeline: whatever happens to one rendition, the others have the same Discontinuity Sequence Numbers at the same
// dates, to the segment. hls.js 1.5 waits for ever for pictures that have the number of the sound that comes next.
func TestLadderHasOneTimeline(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(l *ladder)
		last    int
	}{
		"nothing":                  {func(*ladder) {}, 0},
		"sound comes later":        {func(l *ladder) { l.play(1300*ms, l.pictures); l.sound.at = 1300 * ms }, 0},
		"sound lacks what is kept": {func(l *ladder) { l.sound.at = 1700 * ms }, 0},
		"a hole in the sound at the beginning": {func(l *ladder) {
			l.play(300*ms, l.sound)
			l.sound.at = 4300 * ms
		}, 1},
		"a hole in the sound": {func(l *ladder) {
			l.play(7*time.Second, l.pictures, l.sound)
			l.sound.at = 10 * time.Second
		}, 1},
		"a hole in the pictures": {func(l *ladder) {
			l.play(7*time.Second, l.pictures, l.sound)
			l.pictures.at = 10 * time.Second
		}, 1},
		"one in both": {func(l *ladder) {
			l.play(6300*ms, l.pictures, l.sound)
			l.pictures.at, l.sound.at = 10*time.Second, 10010*ms
		}, 1},
		"one in both that is too long for the pictures alone": {func(l *ladder) {
			l.play(6300*ms, l.pictures, l.sound)
			l.pictures.at, l.sound.at = 10*time.Second, 8700*ms
		}, 1},
		"sound that changes": {func(l *ladder) {
			l.play(7*time.Second, l.pictures, l.sound)
			mono := audioTrack()
			mono.Channels, mono.Extra = 1, [][]byte{{0x11, 0x88}}
			if err := l.sound.p.Change([]media.Track{mono}); err != nil {
				l.t.Error(err)
			}
		}, 1},
		"two holes in the sound": {func(l *ladder) {
			l.play(7*time.Second, l.pictures, l.sound)
			l.sound.at = 10 * time.Second
			l.play(12*time.Second, l.pictures, l.sound)
			l.sound.at = 16 * time.Second
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLadder(t)
			c.happens(l)
			l.play(24*time.Second, l.pictures, l.sound)
			pictures, sound := l.stretches(l.pictures), l.stretches(l.sound)
			for _, s := range sound {
				if !l.matches(s, pictures) {
					t.Errorf("sound of %v to %v has number %d, and pictures of that time have not:\n%+v", s.begin, s.end, s.number, pictures)
				}
			}
			if a, b := pictures[len(pictures)-1].number, sound[len(sound)-1].number; a != c.last || b != c.last {
				t.Errorf("the last numbers are %d and %d, want %d", a, b, c.last)
			}
		})
	}
}

// matches tells whether pictures that begin within a segment of some sound have its number.
func (l *ladder) matches(s stretch, pictures []stretch) bool {
	for _, p := range pictures {
		if p.number == s.number && p.begin < s.end+l.conf.Segment && p.end > s.begin-l.conf.Segment {
			return true
		}
	}
	return false
}

// TestLadderHasOneControl: how close to the end players come is the same in all renditions, as it must be (6.2.4), whichever comes first
// and however long its parts turn out to be, and it is three of them.
func TestLadderHasOneControl(t *testing.T) {
	for _, part := range []time.Duration{100 * ms, 200 * ms, 333 * ms, time.Second} {
		for _, rate := range []int{24, 25, 30, 50, 60} {
			for name, ahead := range map[string]func(l *ladder){
				"together":       func(*ladder) {},
				"sound first":    func(l *ladder) { l.play(5*time.Second, l.sound); l.pictures.at = 4 * time.Second },
				"pictures first": func(l *ladder) { l.play(5*time.Second, l.pictures); l.sound.at = 4 * time.Second },
			} {
				t.Run(fmt.Sprintf("%v of %d a second, %s", part, rate, name), func(t *testing.T) {
					l := ladderOf(t, part, rate)
					ahead(l)
					l.play(12*time.Second, l.pictures, l.sound)
					one, two := l.text(l.pictures), l.text(l.sound)
					for _, text := range []string{one, two} {
						for _, f := range conform.Check(conform.Plain([]byte(text))) {
							t.Errorf("%v\n%s", f, text)
						}
					}
					if a, b := control(one), control(two); a != b || !strings.Contains(a, "PART-HOLD-BACK=") {
						t.Errorf("pictures have %q, and sound %q", a, b)
					}
				})
			}
		}
	}
}

func (l *ladder) text(r *rung) string {
	l.t.Helper()
	text, err := r.Playlist(l.t.Context(), rendition.Latest())
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text.Bytes())
}

// control is the line of a playlist that says how to come close to its end.
func control(text string) string {
	_, rest, _ := strings.Cut(text, "#EXT-X-SERVER-CONTROL:")
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
