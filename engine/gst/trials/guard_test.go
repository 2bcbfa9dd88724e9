//go:build cgo && !nogst

package trials_test

import (
	"bytes"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"sluice/engine/gst/trials/harm"
)

// promise gives a stream of High 4:4:4 whose parameter sets, from a key frame on, promise another chroma format
// (chroma_format_idc) and depth than the pictures have (H.264 7.3.2.1.1).
func promise(s harm.Stream, from, chroma, depth int) harm.Stream {
	out := s.Damage(0)
	for i := from; i < len(out.Units); i++ {
		for k, nal := range out.Units[i].AU {
			if nal[0]&31 == 7 {
				out.Units[i].AU[k] = rewrite(nal, chroma, depth)
			}
		}
	}
	return out
}

// rewrite writes chroma format and depth anew in a sequence parameter set that begins with id 0, as x264's do.
func rewrite(nal []byte, chroma, depth int) []byte {
	var old strings.Builder
	for _, b := range bytes.ReplaceAll(nal[4:], []byte{0, 0, 3}, []byte{0, 0}) {
		fmt.Fprintf(&old, "%08b", b)
	}
	rest := old.String()[1:]
	idc, rest := golomb(rest)
	if idc == 3 {
		rest = rest[1:] // separate_colour_plane_flag
	}
	_, rest = golomb(rest)
	_, rest = golomb(rest)
	text := "1" + exp(chroma)
	if chroma == 3 {
		text += "0"
	}
	text += exp(depth-8) + exp(depth-8) + rest
	text += strings.Repeat("0", (8-len(text)%8)%8)
	out := append([]byte(nil), nal[:4]...)
	for ; text != ""; text = text[8:] {
		var b byte
		for _, c := range text[:8] {
			b = b<<1 | byte(c-'0')
		}
		if n := len(out); out[n-1] == 0 && out[n-2] == 0 && b <= 3 {
			out = append(out, 3)
		}
		out = append(out, b)
	}
	return out
}

// golomb reads a ue(v) (H.264 9.1).
func golomb(text string) (n int, rest string) {
	zeros := strings.IndexByte(text, '1')
	for _, c := range text[zeros : 2*zeros+1] {
		n = n<<1 | int(c-'0')
	}
	return n - 1, text[2*zeros+1:]
}

// exp writes a ue(v).
func exp(n int) string {
	return strings.Repeat("0", bits.Len(uint(n+1))-1) + fmt.Sprintf("%b", n+1)
}

// Parameter sets that promise a chroma format and depth that GStreamer has no pictures for kill avdec_h264 of gst-libav 1.22
// (SIGSEGV in gst_video_info_to_caps). Behind the guard (R12) that every conversion has they are an error of the stream.
// Without it, which a graph must ask for, the worker may die, and nobody else.
func TestGuard(t *testing.T) {
	stage := theatreOf(t, chains, playTime)
	s := odd(t, stage.pool, "x264enc tune=zerolatency key-int-max=5", "Y444", "video/x-h264,profile=high-4:4:4")
	t.Run("all", func(t *testing.T) {
		for chroma := range 4 {
			for depth := 8; depth <= 14; depth++ {
				hostile := promise(s, 0, chroma, depth)
				t.Run(fmt.Sprintf("guarded %d, %d bits", chroma, depth), func(t *testing.T) {
					t.Parallel()
					if o := stage.stream(hostile, false); o.wrong != nil || o.grave() {
						t.Errorf("%s: %v, %v", o.how, o.err, o.wrong)
					} else if o.units > 0 && (chroma != 1 || depth != 8) {
						t.Errorf("%d units are let through", o.units)
					}
				})
			}
		}
		for _, p := range []struct{ chroma, depth int }{{0, 14}, {2, 9}, {3, 9}} {
			hostile := promise(s, 0, p.chroma, p.depth)
			t.Run(fmt.Sprintf("unguarded %d, %d bits", p.chroma, p.depth), func(t *testing.T) {
				t.Parallel()
				o := stage.stream(hostile, true)
				if o.wrong != nil {
					t.Error(o.wrong)
				}
				t.Logf("without the guard: %v", o.err)
			})
		}
	})
}
