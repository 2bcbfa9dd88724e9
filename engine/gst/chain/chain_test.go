//go:build cgo && !nogst

package chain

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// there and back again: for each codec, what codes µ-law into it, and what makes µ-law of it.
func conversions() []struct {
	codec media.Codec
	there []string
	back  []string
} {
	const wide, high = "[audio/x-raw,rate=16000,channels=1]", "[audio/x-raw,rate=48000,channels=1]"
	fit := []string{"audioconvert", "audioresample", narrow, "mulawenc"}
	after := func(words ...string) []string { return append(words, fit...) }
	return []struct {
		codec media.Codec
		there []string
		back  []string
	}{
		{media.Opus, []string{"mulawdec", narrow, "opusenc"}, []string{"opusparse", "opusdec plc=true", narrow, "mulawenc"}},
		{media.PCMA, []string{"mulawdec", "alawenc"}, []string{"alawdec", "volume volume=1.0", "mulawenc"}},
		{media.G722, []string{"mulawdec", "audioresample", wide, "avenc_g722"}, after("avdec_g722")},
		{media.G729, []string{"mulawdec", "sluiceg729enc"}, after("avdec_g729")},
		{media.G726, []string{"mulawdec", "avenc_g726"}, after("avdec_g726")},
		{media.Speex, []string{"mulawdec", narrow, "speexenc quality=8"}, after("speexdec")},
		{media.AAC, []string{"mulawdec", "audioconvert", "audioresample", high, "avenc_aac bitrate=64000"}, after("aacparse", "avdec_aac")},
		{media.AAC, []string{"mulawdec", "audioconvert", "audioresample", high, "voaacenc bitrate=64000"}, after("aacparse", "avdec_aac")},
		{media.MP3, []string{"mulawdec", "audioconvert", "audioresample", high, "lamemp3enc"}, after("mpegaudioparse", "mpg123audiodec")},
	}
}

// A tone is the same tone after it was coded and decoded, without a thread having been started, and time passes as it did.
func TestToneSurvives(t *testing.T) {
	tested := []string{"capsfilter"}
	for _, c := range conversions() {
		t.Run(string(c.codec), func(t *testing.T) {
			threads := entries(t, "/proc/self/task")
			in := speech(440, 100)
			coded, track := through(t, row1(media.PCMU, c.there...), media.NewTrack(media.PCMU), c.codec, in)
			if d := lasts(coded); d < 1900*time.Millisecond || d > 2100*time.Millisecond {
				t.Errorf("two seconds have become %v in %d frames", d, len(coded))
			}
			if track.Codec != c.codec || track.Channels != 1 {
				t.Errorf("track %+v", track)
			}
			out, back := through(t, row1(c.codec, c.back...), track, media.PCMU, coded)
			if back.ClockRate != 8000 || back.Channels != 1 {
				t.Errorf("track %+v", back)
			}
			if d := lasts(out); d < 1850*time.Millisecond || d > 2150*time.Millisecond {
				t.Errorf("two seconds have come back as %v in %d frames", d, len(out))
			}
			for i := 2; i < len(out); i++ { // of the first frame some decoders leave out what is only the coder's delay
				if step := out[i].pts - out[i-1].pts; step != out[i-1].duration {
					t.Errorf("after %v of %v comes %v", out[i-1].pts, out[i-1].duration, out[i].pts)
				}
			}
			middle := out[len(out)/4 : len(out)*3/4]
			if at := loudness(middle, 440); at < 0.3 || at > 0.7 {
				t.Errorf("the tone of 0.5 has become %.2f", at)
			}
			if at := loudness(middle, 1000); at > 0.05 {
				t.Errorf("there is %.2f at 1000 Hz", at)
			}
			if n := entries(t, "/proc/self/task"); n > threads+1 { // Go may start one of its own
				t.Errorf("%d threads, before %d", n, threads)
			}
		})
		for _, w := range slices.Concat(c.there, c.back) {
			if name, _, _ := strings.Cut(w, " "); !strings.HasPrefix(name, "[") {
				tested = append(tested, name)
			}
		}
	}
	slices.Sort(tested)
	if tested = slices.Compact(tested); !slices.Equal(tested, plan.ThreadFree()) {
		t.Errorf("tested %v, but plans make chains of %v", tested, plan.ThreadFree())
	}
}

