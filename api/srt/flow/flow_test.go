package flow_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/mpegts"
	"sluice/api/srt/flow"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Parameter sets of 320x180 pictures.
var (
	sps = []byte{0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x07, 0xec, 0x04, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0x83, 0xc5, 0x0a, 0xa8}
	pps = []byte{0x68, 0xce, 0x0f, 0x2c, 0x80}
)

func tracks() []media.Track {
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.AAC)
	video.Extra = [][]byte{sps, pps}
	audio.ClockRate, audio.Channels, audio.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	return []media.Track{video, audio}
}

func picture(at time.Duration, key bool, size int) *media.Unit {
	nal := bytes.Repeat([]byte{0x55}, size)
	nal[0] = 0x41
	if key {
		nal[0] = 0x65
	}
	return &media.Unit{PTS: at, DTS: at, Key: key, AU: [][]byte{nal}}
}

func sound(at time.Duration) *media.Unit {
	return &media.Unit{PTS: at, DTS: at, Key: true, AU: [][]byte{{1, 2, 3}}}
}

// clock is one that is set by hand.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time                       { return c.now }
func (c *clock) After(time.Duration) <-chan time.Time { return nil }

func env(c *clock) element.Env {
	return element.Env{Log: slog.New(slog.DiscardHandler), Clock: c, Stats: &stat.Set{}}
}

// sink keeps what a reader of the hub gets.
type sink struct {
	units [2]chan media.Unit
}

func (s *sink) Begin([]media.Track) {}
func (s *sink) End(error)           {}
func (s *sink) Push(track int, items []*media.Unit) int {
	for _, u := range items {
		s.units[track] <- *u
	}
	return len(items)
}

// published makes an intake of a stream that publishes; what it writes is in the sink.
func published(t *testing.T, p *flow.Intake) *sink {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	d, err := p.Describe(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := hub.New(hub.Options{})
	t.Cleanup(h.Close)
	pub, err := h.Publish(ctx, "cam", d, hub.PublishOptions{Form: hub.Units})
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{}
	for i := range s.units {
		s.units[i] = make(chan media.Unit, 1000)
	}
	if _, err := h.ReadUnits(ctx, "cam", media.Everything(), s, hub.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	p.Feed(pub)
	return s
}

// TestTimesOfATalker has a stream whose sound comes late, whose clock begins anew and jumps: pictures and sound stay together.
func TestTimesOfATalker(t *testing.T) {
	c := &clock{now: time.Now().Add(10 * time.Second)} // no time is before the hub
	p := flow.NewIntake(env(c), func(err error) { t.Errorf("changed: %v", err) })
	const turn = (1 << 33) * time.Second / 90000
	base := turn - time.Second // all 33 bits are used up after a second
	w, err := mpegts.New(taker(p.Take), tracks())
	if err != nil {
		t.Fatal(err)
	}
	var s *sink
	var last time.Duration
	const frame, late = 40 * time.Millisecond, 700 * time.Millisecond
	for n := range 100 {
		at := base + time.Duration(n)*frame
		if n >= 75 { // it jumps an hour ahead
			at += time.Hour
		}
		c.now = c.now.Add(frame)
		if err := w.Write(0, picture(at, n%25 == 0, 300)); err != nil {
			t.Fatal(err)
		}
		if err := w.Write(1, sound(at-late)); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			s = published(t, p)
		}
		v, a := <-s.units[0], <-s.units[1]
		if n > 0 && (v.DTS-last-frame).Abs() > 20*time.Millisecond && n != 75 {
			t.Errorf("picture %d comes %v after the one before", n, v.DTS-last)
		}
		if n != 75 && (v.DTS-a.DTS-late).Abs() > 20*time.Millisecond {
			t.Errorf("sound %d is %v away from its picture, and should be %v", n, v.DTS-a.DTS, late)
		}
		last = v.DTS
	}
}

type taker func([]byte) bool

func (f taker) Write(b []byte) (int, error) { f(bytes.Clone(b)); return len(b), nil }

func TestAnotherProgram(t *testing.T) {
	for _, row := range []struct {
		name    string
		first   []media.Track
		then    []media.Track
		changes bool
	}{
		{"the same", tracks(), tracks(), false},
		{"without sound", tracks(), tracks()[:1], false},
		{"with sound now", tracks()[:1], tracks(), true},
		{"with other sound", tracks(), []media.Track{tracks()[0], media.NewTrack(media.Opus)}, true},
		{"at another rate", tracks(), []media.Track{tracks()[0], rate(44100, 0x12, 0x10)}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			c, changed := &clock{now: time.Now()}, 0
			p := flow.NewIntake(env(c), func(err error) {
				if changed++; fault.CodeOf(err) != fault.CodecNotAvailable {
					t.Error(err)
				}
			})
			write := func(list []media.Track, from time.Duration) {
				w, err := mpegts.New(taker(p.Take), list)
				if err != nil {
					t.Fatal(err)
				}
				for n := range 30 {
					c.now = c.now.Add(40 * time.Millisecond)
					at := from + time.Duration(n)*40*time.Millisecond
					_ = w.Write(0, picture(at, n == 0, 200))
					if len(list) > 1 {
						_ = w.Write(1, sound(at))
					}
				}
			}
			write(row.first, 0)
			published(t, p)
			p.Again()
			write(row.then, time.Hour)
			if (changed == 1) != row.changes || changed > 1 {
				t.Errorf("%d changes", changed)
			}
		})
	}
}

