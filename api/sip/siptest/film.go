package siptest

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"testing"

	"sluice/engine/enginetest/program"
)

// Film is what a telephone shows: two fields of colours, left and right, that stand.
type Film struct {
	Codec       string // "H264", "VP8" or "H265"; "" is no film
	Left, Right string // colours, as ffmpeg calls them; "red" and "blue", say
}

// write makes a minute of it, which Baresip decodes and then encodes with the codec.
func (f Film) write(t testing.TB, path string) {
	t.Helper()
	if f.Codec == "" {
		return
	}
	field := func(colour string) []string {
		return []string{"-f", "lavfi", "-i", fmt.Sprintf("color=c=%s:size=176x288:rate=15:duration=60", colour)}
	}
	args := append([]string{"-hide_banner", "-loglevel", "error"}, append(field(f.Left), field(f.Right)...)...)
	program.Start(t, "ffmpeg", append(args, "-filter_complex", "hstack", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
		"-g", "15", path)...).Wait()
}

// Picture is one that was seen.
type Picture struct{ image.Image }

// readPicture reads one that somebody may still be writing.
func readPicture(t testing.TB, path string) Picture {
	t.Helper()
	var p Picture
	until(t, "a picture in "+path, func() (string, bool) {
		file, err := os.Open(path)
		if err != nil {
			return err.Error(), false
		}
		defer file.Close()
		p.Image, err = png.Decode(file)
		return fmt.Sprint(err), err == nil
	})
	return p
}

// Fields are the colours in the middle of its left and of its right half, each as red, green and blue from 0 to 255.
func (p Picture) Fields() (left, right [3]int) {
	b := p.Bounds()
	at := func(x int) [3]int {
		r, g, b, _ := p.At(b.Min.X+b.Dx()*x/4, b.Min.Y+b.Dy()/2).RGBA()
		return [3]int{int(r >> 8), int(g >> 8), int(b >> 8)}
	}
	return at(1), at(3)
}

// AwaitFields waits until somebody is shown two colours, such as "red" and "blue" (Film).
func AwaitFields(t testing.TB, eye interface{ Seen() Picture }, left, right string) {
	t.Helper()
	const near = 60 // of 255 in each component; codecs and their ranges of colour differ
	is := func(got [3]int, want string) bool {
		c := colours()[want]
		for i := range got {
			if got[i] < c[i]-near || got[i] > c[i]+near {
				return false
			}
		}
		return true
	}
	until(t, fmt.Sprintf("%s and %s in a picture", left, right), func() (string, bool) {
		l, r := eye.Seen().Fields()
		return fmt.Sprint(l, r), is(l, left) && is(r, right)
	})
}

// colours are those that AwaitFields knows by name.
func colours() map[string][3]int {
	return map[string][3]int{"red": {255, 0, 0}, "blue": {0, 0, 255}, "white": {255, 255, 255}, "black": {0, 0, 0}, "yellow": {255, 255, 0}}
}