// Times come out as they went in, wherever they begin, and jump where they jumped.
func TestTimes(t *testing.T) {
	in := speech(440, 20)
	for i := range in {
		in[i].pts += 3 * time.Hour
		if i >= 10 {
			in[i].pts += time.Minute
		}
	}
	out, _ := through(t, toOpus(), media.NewTrack(media.PCMU), media.Opus, in)
	if len(out) < 20 {
		t.Fatalf("%d frames of 20", len(out))
	}
	for i, f := range out[:10] {
		if off := f.pts - in[i].pts; off < -packet || off > packet {
			t.Errorf("frame %d is at %v, came at %v", i, f.pts, in[i].pts)
		}
	}
	if last := out[len(out)-1].pts; last < 3*time.Hour+time.Minute {
		t.Errorf("the jump is lost: the last is at %v", last)
	}
}

// Every packet of Opus that is lost is concealed, so that the phone hears no hole.
func TestGapIsConcealed(t *testing.T) {
	coded, _ := through(t, toOpus(), media.NewTrack(media.PCMU), media.Opus, speech(440, 50))
	c := open(t, toPhone())
	if _, err := c.Describe(media.NewTrack(media.Opus)); err != nil {
		t.Fatal(err)
	}
	bytes, gaps := 0, 0
	for i, f := range coded {
		list, err := c.Push(f.data, f.pts, f.duration)
		if i%10 == 5 {
			list, err = c.Gap(f.pts, f.duration)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			bytes += len(o.Data)
			if o.Kind == Gap {
				gaps++
			}
		}
	}
	if want := 8 * int(lasts(coded)/time.Millisecond); gaps != 0 || bytes < want*9/10 {
		t.Errorf("%d bytes of %d came out, and %d gaps", bytes, want, gaps)
	}
}

// G.711 has nothing to conceal with: the gap comes out as one, though encoders keep it until the next unit.
func TestGapPasses(t *testing.T) {
	c := open(t, row1(media.PCMU, "mulawdec", "alawenc"))
	if list, err := c.Gap(0, packet); len(list) != 0 || err != nil {
		t.Errorf("before anything is known: %v, %v", list, err)
	}
	if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Push(speech(440, 1)[0].data, 0, packet); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Gap(packet, 3*packet); err != nil {
		t.Fatal(err)
	}
	list, err := c.Push(speech(440, 1)[0].data, 4*packet, packet)
	if err != nil || len(list) != 2 || list[0].Kind != Gap || list[0].PTS != packet || list[0].Duration != 3*packet {
		t.Errorf("got %+v, %v", list, err)
	}
	for _, bad := range [][2]time.Duration{{-1, packet}, {0, 0}, {0, -packet}} {
		if list, err := c.Gap(bad[0], bad[1]); len(list) != 0 || err != nil {
			t.Errorf("a gap of %v: %v, %v", bad, list, err)
		}
	}
}

