package packager_test

import (
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestPartsLeaveWithTheNextPicture(t *testing.T) {
	s := newStage(t, config(), videoTrack())
	s.watch(200 * ms)
	if len(s.r.chapters) != 0 {
		t.Fatal("a part left though its last picture might be longer")
	}
	s.picture()
	if len(s.r.chapters) != 1 || len(s.r.last().parts) != 1 {
		t.Fatal("the first part did not leave with the picture behind it")
	}
}

func TestPartsWaitForTheirSound(t *testing.T) {
	s := both(t)
	s.play(150 * ms)
	s.watch(300 * ms)
	if len(s.r.chapters) != 0 {
		t.Fatal("the first part left without its sound")
	}
	s.listen(200 * ms)
	if len(s.r.chapters) != 1 {
		t.Fatal("the first part did not leave with its last sound")
	}
}

func TestPicturesBeginWithAKey(t *testing.T) {
	s := both(t)
	s.key = 500 * ms
	s.play(2 * time.Second)
	r := s.end()
	s.wantErrors()
	all := parse(t, r.chapters[0].file()[len(r.chapters[0].init.Data):])
	if first := all[1][0]; !first.key || first.dts != (10_000+520)*90 {
		t.Errorf("begins at %d with %v", first.dts, first)
	}
	if all[2][0].dts < (10_000+520)*48 {
		t.Errorf("there is sound at %d, before the pictures", all[2][0].dts)
	}
}

func TestOtherParametersBeginAnew(t *testing.T) {
	s := both(t)
	s.play(1500 * ms)
	s.sets, s.key = large, 0
	s.play(3 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound, "avc1.42c01e,mp4a.40.2")
	wantSegments(t, r.chapters[0], time.Second, 520*ms)
	wantSegments(t, r.chapters[1], time.Second, 480*ms)
	if c := r.chapters[1]; c.init.Width != 640 || c.init.Height != 360 || !c.segments[0].jump || c.segments[1].jump {
		t.Errorf("%dx%d, discontinuities %v and %v", c.init.Width, c.init.Height, c.segments[0].jump, c.segments[1].jump)
	}
}

func TestJumpsOfTime(t *testing.T) {
	for _, c := range []struct {
		name string
		by   time.Duration
	}{{"forwards", time.Hour}, {"backwards", -800 * ms}} {
		t.Run(c.name, func(t *testing.T) {
			s := both(t)
			s.play(1500 * ms)
			s.video, s.audio, s.key = s.video+c.by, s.audio+c.by, s.video+c.by+100*ms
			s.play(s.video + 1100*ms)
			r := s.end()
			wantBeginnings(t, r, avAndSound)
			segments := r.chapters[0].segments
			wantSegments(t, r.chapters[0], time.Second, 520*ms, time.Second)
			if len(segments) != 3 || segments[1].jump || !segments[2].jump || !segments[2].parts[0].Independent {
				t.Errorf("discontinuities: %v", segments)
			}
			if at := segments[2].start.Sub(config().Epoch); (at - 1520*ms - c.by - 120*ms).Abs() > 40*ms {
				t.Errorf("the date of what comes after is %v after the epoch", at)
			}
		})
	}
}

func TestSoundFarFromThePicturesIsLeftOut(t *testing.T) {
	s := both(t)
	s.play(time.Second)
	s.audio += time.Minute
	s.tone()
	s.wantErrors(fault.MediaCorrupt)
}

func TestWithoutKeyPictures(t *testing.T) {
	s := both(t)
	s.r.limit = 2500 * ms
	s.play(1500 * ms)
	s.gop = 0
	s.play(7 * time.Second)
	r := s.end()
	s.wantErrors(fault.MediaCorrupt)
	wantSegments(t, r.chapters[0], time.Second, 2480*ms, 2480*ms, 1040*ms)
	for i, s := range r.chapters[0].segments {
		if s.jump || s.parts[0].Independent != (i < 2) {
			t.Errorf("segment %d: discontinuity %v, independent %v", i, s.jump, s.parts[0].Independent)
		}
	}
}

func TestTheFirstSegmentIsBounded(t *testing.T) {
	s := newStage(t, config(), videoTrack())
	s.gop = time.Minute
	s.watch(11 * time.Second)
	s.wantErrors(fault.MediaCorrupt)
	if len(s.r.chapters) != 1 || !s.r.chapters[0].segments[0].closed {
		t.Error("the first segment goes on")
	}
}

func TestSoundThatStops(t *testing.T) {
	s := both(t)
	s.play(time.Second)
	s.watch(8 * time.Second)
	if n := s.r.whole; n < 6 {
		t.Errorf("%d segments are whole: pictures wait for sound that does not come", n)
	}
	s.audio = s.video
	s.play(10 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound, avAlone, avAndSound)
}

func TestSoundThatComesLate(t *testing.T) {
	s := both(t)
	s.watch(4500 * ms)
	if len(s.r.chapters) > 0 {
		t.Error("pictures do not wait for the first sound")
	}
	s.watch(7 * time.Second)
	s.audio = s.video
	s.play(9 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAlone, avAndSound)
	if !r.chapters[1].segments[0].jump {
		t.Error("other tracks begin without a discontinuity")
	}
}

func TestPicturesThatStop(t *testing.T) {
	s := both(t)
	s.r.limit = 1500 * ms
	s.play(1500 * ms)
	s.listen(9 * time.Second)
	if n := s.r.whole; n < 7 {
		t.Errorf("%d segments are whole: sound waits for pictures that do not come", n)
	}
	s.video = s.audio
	s.key = s.video + 500*ms
	s.play(11 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound, aacAlone, avAndSound)
	last := r.chapters[2]
	all := parse(t, last.file()[len(last.init.Data):])
	if !all[1][0].key || !last.segments[0].parts[0].Independent {
		t.Error("pictures begin again without a key picture")
	}
}

func TestAPictureThatLastsLong(t *testing.T) {
	s := both(t)
	s.play(900 * ms)
	s.listen(1600 * ms)
	s.video = s.audio.Truncate(40 * ms)
	s.play(3 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound)
	target := r.chapters[0].init.PartTarget
	for i, s := range r.chapters[0].segments {
		for k, p := range s.parts {
			if p.Duration > target {
				t.Errorf("part %d.%d lasts %v of %v", i, k, p.Duration, target)
			}
		}
	}
}

func TestPicturesThatNeverCome(t *testing.T) {
	s := both(t)
	s.listen(4500 * ms)
	if len(s.r.chapters) > 0 {
		t.Error("sound does not wait for the first picture")
	}
	s.listen(6500 * ms)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, aacAlone)
	wantSegments(t, r.chapters[0], time.Second, time.Second, time.Second, time.Second, time.Second, time.Second, 490*ms)
}

