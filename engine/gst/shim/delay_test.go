//go:build cgo && !nogst

package shim_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"sluice/engine/gst/shim"
)

// recording is sound at a pad: samples by their time, from a beginning on.
type recording struct {
	rate    int
	samples []float64
	ended   chan struct{}
}

func record(t *testing.T, p shim.Object, rate int) *recording {
	t.Helper()
	r := &recording{rate: rate, samples: make([]float64, 2*rate), ended: make(chan struct{})}
	shim.Tap(p, func(b shim.Buffer) {
		if b.Flags&shim.Final != 0 {
			close(r.ended)
			return
		}
		at := int((b.PTS*time.Duration(rate) + time.Second/2) / time.Second)
		for i := 0; i+1 < len(b.Data); i += 2 {
			if n := at + i/2; n >= 0 && n < len(r.samples) {
				r.samples[n] = float64(int16(binary.LittleEndian.Uint16(b.Data[i:])))
			}
		}
	})
	return r
}

// later is by how many samples a recording is later than another: where they are most alike, within 80 ms.
func (r *recording) later(than *recording) int {
	best, at, most := 0.0, 0, r.rate*2/25
	for lag := -most; lag <= most; lag++ {
		sum := 0.0
		for n := most; n+most < len(r.samples); n++ {
			sum += than.samples[n] * r.samples[n+lag]
		}
		if sum > best {
			best, at = sum, lag
		}
	}
	return at
}

// TestDelay measures how late sound is when it has been coded and decoded, of every encoder that is used, as it is and after Prime.
func TestDelay(t *testing.T) {
	for _, c := range []struct {
		encoder, decoder string
		rates            []int
		unprimed, primed int // samples
	}{
		{"avenc_aac", "aacparse ! avdec_aac", []int{48000, 44100}, 1024, 0},
		{"voaacenc", "aacparse ! avdec_aac", []int{48000}, 1600, 0},
		{"lamemp3enc", "mpegaudioparse ! avdec_mp3", []int{48000, 44100, 16000}, 1105, 0},
		{"lamemp3enc", "mpegaudioparse ! mpg123audiodec", []int{24000}, 1105, 0},
		{"avenc_mp2", "mpegaudioparse ! avdec_mp2float", []int{48000, 32000}, 481, 481},
		{"avenc_ac3", "ac3parse ! avdec_ac3", []int{48000, 44100}, 256, 0},
		{"avenc_g722", "avdec_g722", []int{16000}, 22, 0},
		{"avenc_g726", "avdec_g726", []int{8000}, 0, 0},
		{"avenc_nellymoser", "avdec_nellymoser", []int{22050, 8000}, 128, 0},
		{"vorbisenc", "vorbisdec", []int{48000}, 0, 0},
		{"opusenc", "opusdec", []int{48000}, 0, 0},
	} {
		for _, rate := range c.rates {
			t.Run(fmt.Sprint(c.encoder, " at ", rate), func(t *testing.T) {
				t.Parallel()
				raw := fmt.Sprintf("audio/x-raw,format=S16LE,channels=1,rate=%d", rate)
				measure := func(prime bool) int {
					p, own := line(t, fmt.Sprintf("audiotestsrc wave=ticks tick-interval=170000000 freq=600 volume=0.5 num-buffers=100 "+
						"samplesperbuffer=%d ! %s ! identity name=in ! audioconvert ! %s name=e ! %s ! audioconvert ! %s ! fakesink name=out",
						rate/50, raw, c.encoder, c.decoder, raw))
					if prime {
						shim.Prime(named(t, p, "e"), c.encoder)
					}
					in, out := record(t, pad(t, named(t, p, "in"), "src"), rate), record(t, pad(t, named(t, p, "out"), "sink"), rate)
					shim.SetState(own, shim.Playing)
					soon(t, "the end of what goes in", in.ended)
					soon(t, "the end of what comes out", out.ended)
					return out.later(in)
				}
				if was, is := measure(false), measure(true); was != c.unprimed || is != c.primed {
					t.Errorf("it is %d samples late, not %d, and %d after Prime", was, c.unprimed, is)
				}
			})
		}
	}
}
