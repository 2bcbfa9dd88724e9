package packager_test

import (
	"bytes"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const ms = time.Millisecond

// sets are parameter sets of pictures, small ones of 320x240 and large ones of 640x360, both of 25 a second.
var (
	small = [][]byte{
		{0x67, 0x42, 0xc0, 0x0d, 0xda, 0x05, 0x07, 0xec, 0x04, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0c, 0x83, 0xc5, 0x0a, 0xa8},
		{0x68, 0xce, 0x0f, 0x2c, 0x80},
	}
	large = [][]byte{
		{0x67, 0x42, 0xc0, 0x1e, 0xda, 0x02, 0x80, 0xbf, 0xe5, 0xc0, 0x44, 0x00, 0x00, 0x03, 0x00, 0x04, 0x00, 0x00, 0x03, 0x00, 0xc8, 0x3c, 0x58, 0xba, 0x80},
		{0x68, 0xce, 0x0f, 0x2c, 0x80},
	}
)

func videoTrack() media.Track {
	t := media.NewTrack(media.H264)
	t.Extra = small
	return t
}

func audioTrack() media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate, t.Channels, t.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	return t
}

// stage is a packager with its record, and a camera and a microphone before it.
type stage struct {
	t testing.TB
	r *record
	p *packager.Packager
	// Of the next picture and the next frame of sound.
	video, audio time.Duration
	gop          time.Duration // between key pictures; 0: none
	key          time.Duration // of the next one
	sets         [][]byte
	opus         bool // is what the microphone gives
	errors       []error
}

// The tracks of a stage.
const (
	camera     = 0
	microphone = 1
)

func newStage(t testing.TB, cfg packager.Config, tracks ...media.Track) *stage {
	t.Helper()
	s := &stage{t: t, r: &record{t: t}, gop: time.Second, sets: small}
	var err error
	if s.p, err = packager.New(cfg, tracks, s.r); err != nil {
		t.Fatal(err)
	}
	return s
}

func config() packager.Config {
	return packager.Config{Segment: time.Second, Part: 200 * ms, Epoch: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

func both(t testing.TB) *stage { t.Helper(); return newStage(t, config(), videoTrack(), audioTrack()) }

func (s *stage) write(track int, u *media.Unit) {
	if err := s.p.Write(track, u); err != nil {
		s.errors = append(s.errors, err)
	}
}

// picture writes the next picture, 40 ms after the one before.
func (s *stage) picture() {
	u := &media.Unit{PTS: s.video, DTS: s.video, AU: [][]byte{{0x41, 1, 2, 3}}}
	if s.gop > 0 && s.video >= s.key {
		u.Key, u.AU = true, append(append([][]byte{{9, 0xf0}}, s.sets...), []byte{0x65, 1, 2, 3})
		s.key = s.video + s.gop
	}
	s.write(camera, u)
	s.video += 40 * ms
}

// tone writes the next frame of sound.
func (s *stage) tone() {
	if s.opus {
		s.write(microphone, &media.Unit{PTS: s.audio, DTS: s.audio, AU: [][]byte{{0xfc, 1, 2}}})
		s.audio += 20 * ms
		return
	}
	s.write(microphone, &media.Unit{PTS: s.audio, DTS: s.audio, AU: [][]byte{{0x21, 1, 2}}})
	s.audio += 1024 * time.Second / 48000
}

// play lets camera and microphone go on until a time.
func (s *stage) play(until time.Duration) {
	for s.video < until || s.audio < until {
		if s.video <= s.audio {
			s.picture()
		} else {
			s.tone()
		}
	}
}

// watch lets the camera go on alone.
func (s *stage) watch(until time.Duration) {
	for s.video < until {
		s.picture()
	}
}

// listen lets the microphone go on alone.
func (s *stage) listen(until time.Duration) {
	for s.audio < until {
		s.tone()
	}
}

func (s *stage) end() *record {
	s.t.Helper()
	if err := s.p.End(); err != nil {
		s.errors = append(s.errors, err)
	}
	return s.r
}

// wantErrors compares the codes of all errors.
func (s *stage) wantErrors(codes ...fault.Code) {
	s.t.Helper()
	ok := len(codes) == len(s.errors)
	for i := range codes {
		ok = ok && fault.CodeOf(s.errors[i]) == codes[i]
	}
	if !ok {
		s.t.Errorf("errors: %v, want %v", s.errors, codes)
	}
}

// wantSegments compares the lengths of a chapter's segments.
func wantSegments(t testing.TB, c chapter, lengths ...time.Duration) {
	t.Helper()
	var got []time.Duration
	for _, s := range c.segments {
		got = append(got, s.duration)
	}
	ok := len(got) == len(lengths)
	for i := range got {
		ok = ok && i < len(lengths) && (got[i]-lengths[i]).Abs() < 25*ms
	}
	if !ok {
		t.Errorf("segments last %v, want %v", got, lengths)
	}
}

// wantBeginnings compares what players are told about the tracks.
func wantBeginnings(t testing.TB, r *record, codecs ...string) {
	t.Helper()
	var got []string
	for _, c := range r.chapters {
		got = append(got, c.init.Codecs)
	}
	ok := len(got) == len(codecs)
	for i := range got {
		ok = ok && got[i] == codecs[i]
	}
	if !ok {
		t.Fatalf("codecs are %q, want %q", got, codecs)
	}
}

const (
	avAndSound = "avc1.42c00d,mp4a.40.2"
	avAlone    = "avc1.42c00d"
	aacAlone   = "mp4a.40.2"
)

// TestStage holds the stage to what the tests rest on.
func TestStage(t *testing.T) {
	s := both(t)
	s.play(2500 * ms)
	r := s.end()
	s.wantErrors()
	wantBeginnings(t, r, avAndSound)
	i := r.chapters[0].init
	if i.Form != rendition.FMP4 || i.Width != 320 || i.Height != 240 || i.FPS != 25 || i.PartTarget != 217*ms {
		t.Errorf("%q of %dx%d, %v a second, parts of %v", i.Codecs, i.Width, i.Height, i.FPS, i.PartTarget)
	}
	wantSegments(t, r.chapters[0], time.Second, time.Second, 520*ms)
	for i, s := range r.chapters[0].segments[:2] {
		if len(s.parts) != 5 || s.jump || s.start != config().Epoch.Add(time.Duration(i)*time.Second) {
			t.Errorf("segment %d begins %v with %d parts, discontinuity %v", i, s.start, len(s.parts), s.jump)
		}
		for k, p := range s.parts {
			if p.Duration != 200*ms || p.Independent != (k == 0) || p.Last != (k == 4) {
				t.Errorf("part %d.%d: %v, independent %v, last %v", i, k, p.Duration, p.Independent, p.Last)
			}
		}
	}
	all := parse(t, r.chapters[0].file()[len(i.Data):])
	if len(all[1]) != 63 || len(all[2]) != 118 {
		t.Errorf("%d pictures and %d frames of sound", len(all[1]), len(all[2]))
	}
	if bytes.Contains([]byte(all[1][0].media), small[0]) || !all[1][0].key || all[1][1].key {
		t.Error("the first picture has parameter sets, or is not the only key picture")
	}
}

// must makes a packager.
func must(t interface{ Fatal(args ...any) }, cfg packager.Config, sink packager.Sink, tracks ...media.Track) *packager.Packager {
	p, err := packager.New(cfg, tracks, sink)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