func rate(hz uint32, config ...byte) media.Track {
	a := tracks()[1]
	a.ClockRate, a.Extra = hz, [][]byte{config}
	return a
}

func TestNothingKnown(t *testing.T) {
	c := &clock{now: time.Now()}
	p := flow.NewIntake(env(c), nil)
	if p.Take(bytes.Repeat([]byte{1, 2, 3, 4}, 1000)) {
		t.Error("it is taken for media")
	}
	gone := make(chan struct{})
	close(gone)
	if _, err := p.Describe(t.Context(), gone); fault.CodeOf(err) != fault.Closed || p.Faulty() == 0 {
		t.Errorf("described: %v, %d faults", err, p.Faulty())
	}
}

// TestFeedKeepsWhatIsNotTaken has a reader without room: what he gets later has no gaps.
func TestFeedKeepsWhatIsNotTaken(t *testing.T) {
	var out []byte
	full := false
	f := flow.NewFeed(func(b []byte) bool {
		if full {
			return false
		}
		out = append(out, b...)
		return true
	}, func(err error) { t.Error(err) })
	f.Begin(tracks())
	f.Push(0, []*media.Unit{picture(0, false, 100)}) // before the first key picture
	f.Push(1, []*media.Unit{sound(0)})
	if len(out) > 0 {
		t.Errorf("%d bytes before a key picture", len(out))
	}
	f.Push(0, []*media.Unit{picture(time.Second, true, 100)})
	before := len(out)
	f.Push(1, []*media.Unit{sound(960 * time.Millisecond)}) // of the picture before it
	if before == 0 || len(out) != before {
		t.Errorf("%d bytes with a key picture, and %d with the sound before it", before, len(out))
	}
	out = nil
	f.Again()
	sent := 0
	for n := range 200 {
		full = n%20 > 10
		u := []*media.Unit{picture(time.Duration(n)*40*time.Millisecond, n%25 == 0, 9000)}
		if n == 0 {
			u[0].Key = true
		}
		taken := f.Push(0, u)
		if taken == 0 { // it is offered again
			full = false
			taken = f.Push(0, u)
		}
		sent += taken
	}
	full = false
	f.Push(1, []*media.Unit{sound(9 * time.Second)})
	next := map[int]byte{}
	for b := out; len(b) > 0; b = b[188:] {
		pid := int(b[1]&0x1f)<<8 | int(b[2])
		if n, known := next[pid]; b[0] != 0x47 || known && b[3]&15 != n {
			t.Fatalf("something of %d is missing", pid)
		}
		next[pid] = (b[3] + 1) & 15
	}
	if sent != 200 || len(out) < 200*9000 {
		t.Errorf("%d pictures were taken, and %d bytes came", sent, len(out))
	}
}

func TestFeedOfWhatDoesNotGoIn(t *testing.T) {
	var told error
	f := flow.NewFeed(func([]byte) bool { return true }, func(err error) { told = err })
	f.Begin([]media.Track{media.NewTrack(media.VP8)})
	if n := f.Push(0, []*media.Unit{picture(0, true, 10)}); n != 1 || fault.CodeOf(told) != fault.CodecNotAvailable {
		t.Errorf("%d taken, told %v", n, told)
	}
}
