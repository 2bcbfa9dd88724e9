package packager_test

import (
	"encoding/binary"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/api/hls/rendition"
	"sluice/engine/media"
)

// TestRhythm has a camera of some rate whose times tremble or are rounded, and wants every part within what was announced.
func TestRhythm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(5, 60).Draw(t, "pictures a second")
		round := rapid.SampledFrom([]time.Duration{1, ms}).Draw(t, "rounded to")
		frame := time.Duration(float64(time.Second) / rate)
		tremble := rapid.Int64Range(0, int64(min(5*ms, frame/30))).Draw(t, "trembling")
		cfg := config()
		cfg.Part = time.Duration(rapid.Int64Range(int64(100*ms), int64(500*ms)).Draw(t, "part"))
		r := &record{t: t}
		p := must(t, cfg, r, videoTrack())
		for i := range int(4 * rate) {
			at := time.Duration(i)*frame + time.Duration(rapid.Int64Range(0, tremble).Draw(t, "late"))
			u := &media.Unit{PTS: at.Truncate(round), DTS: at.Truncate(round), Key: i%int(rate) == 0, AU: [][]byte{{0x41, 1}}}
			if err := p.Write(0, u); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.End(); err != nil {
			t.Fatal(err)
		}
		target := r.chapters[0].init.PartTarget
		for i, s := range r.chapters[0].segments {
			for k, part := range s.parts {
				short := part.Duration < target*85/100 && !part.Last && !part.Independent // 4.4.4.9 allows these two
				if part.Duration > target || short {
					t.Fatalf("part %d.%d lasts %v of %v, pictures %v", i, k, part.Duration, target, frame)
				}
			}
		}
	})
}

// TestRhythmWithHoles has an encoder leave pictures out beside sound that goes on, and wants every part within what was announced.
func TestRhythmWithHoles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.IntRange(5, 60).Draw(t, "pictures a second")
		cfg := config()
		cfg.Part = time.Duration(rapid.Int64Range(int64(100*ms), int64(500*ms)).Draw(t, "part"))
		r := &record{t: t}
		p := must(t, cfg, r, videoTrack(), audioTrack())
		write := func(track int, at time.Duration, key bool) {
			if err := p.Write(track, &media.Unit{PTS: at, DTS: at, Key: key, AU: [][]byte{{0x41, 1}}}); err != nil {
				t.Fatal(err)
			}
		}
		sounds := int64(0)
		for i := range 4 * rate {
			at := time.Duration(i) * time.Second / time.Duration(rate)
			for ; span(sounds*1024) <= at; sounds++ {
				write(1, span(sounds*1024), true)
			}
			if key := i%rate == 0; key || i < rate || rapid.IntRange(0, 9).Draw(t, "there") > 0 {
				write(0, at, key)
			}
		}
		if err := p.End(); err != nil {
			t.Fatal(err)
		}
		target := r.chapters[0].init.PartTarget
		all := r.chapters[0].segments
		for i, s := range all[:len(all)-1] { // the end comes in the middle of a part
			for k, part := range s.parts {
				short := part.Duration < target*85/100 && !part.Last && !part.Independent // 4.4.4.9 allows these two
				if part.Duration > target || short {
					t.Fatalf("part %d.%d lasts %v of %v, at %d pictures a second", i, k, part.Duration, target, rate)
				}
			}
		}
	})
}

// TestNothingIsLostOrTwice lets a camera and a microphone come and go as they like, and wants of each what was taken, once, in
// order, and in media time that never overlaps.
func TestNothingIsLostOrTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &record{t: t, limit: 1500 * ms}
		p := must(t, config(), r, videoTrack(), audioTrack())
		var next [2]time.Duration
		length := [2]time.Duration{40 * ms, 1024 * time.Second / 48000}
		for i := range uint32(rapid.IntRange(1, 400).Draw(t, "units")) {
			track := 0
			if next[1] < next[0] {
				track = 1
			}
			switch rapid.IntRange(0, 99).Draw(t, "event") {
			case 0:
				next[track] += time.Duration(rapid.Int64Range(0, int64(4*time.Second)).Draw(t, "gone for"))
			case 1:
				next[0], next[1] = next[0]+time.Minute, next[1]+time.Minute
			case 2:
				next[0], next[1] = max(0, next[0]-time.Second), max(0, next[1]-time.Second)
			}
			number := binary.BigEndian.AppendUint32(nil, i)
			u := &media.Unit{PTS: next[track], DTS: next[track], Key: i%31 == 0, AU: [][]byte{append([]byte{0x41}, number...)}}
			_ = p.Write(track, u) // what it does not take it says; what it takes is counted below
			next[track] += length[track]
		}
		_ = p.End()
		for _, c := range r.chapters {
			inOrder(t, c)
		}
	})
}