func TestChange(t *testing.T) {
	s := both(t)
	s.play(1500 * ms)
	if err := s.p.Change([]media.Track{media.NewTrack(media.VP8)}); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("VP8: %v", err)
	}
	opus := media.NewTrack(media.Opus)
	if err := s.p.Change([]media.Track{opus}); err != nil {
		t.Fatal(err)
	}
	for at := s.video; at < 3*time.Second; at += 20 * ms {
		s.write(0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{{0xfc, 1, 2}}})
	}
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound, "Opus")
	if !r.chapters[1].segments[0].jump {
		t.Error("other tracks begin without a discontinuity")
	}
}

// Who joins gets the pictures since the last key picture, while sound that is converted for him is live.
func TestPicturesOfThePastBeforeLiveSound(t *testing.T) {
	for _, c := range []struct {
		name  string
		gop   time.Duration
		begin time.Duration
	}{
		{"the next key picture comes soon", time.Second, 2 * time.Second},
		{"it comes late", 10 * time.Second, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := both(t)
			s.gop = c.gop
			s.watch(80 * ms)
			s.audio = 1900 * ms
			s.listen(1960 * ms)
			s.watch(1900 * ms)
			s.play(4 * time.Second)
			r := s.end()
			s.wantErrors()
			wantBeginnings(t, r, avAndSound)
			first := r.chapters[0]
			if got := first.segments[0].start.Sub(config().Epoch); got != c.begin || first.init.PartTarget > 250*ms {
				t.Errorf("it begins with %v, parts last up to %v", got, first.init.PartTarget)
			}
			for _, g := range first.segments {
				if want := int((g.duration + 100*ms) / (200 * ms)); len(g.parts) != want || g.jump {
					t.Errorf("%v has %d parts, discontinuity %v", g.duration, len(g.parts), g.jump)
				}
			}
		})
	}
}