// What is half a frame comes out at the end, after a flush it does not, and a flush opens what has ended.
func TestEndAndFlush(t *testing.T) {
	c := open(t, toOpus())
	half := speech(440, 1)[0].data[:80]
	if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
		t.Fatal(err)
	}
	units := func(list []Frame, err error) (n int, ended bool) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			n += map[bool]int{true: 1}[f.Kind == Unit]
			ended = ended || f.Kind == End
		}
		return n, ended
	}
	if n, ended := units(c.Push(half, 0, packet/2)); n != 0 || ended {
		t.Errorf("%d frames of half a frame", n)
	}
	if n, ended := units(c.End()); n == 0 || !ended {
		t.Errorf("%d frames at the end, ended: %t", n, ended)
	}
	if _, err := c.Push(half, 0, packet/2); err == nil {
		t.Error("something was pushed after the end")
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, _ := units(c.Push(half, time.Hour, packet/2)); n != 0 {
		t.Errorf("%d frames of half a frame", n)
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, _ := units(c.Push(half, 0, packet/2)); n != 0 {
		t.Error("the half before the flush was not forgotten")
	}
	if n, _ := units(c.Push(half, packet/2, packet/2)); n != 1 {
		t.Errorf("%d frames of two halves", n)
	}
}

// A coder that was flushed knows nothing of what it coded before.
func TestFlushStartsAnew(t *testing.T) {
	c := open(t, row1(media.PCMU, "mulawdec", "sluiceg729enc"))
	if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
		t.Fatal(err)
	}
	code := func() (all []byte) {
		for _, f := range speech(440, 10) {
			list, err := c.Push(f.data, f.pts, f.duration)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				all = append(all, o.Data...)
			}
		}
		return all
	}
	first := code()
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	if second := code(); len(first) != 200 || !slices.Equal(first, second) {
		t.Errorf("%d bytes, then %d, which differ", len(first), len(second))
	}
}

func TestSet(t *testing.T) {
	c := open(t, toOpus())
	set := func(element, name, text string) fault.Code {
		return fault.CodeOf(c.Set(element, plan.Setting{Name: name, Text: text}))
	}
	if code := set("e2", "bitrate", "24000"); code != "" {
		t.Error(code)
	}
	if code := set("e2", "bitrate", "loud"); code != fault.InvalidParams {
		t.Error(code)
	}
	if code := set("e2", "no-such", "1"); code != fault.InvalidParams {
		t.Error(code)
	}
	if code := set("e9", "bitrate", "24000"); code != fault.ResourceNotFound {
		t.Error(code)
	}
	long := func() int {
		out := 0
		for _, f := range speech(440, 20) {
			list, err := c.Push(f.data, f.pts, f.duration)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				out += len(o.Data)
			}
		}
		return out
	}
	if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
		t.Fatal(err)
	}
	slow := long()
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	if code := set("e2", "bitrate", "96000"); code != "" {
		t.Error(code)
	}
	if fast := long(); fast < 2*slow {
		t.Errorf("24 kbit/s are %d bytes, 96 are %d", slow, fast)
	}
}

func TestClosed(t *testing.T) {
	c := open(t, toOpus())
	c.Close()
	c.Close()
	_, describe := c.Describe(media.NewTrack(media.PCMU))
	_, push := c.Push([]byte{1}, 0, 0)
	_, gap := c.Gap(0, packet)
	_, end := c.End()
	for i, err := range []error{describe, push, gap, end, c.Flush(), c.Set("e1", plan.Setting{})} {
		if !errors.Is(err, fault.Closed) {
			t.Errorf("call %d after the close: %v", i, err)
		}
	}
	if got := c.Track(media.Opus); got.Codec != media.Opus {
		t.Errorf("track %+v", got)
	}
}

// Whoever closes a chain while others use it does no harm.
func TestCloseWhileUsed(t *testing.T) {
	in := speech(440, 1)[0].data
	for range 20 {
		c := open(t, toOpus())
		if _, err := c.Describe(media.NewTrack(media.PCMU)); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		pushed := make(chan struct{}, 1)
		for range 2 {
			wg.Go(func() {
				for i := 0; ; i++ {
					if _, err := c.Push(in, time.Duration(i)*packet, packet); err != nil {
						if !errors.Is(err, fault.Closed) {
							t.Error(err)
						}
						return
					}
					select {
					case pushed <- struct{}{}:
					default:
					}
				}
			})
		}
		<-pushed
		c.Close()
		wg.Wait()
	}
}