// inOrder wants the numbers in the samples of each track to rise, and their times not to overlap.
func inOrder(t *rapid.T, c chapter) {
	for _, s := range c.segments {
		for id, lines := range parse(t, s.bytes()) {
			var number uint32
			var end int64
			for i, l := range lines {
				if l.dts < end {
					t.Fatalf("track %d: a sample at %d, where one lasts until %d", id, l.dts, end)
				}
				if l.media == stereoSilence {
					end = l.dts + int64(l.lasts)
					continue
				}
				data := l.media[len(l.media)-4:]
				n := binary.BigEndian.Uint32([]byte(data))
				if i > 0 && (n <= number || l.dts < end) {
					t.Fatalf("track %d: number %d at %d after number %d until %d", id, n, l.dts, number, end)
				}
				number, end = n, l.dts+int64(l.lasts)
			}
		}
	}
}

func TestSoundIsWithoutGaps(t *testing.T) {
	s := newStage(t, config(), audioTrack())
	for i := range 200 { // as FLV has it: rounded to milliseconds
		at := span(int64(i) * 1024).Round(ms)
		s.write(0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{{0x21, byte(i)}}})
	}
	r := s.end()
	s.wantErrors()
	lines := parse(t, r.chapters[0].file()[len(r.chapters[0].init.Data):])[2]
	if len(lines) != 200 {
		t.Fatalf("%d frames", len(lines))
	}
	for i, l := range lines {
		if l.dts != 480_000+int64(i)*1024 || l.lasts != 1024 {
			t.Fatalf("frame %d at %d lasts %d", i, l.dts, l.lasts)
		}
	}
}

// span is how long samples of 48 kHz last.
func span(samples int64) time.Duration { return time.Duration(samples) * time.Second / 48000 }

func TestSoundFollowsItsSendersClock(t *testing.T) {
	s := newStage(t, config(), audioTrack())
	for i := range 400 { // a clock that is 1 % slow, then 1 % fast
		at := span(int64(i) * 1024)
		if i < 200 {
			at += at / 100
		} else {
			at += span(200*1024)/50 - at/100
		}
		s.write(0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{{0x21, byte(i >> 8), byte(i)}}})
	}
	r := s.end()
	s.wantErrors()
	lines := parse(t, r.chapters[0].file()[len(r.chapters[0].init.Data):])[2]
	if n := len(lines); n < 395 || n > 399 {
		t.Errorf("%d frames: those that come for times that are over are to be left out", n)
	}
	for _, l := range lines {
		i := int64(l.media[1])<<8 + int64(l.media[2])
		off := span(l.dts - 480_000 - i*1024 - i*1024/100)
		if i < 200 && off.Abs() > span(1024) {
			t.Errorf("frame %d comes %v off", i, off)
		}
	}
}

func TestDates(t *testing.T) {
	clock := config().Epoch.Add(time.Hour)
	s := newStage(t, config(), videoTrack())
	for i := range 200 {
		at := time.Duration(i) * 40 * ms
		u := &media.Unit{PTS: at, DTS: at, Key: i%25 == 0, AU: [][]byte{{0x41, 1}}}
		if i >= 70 {
			u.NTP = clock.Add(at + time.Duration(i%3)*20*ms)
		}
		s.write(0, u)
	}
	r := s.end()
	s.wantErrors()
	for i, segment := range r.chapters[0].segments {
		want := config().Epoch.Add(time.Duration(i) * time.Second)
		if i >= 3 {
			want = clock.Add(time.Duration(i) * time.Second)
		}
		if off := segment.start.Sub(want); off < 0 || off > 40*ms {
			t.Errorf("segment %d begins at %v, want %v", i, segment.start, want)
		}
		if i > 3 && segment.start.Sub(r.chapters[0].segments[i-1].start) != time.Second {
			t.Errorf("the date of segment %d does not agree with the durations before it", i)
		}
	}
}

func TestTransportStreamsHaveNoParts(t *testing.T) {
	cfg := config()
	cfg.Form = rendition.TS
	s := newStage(t, cfg, videoTrack(), audioTrack())
	s.play(2500 * ms)
	r := s.end()
	s.wantErrors()
	i := r.chapters[0].init
	if i.Form != rendition.TS || i.Data != nil || i.PartTarget != 0 || i.Codecs != avAndSound {
		t.Errorf("the beginning is %+v", i)
	}
	wantSegments(t, r.chapters[0], time.Second, time.Second, 520*ms)
	for i, s := range r.chapters[0].segments {
		if p := s.parts; len(p) != 1 || len(p[0].Data)%188 != 0 || cap(p[0].Data) > 2*len(p[0].Data) {
			t.Errorf("segment %d: %d parts of %d bytes in %d", i, len(p), len(p[0].Data), cap(p[0].Data))
		}
	}
}
