package mpegts_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sluice/api/mpegts"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// found is what a reader finds.
type found struct {
	t       testing.TB
	streams []*mpegts.Stream
	maps    int
	units   map[uint16][]foundUnit
	wrong   []error
}

type foundUnit struct {
	at mpegts.Times
	media.Unit
}

func (f *found) Streams(list []*mpegts.Stream) { f.streams = list; f.maps++ }
func (f *found) Wrong(err error) {
	if fault.CodeOf(err) != fault.MediaCorrupt {
		f.t.Errorf("wrong: %v", err)
	}
	f.wrong = append(f.wrong, err)
}

func (f *found) Unit(s *mpegts.Stream, at mpegts.Times, u media.Unit) {
	f.units[s.PID] = append(f.units[s.PID], foundUnit{at, u})
}

// find reads a stream in pieces of a size.
func find(t testing.TB, stream []byte, piece int) *found {
	f := &found{t: t, units: map[uint16][]foundUnit{}}
	r := mpegts.NewReader(f)
	for len(stream) > 0 {
		n := min(piece, len(stream))
		if _, err := r.Write(stream[:n]); err != nil {
			t.Fatal(err)
		}
		stream = stream[n:]
	}
	r.Flush()
	return f
}

// of gives the stream of a kind, and its units.
func (f *found) of(kind media.Kind) (media.Track, []foundUnit) {
	f.t.Helper()
	for _, s := range f.streams {
		if s.Kind == kind {
			track, ready := s.Track()
			if !ready {
				f.t.Errorf("the %s is not ready", kind)
			}
			return track, f.units[s.PID]
		}
	}
	f.t.Fatalf("no %s in %v", kind, f.streams)
	return media.Track{}, nil
}

