package measure_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sluice/engine/caps"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
	"sluice/engine/trial/measure"
)

func parse(t testing.TB, text string) caps.Caps {
	t.Helper()
	c, err := caps.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sine makes S16LE of tones, each with its own pitch and volume, the same in all channels.
func sine(rate, channels int, seconds float64, tones ...[2]float64) []byte {
	var out []byte
	for i := range int(float64(rate) * seconds) {
		v := 0.0
		for _, tone := range tones {
			v += tone[1] * math.Sin(2*math.Pi*tone[0]*float64(i)/float64(rate))
		}
		for range channels {
			out = binary.LittleEndian.AppendUint16(out, uint16(int16(v*32767)))
		}
	}
	return out
}

func listen(t testing.TB, format string, data []byte) *measure.Spectrum {
	t.Helper()
	f, err := measure.NewSound(parse(t, format))
	if err != nil {
		t.Fatal(err)
	}
	s := measure.NewSpectrum(f)
	step := 882 * f.Channels * len(data) / max(1, f.Frames(data)*f.Channels) // not a divisor of any window
	for len(data) > 0 {
		n := min(step, len(data))
		s.Add(data[:n])
		data = data[n:]
	}
	return s
}

func TestTones(t *testing.T) {
	for _, rate := range []int{8000, 16000, 44100, 48000} {
		for _, hz := range []float64{100, 440, 441.7, 1000, 3333} {
			for _, seconds := range []float64{0.2, 1} {
				name := fmt.Sprintf("%v Hz at %d for %v s", hz, rate, seconds)
				s := listen(t, fmt.Sprintf("audio/x-raw,format=S16LE,rate=%d,channels=2,layout=interleaved", rate), sine(rate, 2, seconds, [2]float64{hz, 0.5}))
				tones := s.Tones()
				if len(tones) != 1 {
					t.Fatalf("%s: %+v", name, tones)
				}
				got := tones[0]
				if math.Abs(got.Hz-hz) > hz/200+1 || math.Abs(got.Level+6) > 1.7 || got.Share < 0.9 {
					t.Errorf("%s: %+v", name, got)
				}
				if level := s.Level(); math.Abs(level+9) > 1 {
					t.Errorf("%s: level %v", name, level)
				}
			}
		}
	}
}

func TestSeveralTones(t *testing.T) {
	s := listen(t, "audio/x-raw,format=S16LE,rate=48000,channels=1", sine(48000, 1, 1, [2]float64{440, 0.1}, [2]float64{1000, 0.4}, [2]float64{300, 0.05}))
	tones := s.Tones()
	want := []float64{1000, 440, 300} // by loudness
	if len(tones) != 3 {
		t.Fatalf("%+v", tones)
	}
	for i, hz := range want {
		if math.Abs(tones[i].Hz-hz) > 2 {
			t.Errorf("%d: %+v, want %v", i, tones[i], hz)
		}
	}
}

func TestSilenceAndNoise(t *testing.T) {
	silent := listen(t, "audio/x-raw,format=S16LE,rate=8000,channels=1", make([]byte, 16000))
	if len(silent.Tones()) > 0 || !math.IsInf(silent.Level(), -1) || !silent.Heard() {
		t.Errorf("silence: %v, %v", silent.Tones(), silent.Level())
	}
	nothing := listen(t, "audio/x-raw,format=S16LE,rate=8000,channels=1", nil)
	if len(nothing.Tones()) > 0 || nothing.Heard() {
		t.Error("nothing at all is heard")
	}
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 96_000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for _, tone := range listen(t, "audio/x-raw,format=S16LE,rate=48000,channels=1", noise).Tones() {
		if tone.Share > 0.02 {
			t.Errorf("in noise %+v stands out", tone)
		}
	}
	// A click in a long silence is not silence.
	click := make([]byte, 160_000)
	copy(click[80_000:], sine(8000, 1, 0.05, [2]float64{1000, 0.5}))
	if level := listen(t, "audio/x-raw,format=S16LE,rate=8000,channels=1", click).Level(); level < -20 {
		t.Errorf("a click has %v dB", level)
	}
}

// TestSoundFormats wants the same tone out of all ways to write it.
func TestSoundFormats(t *testing.T) {
	const rate = 8000
	writers := map[string]func(v float64) []byte{
		"S8":    func(v float64) []byte { return []byte{byte(int8(v * 127))} },
		"U8":    func(v float64) []byte { return []byte{byte(v*127 + 128)} },
		"S16LE": func(v float64) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(int16(v*32767))) },
		"S16BE": func(v float64) []byte { return binary.BigEndian.AppendUint16(nil, uint16(int16(v*32767))) },
		"S24LE": func(v float64) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(int32(v*8388607)))[:3] },
		"S32LE": func(v float64) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(int32(v*2147483647))) },
		"F32LE": func(v float64) []byte { return binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(v))) },
		"F64LE": func(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) },
	}
	for format, write := range writers {
		for _, layout := range []string{"interleaved", "non-interleaved"} {
			f, err := measure.NewSound(parse(t, fmt.Sprintf("audio/x-raw,format=%s,rate=%d,channels=2,layout=%s", format, rate, layout)))
			if err != nil {
				t.Fatal(err)
			}
			var left, right []byte
			s := measure.NewSpectrum(f)
			for i := range rate {
				v := 0.5 * math.Sin(2*math.Pi*440*float64(i)/rate)
				if layout == "interleaved" {
					left = append(append(left, write(v)...), write(v)...)
					continue
				}
				left, right = append(left, write(v)...), append(right, write(v)...)
			}
			s.Add(append(left, right...))
			tones := s.Tones()
			if len(tones) == 0 || math.Abs(tones[0].Hz-440) > 2 || math.Abs(tones[0].Level+6) > 1.7 {
				t.Errorf("%s %s: %+v", format, layout, tones)
			}
		}
	}
}

