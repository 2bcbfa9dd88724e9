package packager_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/playlist/conform"
	"sluice/api/hls/rendition"
	"sluice/engine/enginetest/program"
	"sluice/engine/media"
)

// wire is a stage whose packager writes to a rendition, as it does in a server.
func wire(t *testing.T, tracks ...media.Track) (*stage, *rendition.Rendition) {
	t.Helper()
	r, err := rendition.New(rendition.Config{Segment: 2 * time.Second, Window: 30, Part: 200 * ms})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Remove)
	cfg := config()
	cfg.Segment, cfg.Timeline = 2*time.Second, r.Timeline()
	return &stage{t: t, p: must(t, cfg, packager.Sink(r), tracks...), gop: time.Second, sets: small}, r
}

// TestPauses lets both tracks pause, and wants a playlist that keeps to the draft all along.
func TestPauses(t *testing.T) {
	for _, pause := range []time.Duration{21 * ms, 100 * ms, 300 * ms, 900 * ms, 1800 * ms, 2400 * ms, 2900 * ms} {
		for _, first := range []string{"pictures", "sound", "opus"} {
			t.Run(fmt.Sprintf("%v, %s first", pause, first), func(t *testing.T) {
				sound := audioTrack()
				if first == "opus" {
					sound = media.NewTrack(media.Opus)
				}
				s, r := wire(t, videoTrack(), sound)
				s.opus = first == "opus"
				s.play(55 * 40 * ms)
				s.video, s.audio = s.video+pause, s.audio+pause
				if first == "sound" {
					s.listen(s.audio + 50*ms)
				}
				var row []conform.Fetch
				for until := s.video; until < 12*time.Second; until += 40 * ms {
					s.play(until)
					if len(row) > 0 || r.Report().MSN >= 0 {
						text, err := r.Playlist(t.Context(), rendition.Latest())
						if err != nil {
							t.Fatal(err)
						}
						row = append(row, conform.Plain(text.Bytes()))
					}
				}
				said := map[string]bool{}
				for _, f := range conform.Check(row...) {
					if !said[f.Message] {
						t.Error(f)
					}
					said[f.Message] = true
				}
				if r.Totals().Long > 0 {
					t.Errorf("%d parts are too long", r.Totals().Long)
				}
				if pause < 2*time.Second { // longer ones leave a segment without a key picture
					s.wantErrors()
				}
			})
		}
	}
}

// stereoSilence is what fills holes in the sound of audioTrack: a pair of channels without a coefficient.
const stereoSilence = "\x20\x00\x00\x00\x00\x00\x0e"

// TestSilenceIsHeardAsSilence has ffmpeg decode what fills the holes of each codec that has silence, in each number of channels.
func TestSilenceIsHeardAsSilence(t *testing.T) {
	program.Need(t, "ffmpeg")
	configured := func(byWhat byte) media.Track {
		aac := audioTrack()
		aac.Extra = [][]byte{{0x11, 0x80 | byWhat<<3}} // AAC LC, 48 kHz
		return aac
	}
	opus, mono := media.NewTrack(media.Opus), media.NewTrack(media.Opus)
	opus.Channels, mono.Channels = 2, 1
	for name, c := range map[string]struct {
		track    media.Track
		channels int
	}{
		"AAC 1": {configured(1), 1}, "AAC 2": {configured(2), 2}, "AAC 3": {configured(3), 3}, "AAC 4": {configured(4), 4},
		"AAC 5": {configured(5), 5}, "AAC 6": {configured(6), 6}, "AAC 7": {configured(7), 8}, "Opus": {opus, 2}, "Opus 1": {mono, 1},
	} {
		t.Run(name, func(t *testing.T) {
			filled := listen(t, c.track, [][]byte{{0xfc, 1, 2}, {0xfc, 3, 4}}, 200*ms)
			frame := []byte(filled[1].media)
			frames := make([][]byte, 50)
			for i := range frames {
				frames[i] = frame
			}
			r := tape(t, c.track, frames, span(int64(filled[1].lasts)))
			file := filepath.Join(t.TempDir(), "silence.mp4")
			if err := os.WriteFile(file, r.chapters[0].file(), 0o600); err != nil {
				t.Fatal(err)
			}
			var sound bytes.Buffer
			cmd := program.Command(t, "ffmpeg", "-v", "warning", "-xerror", "-i", file, "-f", "s16le", "-")
			cmd.Stdout = &sound
			decoder := program.Run(t, cmd)
			err, said, heard := decoder.Ended(), decoder.Said(), sound.Bytes()
			want := 50 * int(filled[1].lasts) * c.channels * 2
			if err != nil || said != "" || len(heard) < want*9/10 || len(heard) > want || len(bytes.Trim(heard, "\x00")) > 0 {
				t.Errorf("decoding % x: %v, %s%d bytes of sound, want %d that are 0", frame, err, said, len(heard), want)
			}
		})
	}
}

// tape packs frames of sound, one after each other.
func tape(t *testing.T, track media.Track, frames [][]byte, apart time.Duration) *record {
	t.Helper()
	s := newStage(t, config(), track)
	for i, f := range frames {
		at := time.Duration(i) * apart
		s.write(0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{f}})
	}
	s.wantErrors()
	return s.end()
}

// listen gives what players get of that.
func listen(t *testing.T, track media.Track, frames [][]byte, apart time.Duration) []line {
	t.Helper()
	c := tape(t, track, frames, apart).chapters[0]
	return parse(t, c.file()[len(c.init.Data):])[2]
}

