package phone

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sluice/cmd/sluice/bench/benchtest"
)

// voices are what telephones say, coded once, so that those who measure do not code: noise of a voice's loudness, on which no codec rests.
type voices struct {
	ulaw, ogg string // files, for gst-launch-1.0
	frames    map[benchtest.Sound][][]byte
}

// told is how much of it is in files, and said how many packets are said over and over again.
const (
	told = 100 // seconds
	said = 250
)

// speak makes them.
func speak(b *testing.B, dir string) *voices {
	b.Helper()
	v := &voices{ulaw: filepath.Join(dir, "voice.ulaw"), ogg: filepath.Join(dir, "voice.ogg"), frames: map[benchtest.Sound][][]byte{}}
	benchtest.Output(b, "gst-launch-1.0", "-q", "audiotestsrc", "wave=pink-noise", "volume=0.3", fmt.Sprint("num-buffers=", told*50),
		"samplesperbuffer=160", "!", "audio/x-raw,format=S16LE,rate=8000,channels=1", "!", "tee", "name=t",
		"t.", "!", "queue", "!", "mulawenc", "!", "filesink", "location="+v.ulaw,
		"t.", "!", "queue", "!", "opusenc", "!", "tee", "name=u",
		"u.", "!", "queue", "!", "oggmux", "!", "filesink", "location="+v.ogg,
		"u.", "!", "queue", "!", "multifilesink", "location="+filepath.Join(dir, "opus%05d"))
	all, err := os.ReadFile(v.ulaw)
	if err != nil {
		b.Fatal(err)
	}
	v.frames[benchtest.PCMU] = slices.Collect(slices.Chunk(all[:said*160], 160))
	for n := range said {
		frame, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("opus%05d", n+10))) // headers may be among the first
		if err != nil {
			b.Fatal(err)
		}
		v.frames[benchtest.Opus] = append(v.frames[benchtest.Opus], frame)
		g729 := make([]byte, 20) // two frames of 10 ms; to decode any of them takes as long
		copy(g729, all[n*20:])
		v.frames[benchtest.G729] = append(v.frames[benchtest.G729], g729)
	}
	return v
}