func TestBrokenFloats(t *testing.T) {
	data := make([]byte, 32_000)
	for i := 0; i < len(data); i += 4 {
		binary.LittleEndian.PutUint32(data[i:], math.Float32bits(float32(math.NaN())))
	}
	if tones := listen(t, "audio/x-raw,format=F32LE,rate=8000,channels=1", data).Tones(); len(tones) > 0 {
		t.Errorf("%+v", tones)
	}
}

func TestUnreadableFormats(t *testing.T) {
	for _, text := range []string{
		"video/x-raw,format=P010_10LE,width=4,height=4", "video/x-raw,format=I420,width=0,height=4", "video/x-raw,format=I420,width=[1,5],height=4",
		"video/x-h264,format=I420,width=4,height=4", "video/x-raw(memory:DMABuf),format=I420,width=4,height=4", "audio/x-raw,format=S16LE,rate=8000,channels=1", "EMPTY", "ANY",
	} {
		if _, err := measure.NewPictures(parse(t, text)); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		"audio/x-raw,format=S16LE,rate=8000", "audio/x-raw,format=S18LE,rate=8000,channels=1", "audio/x-opus,rate=8000,channels=1",
		"audio/x-raw,format=S16LE,rate=0,channels=1", "audio/x-raw,format=S16LE,rate=8000,channels=1000",
	} {
		if _, err := measure.NewSound(parse(t, text)); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func formats() []string {
	return []string{
		"I420", "YV12", "NV12", "NV21", "Y42B", "Y444", "AYUV", "YUY2", "UYVY", "RGB", "BGR", "RGBA", "RGBx", "BGRA", "BGRx", "ARGB", "xRGB", "ABGR", "xBGR", "GRAY8",
	}
}

// TestPicturesOfGStreamer compares every format with what GStreamer itself writes: three colours, at sizes that need padding.
func TestPicturesOfGStreamer(t *testing.T) {
	program.Need(t, "gst-launch-1.0")
	folder := t.TempDir()
	colours := map[string]color.RGBA{
		"0xffff0000": {R: 255, A: 255}, "0xff00ff00": {G: 255, A: 255}, "0xff4080c0": {R: 0x40, G: 0x80, B: 0xc0, A: 255},
	}
	for _, size := range [][2]int{{33, 17}, {64, 720}} {
		for paint, want := range colours {
			for _, format := range formats() {
				width := size[0]
				if format == "YUY2" || format == "UYVY" {
					width = (width + 1) &^ 1 // of an odd row's last pair GStreamer 1.22 writes only half
				}
				text := fmt.Sprintf("video/x-raw,format=%s,width=%d,height=%d", format, width, size[1])
				file := filepath.Join(folder, "picture")
				program.Start(t, "gst-launch-1.0", "-q", "videotestsrc", "num-buffers=1", "pattern=solid-color", "foreground-color="+paint,
					"!", text, "!", "filesink", "location="+file).Wait()
				data, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				looks(t, text, data, want)
			}
		}
	}
}

func looks(t *testing.T, text string, data []byte, want color.RGBA) {
	t.Helper()
	f, err := measure.NewPictures(parse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Read(data)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if _, err := f.Read(data[:len(data)-1]); !errors.Is(err, fault.MediaCorrupt) {
		t.Errorf("%s: a byte less is %v", text, err)
	}
	for _, part := range []image.Rectangle{image.Rect(0, 0, f.Width, f.Height), image.Rect(f.Width-1, f.Height-1, f.Width, f.Height)} {
		got, _ := p.Average(part)
		if word := parse(t, text); measureGrey(word) {
			if got.R != got.G || got.G != got.B {
				t.Errorf("%s: %v is not grey", text, got)
			}
			continue
		}
		if measure.Distance(got, want) > 6 {
			t.Errorf("%s at %v: %v, want %v", text, part, got, want)
		}
	}
}

func measureGrey(c caps.Caps) bool { f, _ := c.Get("format"); return f == "GRAY8" }

func TestAverageOfParts(t *testing.T) {
	f, err := measure.NewPictures(parse(t, "video/x-raw,format=RGB,width=4,height=2"))
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, 24)
	for x := 2; x < 4; x++ {
		data[3*x], data[12+3*x] = 200, 200 // the right half is red
	}
	p, err := f.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[image.Rectangle]uint8{
		image.Rect(0, 0, 4, 2): 100, image.Rect(0, 0, 2, 2): 0, image.Rect(2, 0, 9, 9): 200, image.Rect(-5, -5, 1, 1): 0,
	} {
		if got, ok := p.Average(part); !ok || got.R != want || got.G != 0 {
			t.Errorf("%v: %v %v, want red %d", part, got, ok, want)
		}
	}
	if _, ok := p.Average(image.Rect(4, 0, 8, 2)); ok {
		t.Error("a part outside has a colour")
	}
}

func TestColorimetry(t *testing.T) {
	// The same three bytes are other colours by other rules: white needs 235 of narrow and 255 of full range.
	for text, want := range map[string]uint8{"": 255, ",colorimetry=bt709": 255, ",colorimetry=(string)1:4:0:0": 235, ",colorimetry=(string)2:3:5:1": 255} {
		f, err := measure.NewPictures(parse(t, "video/x-raw,format=AYUV,width=1,height=1"+text))
		if err != nil {
			t.Fatal(err)
		}
		p, _ := f.Read([]byte{255, 235, 128, 128})
		if got, _ := p.Average(image.Rect(0, 0, 1, 1)); got.R != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// FuzzMeasure: whatever caps say and a buffer holds, measuring ends without a panic.
func FuzzMeasure(f *testing.F) {
	for _, format := range formats() {
		f.Add("video/x-raw,format="+format+",width=5,height=3", make([]byte, 200))
	}
	f.Add("audio/x-raw,format=S24LE,rate=8000,channels=3,layout=non-interleaved", make([]byte, 100))
	f.Add("audio/x-raw,format=F64LE,rate=1000,channels=1", make([]byte, 3000))
	f.Fuzz(func(_ *testing.T, text string, data []byte) {
		c, err := caps.Parse(text)
		if err != nil {
			return
		}
		if sound, err := measure.NewSound(c); err == nil {
			s := measure.NewSpectrum(sound)
			s.Add(data)
			s.Tones()
			s.Level()
		}
		if pictures, err := measure.NewPictures(c); err == nil {
			if p, err := pictures.Read(data); err == nil {
				p.Average(image.Rect(0, 0, pictures.Width, pictures.Height))
			}
		}
	})
}

func BenchmarkSpectrum(b *testing.B) {
	f, _ := measure.NewSound(parse(b, "audio/x-raw,format=S16LE,rate=48000,channels=2"))
	second := sine(48000, 2, 1, [2]float64{440, 0.5})
	s := measure.NewSpectrum(f)
	for b.Loop() {
		s.Add(second)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "x-real-time")
}