// TestHolesInTheSound holds what fills them to the sender's clock, where anything can.
func TestHolesInTheSound(t *testing.T) {
	frame := span(1024)
	mp3 := media.NewTrack(media.MP3)
	layer3 := append([]byte{0xff, 0xfb, 0x94, 0x40}, make([]byte, 380)...) // 128 kbit/s, 48 kHz
	for name, c := range map[string]struct {
		track media.Track
		frame []byte
		apart time.Duration
		want  int
	}{
		"none":                {audioTrack(), []byte{1}, frame, 2},
		"half a frame":        {audioTrack(), []byte{1}, frame * 3 / 2, 2},
		"a frame":             {audioTrack(), []byte{1}, 2 * frame, 3},
		"most of two":         {audioTrack(), []byte{1}, 2*frame + frame*4/5, 4},
		"not much of two":     {audioTrack(), []byte{1}, 2*frame + frame/5, 3},
		"two seconds":         {audioTrack(), []byte{1}, 94 * frame, 95},
		"more than a jump":    {audioTrack(), []byte{1}, 4 * time.Second, 2},
		"what has no silence": {mp3, layer3, time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			got := listen(t, c.track, [][]byte{c.frame, c.frame}, c.apart)
			if len(got) != c.want {
				t.Fatalf("%d frames, want %d", len(got), c.want)
			}
			last := got[len(got)-1]
			if off := span(last.dts-480_000) - c.apart; off.Abs() > frame/2 {
				t.Errorf("the sound behind the hole comes %v off its time", off)
			}
			for i, l := range got[1:] {
				if end := got[i].dts + int64(got[i].lasts); c.want > 2 && l.dts != end {
					t.Errorf("frame %d begins at %d, and the one before ends at %d", i+1, l.dts, end)
				}
			}
		})
	}
}

// TestJumpToldBySoundFirst: silence is for holes within what goes on, and not for the time that a jump leaves out.
func TestJumpToldBySoundFirst(t *testing.T) {
	s := both(t)
	s.r.limit = 1500 * ms
	s.play(2200 * ms)
	s.video, s.audio = s.video+2800*ms, s.audio+2800*ms
	s.tone()
	s.play(8 * time.Second)
	r := s.end()
	for i, g := range r.chapters[0].segments {
		for _, l := range parse(t, g.bytes())[2] {
			if end := g.start.Add(g.duration + 250*ms); config().Epoch.Add(span(l.dts) - 10*time.Second).After(end) {
				t.Fatalf("segment %d ends at %v and has sound of %v", i, end, span(l.dts))
			}
		}
	}
}

// TestSoundThatPauses lets the sound pause while the pictures go on: they go on without it, and nothing of what fills the pause may lie
// in a part behind it.
func TestSoundThatPauses(t *testing.T) {
	for _, pause := range []time.Duration{100 * ms, 300 * ms, 900 * ms, 1300 * ms, 1800 * ms, 2400 * ms, 2900 * ms} {
		for _, first := range []string{"aac", "opus"} {
			t.Run(fmt.Sprintf("%v, %s", pause, first), func(t *testing.T) {
				sound := audioTrack()
				if first == "opus" {
					sound = media.NewTrack(media.Opus)
				}
				s := newStage(t, config(), videoTrack(), sound)
				s.opus = first == "opus"
				s.play(2200 * ms)
				s.audio += pause
				s.watch(s.audio)
				s.play(8 * time.Second)
				s.wantErrors()
				for i, g := range s.end().chapters[0].segments {
					at := g.start.Sub(config().Epoch) + 10*time.Second
					for j, p := range g.parts {
						end := at + p.Duration
						for _, l := range parse(t, p.Data)[2] {
							if from := span(l.dts); from < at-100*ms || from > end+100*ms {
								t.Errorf("part %d of segment %d is from %v to %v and has sound of %v", j, i, at, end, from)
								break
							}
						}
						at = end
					}
				}
			})
		}
	}
}

// TestPausesOfPicturesAlone: without sound the last picture stays, too, and nothing is lost or torn. What docs/hls.md says of such parts is
// all that the draft has against it.
func TestPausesOfPicturesAlone(t *testing.T) {
	for _, pause := range []time.Duration{100 * ms, 300 * ms, 900 * ms, 1800 * ms} {
		t.Run(pause.String(), func(t *testing.T) {
			s, r := wire(t, videoTrack())
			s.watch(55 * 40 * ms)
			s.video += pause
			var row []conform.Fetch
			for until := s.video; until < 12*time.Second; until += 40 * ms {
				s.watch(until)
				if len(row) > 0 || r.Report().MSN >= 0 {
					text, err := r.Playlist(t.Context(), rendition.Latest())
					if err != nil {
						t.Fatal(err)
					}
					if row = append(row, conform.Plain(text.Bytes())); bytes.Contains(text.Bytes(), []byte("#EXT-X-DISCONTINUITY\n")) {
						t.Fatalf("torn:\n%s", text.Bytes())
					}
				}
			}
			for _, f := range conform.Check(row...) {
				if f.Section != "4.4.4.9" {
					t.Error(f)
				}
			}
			if n := r.Totals().Long; n > 1 {
				t.Errorf("%d parts are too long", n)
			}
			s.wantErrors()
		})
	}
}