// A first part that ends early, as an encoder that begins makes a picture late, has no sound if that begins a little later. The sound
// is there nevertheless.
func TestFirstPartBeforeTheSound(t *testing.T) {
	s := both(t)
	s.watch(120 * ms)
	s.video += 320 * ms
	s.audio = 400 * ms
	s.play(4 * time.Second)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound)
	if first := r.chapters[0].segments[0]; len(first.parts) == 0 || !first.start.Equal(config().Epoch) {
		t.Errorf("the first segment begins at %v with %d parts", first.start, len(first.parts))
	}
}

func TestDamagedUnitsAreLeftOut(t *testing.T) {
	s := both(t)
	s.play(500 * ms)
	key := &media.Unit{PTS: s.video, DTS: s.video, Key: true, AU: [][]byte{{0x67, 1}, {0x65, 1}}}
	for _, u := range []*media.Unit{
		{PTS: s.video, DTS: s.video},
		{PTS: s.video, DTS: s.video, AU: [][]byte{nil, {}}},
		{PTS: s.video, DTS: s.video, AU: [][]byte{{9, 0xf0}}},
		{PTS: -time.Minute, DTS: s.video, AU: [][]byte{{0x41, 1}}},
		{PTS: s.video, DTS: s.video, AU: [][]byte{make([]byte, 17<<20)}},
		key,
	} {
		s.write(camera, u)
	}
	s.write(microphone, &media.Unit{PTS: s.audio, DTS: s.audio, AU: [][]byte{{}}})
	if len(s.errors) != 7 {
		t.Errorf("%d errors: %v", len(s.errors), s.errors)
	}
	if err := s.p.Write(2, key); fault.CodeOf(err) != fault.InvalidParams {
		t.Errorf("a third track: %v", err)
	}
	s.play(2 * time.Second)
	r := s.end()
	wantBeginnings(t, r, avAndSound)
}

func TestWhatCannotBe(t *testing.T) {
	bare, wide, odd := media.NewTrack(media.AAC), media.NewTrack(media.Opus), audioTrack()
	wide.Channels, odd.Extra = 6, [][]byte{{1}}
	for _, c := range []struct {
		name   string
		cfg    packager.Config
		tracks []media.Track
		code   fault.Code
	}{
		{"no tracks", config(), nil, fault.InvalidParams},
		{"two of a kind", config(), []media.Track{videoTrack(), videoTrack()}, fault.InvalidParams},
		{"VP8", config(), []media.Track{media.NewTrack(media.VP8)}, fault.CodecNotAvailable},
		{"AV1 in TS", packager.Config{Form: rendition.TS, Segment: time.Second}, []media.Track{media.NewTrack(media.AV1)}, fault.CodecNotAvailable},
		{"AAC without configuration", config(), []media.Track{bare}, fault.MediaCorrupt},
		{"AAC with half a one", config(), []media.Track{odd}, fault.MediaCorrupt},
		{"Opus of six channels", config(), []media.Track{wide}, fault.CodecNotAvailable},
		{"no segments", packager.Config{}, []media.Track{videoTrack()}, fault.InvalidParams},
		{"long segments", packager.Config{Segment: time.Hour}, []media.Track{videoTrack()}, fault.InvalidParams},
		{"parts longer than segments", packager.Config{Segment: time.Second, Part: 2 * time.Second}, []media.Track{videoTrack()}, fault.InvalidParams},
		{"short parts", packager.Config{Segment: time.Second, Part: ms}, []media.Track{videoTrack()}, fault.InvalidParams},
	} {
		if _, err := packager.New(c.cfg, c.tracks, &record{t: t}); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}