// written gives what our writer writes of two seconds.
func written(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := mpegts.New(&out, tracks())
	if err != nil {
		t.Fatal(err)
	}
	for n := range 50 {
		at := time.Duration(n) * 40 * time.Millisecond
		if err := w.Write(0, picture(at, n%25 == 0, 500+n)); err != nil {
			t.Fatal(err)
		}
		if err := w.Write(1, &media.Unit{PTS: at, DTS: at, AU: [][]byte{bytes.Repeat([]byte{byte(n)}, 100)}}); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestReaderFindsWhatWasWritten(t *testing.T) {
	for _, piece := range []int{1, 100, 188, 1316, 1 << 20} {
		f := find(t, written(t), piece)
		video, pictures := f.of(media.Video)
		audio, sounds := f.of(media.Audio)
		if len(pictures) != 50 || len(sounds) != 50 || len(f.wrong) > 0 || f.maps != 1 {
			t.Fatalf("in pieces of %d: %d pictures, %d sounds, %d maps, wrong: %v", piece, len(pictures), len(sounds), f.maps, f.wrong)
		}
		if video.Codec != media.H264 || len(video.Extra) != 2 || video.BFrames || audio.ClockRate != 48000 || audio.Channels != 2 ||
			!bytes.Equal(audio.Extra[0], []byte{0x11, 0x90}) {
			t.Errorf("the tracks are %v %v and %v %v", video, video.Extra, audio, audio.Extra)
		}
		if p := pictures[25]; !p.Key || len(p.AU) != 3 || mpegts.Later(p.at.DTS, pictures[0].at.DTS) != 90000 || pictures[1].Key {
			t.Errorf("the second key picture is %v", p.at)
		}
		if s := sounds[7]; !bytes.Equal(s.AU[0], bytes.Repeat([]byte{7}, 100)) || s.at != pictures[7].at {
			t.Errorf("a sound is %v at %v", s.AU, s.at)
		}
	}
}

func TestReaderGoesOnAfterLoss(t *testing.T) {
	stream := written(t)
	rnd := rand.New(rand.NewPCG(1, 1))
	var out []byte
	for n := 0; n < len(stream); n += mpegts.PacketSize {
		if n < 4*mpegts.PacketSize || rnd.IntN(20) > 0 {
			out = append(out, stream[n:n+mpegts.PacketSize]...)
		}
	}
	f := find(t, out, 1316)
	_, pictures := f.of(media.Video)
	if len(pictures) >= 50 || len(pictures) < 25 || len(f.wrong) == 0 {
		t.Errorf("%d pictures, wrong: %d", len(pictures), len(f.wrong))
	}
	for _, p := range pictures {
		if n := p.Bytes(); n < 500 || n > 600 {
			t.Errorf("a picture of %d bytes is not one that was sent", n)
		}
	}
}

func TestReaderFindsItsWayBack(t *testing.T) {
	stream := written(t)
	half := len(stream) / 2 / mpegts.PacketSize * mpegts.PacketSize
	junk := bytes.Repeat([]byte{0x47, 1, 2, 3, 4}, 77)
	f := find(t, append(append(append([]byte{9, 9}, stream[:half]...), junk...), stream[half:]...), 1316)
	if _, pictures := f.of(media.Video); len(pictures) < 45 || len(f.wrong) == 0 {
		t.Errorf("%d pictures, wrong: %v", len(pictures), f.wrong)
	}
}

func TestReaderHearsOfAnotherProgram(t *testing.T) {
	var out bytes.Buffer
	video, _ := mpegts.New(&out, tracks()[:1])
	for n := range 3 {
		write(t, video, 0, picture(time.Duration(n)*40*time.Millisecond, n == 0, 100))
	}
	both, _ := mpegts.New(&out, tracks())
	write(t, both, 0, picture(time.Second, true, 100))
	write(t, both, 1, &media.Unit{PTS: time.Second, DTS: time.Second, AU: [][]byte{{1, 2, 3}}})
	f := find(t, out.Bytes(), 1316)
	if _, pictures := f.of(media.Video); f.maps != 2 || len(f.streams) != 2 || len(pictures) != 4 {
		t.Errorf("%d maps, %d streams, %d pictures; wrong: %v", f.maps, len(f.streams), len(pictures), f.wrong)
	}
}

// TestSoundOfAnotherRate: the program map says nothing of rates, frames do. Few that are of another are damage.
func TestSoundOfAnotherRate(t *testing.T) {
	mono := tracks()[1]
	mono.ClockRate, mono.Channels, mono.Extra = 44100, 1, [][]byte{{0x12, 0x08}}
	for name, c := range map[string]struct {
		others, units int
		rate          uint32
	}{"none": {0, 20, 48000}, "two frames": {2, 20, 48000}, "all": {10, 28, 44100}} {
		var out bytes.Buffer
		sounds := func(track media.Track, from, n int) {
			w, err := mpegts.New(&out, []media.Track{track})
			if err != nil {
				t.Fatal(err)
			}
			for i := range n {
				at := time.Duration(from+i) * 20 * time.Millisecond
				write(t, w, 0, &media.Unit{PTS: at, DTS: at, AU: [][]byte{bytes.Repeat([]byte{byte(i)}, 50)}})
			}
		}
		sounds(tracks()[1], 0, 10)
		sounds(mono, 10, c.others)
		if c.rate == 48000 {
			sounds(tracks()[1], 10+c.others, 10)
		} else {
			sounds(mono, 20, 10)
		}
		if track, units := find(t, out.Bytes(), 1316).of(media.Audio); track.ClockRate != c.rate || len(units) != c.units {
			t.Errorf("%s: %d units of %s", name, len(units), track)
		}
	}
}

func TestTimesThatBeginAnew(t *testing.T) {
	const last = 1<<33 - 1
	for _, c := range []struct{ a, b, want int64 }{{0, last, 1}, {last, 0, -1}, {90, 0, 90}, {last, last - 5, 5}} {
		if got := mpegts.Later(c.a, c.b); got != c.want {
			t.Errorf("%d is %d later than %d, not %d", c.a, got, c.b, c.want)
		}
	}
}

// TestReaderOfFFmpeg compares what ffmpeg muxes with what mediacommon's reader finds in it.
func TestReaderOfFFmpeg(t *testing.T) {
	program.Need(t, "ffmpeg")
	const sources = "-hide_banner -loglevel error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 -t 2 "
	for _, c := range []struct {
		args         string
		video, audio media.Codec
		bframes      bool
	}{
		{"-c:v libx264 -bf 2 -g 25 -c:a aac", media.H264, media.AAC, true},
		{"-c:v libx264 -tune zerolatency -g 25 -c:a libopus", media.H264, media.Opus, false},
		{"-c:v libx265 -x265-params log-level=none:bframes=0 -c:a ac3", media.H265, media.AC3, false},
		{"-c:v libx264 -g 25 -bf 0 -c:a mp2", media.H264, media.MP2, false},
		{"-c:v libx264 -g 25 -bf 0 -c:a libmp3lame", media.H264, media.MP3, false},
		{"-c:v mpeg1video -b:v 1M -c:a mp2 -ar 44100", media.MPEG1, media.MP2, false},
	} {
		t.Run(string(c.video)+" "+string(c.audio), func(t *testing.T) {
			stream := []byte(program.Output(t, "ffmpeg", strings.Fields(sources+c.args+" -f mpegts -")...))
			f := find(t, stream, 1316)
			video, pictures := f.of(media.Video)
			audio, sounds := f.of(media.Audio)
			if video.Codec != c.video || audio.Codec != c.audio || video.BFrames != c.bframes || len(f.wrong) > 0 {
				t.Errorf("found %v and %v, wrong: %v", video, audio, f.wrong)
			}
			if c.audio == media.AC3 { // mediacommon's reader wants one frame in a packet, and ffmpeg writes several
				if len(sounds) != 63 || len(pictures) != 50 {
					t.Errorf("%d frames of AC-3 and %d pictures", len(sounds), len(pictures))
				}
				return
			}
			for i, all := range read(t, stream) {
				mine, parts := pictures, 0
				if i == 1 {
					mine = sounds
				}
				for _, u := range all {
					if i == 0 {
						parts++
					} else {
						parts += len(u.au)
					}
				}
				if parts != len(mine) {
					t.Errorf("track %d has %d units, and %d were found", i, parts, len(mine))
				}
				if first := all[0]; len(mine) == 0 || first.pts != mine[0].at.PTS {
					t.Errorf("track %d begins at %d, and was found at %v", i, first.pts, mine[0].at)
				}
			}
		})
	}
}

func FuzzReader(f *testing.F) {
	f.Add(written(f)[:20*mpegts.PacketSize])
	for _, codec := range []media.Codec{media.Opus, media.MP3, media.AC3, media.MPEG1, media.H265} {
		var out bytes.Buffer
		w, err := mpegts.New(&out, []media.Track{media.NewTrack(codec)})
		if err != nil {
			f.Fatal(err)
		}
		_ = w.Write(0, &media.Unit{Key: true, AU: [][]byte{{0xff, 0xfb, 0x90, 0x64, 1, 2, 3, 4}}})
		f.Add(out.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := find(t, b, 1316)
		size := 0
		for _, list := range got.units {
			for _, u := range list {
				size += u.Bytes()
			}
		}
		if size > 4*len(b)+1<<12 { // parameter sets are put before each key picture
			t.Errorf("%d bytes came of %d", size, len(b))
		}
		if len(got.streams) > 16 {
			t.Errorf("%d streams", len(got.streams))
		}
	})
}
