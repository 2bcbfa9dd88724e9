//go:build cgo && !nogst

package gst_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/engine/gst"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// A click in a recording is when it was, to 5 ms, after its sound was coded.
func TestAClickIsHeardWhenItWas(t *testing.T) {
	source := filepath.Join(t.TempDir(), "click.wav")
	const click = 500 * time.Millisecond
	if err := os.WriteFile(source, wave(click), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, encoder, file, codec string }{
		{"aac mp4", "convert codec=aac", "a.mp4", "aac"},
		{"aac ts", "convert codec=aac", "a.ts", "aac"},
		{"opus", "convert codec=opus", "a.mkv", "opus"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := filepath.Join(t.TempDir(), c.file)
			rt := open(t)
			host, _ := begin(t, rt, resolve(t, template(t, "code", `
graph: v1
about: Sound coded into a file.
params: {f: file, out: file}
nodes: {r: filesrc location=$f, w: wavparse, c: audioconvert, s: `+c.encoder+`, out: file.out path=$out}
links: [r -> w -> c -> s -> out]
`), plan.Inputs{Params: map[string]any{"f": source, "out": target}}))
			ended(t, host, "out")
			if late := heard(t, target, c.codec) - click; late.Abs() > 5*time.Millisecond {
				t.Errorf("the click comes %v late", late)
			}
		})
	}
}

// wave is a WAV file of a second, 48 kHz, 16 bit, mono: silence and then a tone of 1 kHz.
func wave(silence time.Duration) []byte {
	const rate = 48000
	var b bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&b, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	put([]byte("RIFF"), uint32(36+2*rate), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2*rate), uint16(2), uint16(16),
		[]byte("data"), uint32(2*rate))
	begins := int(silence * rate / time.Second)
	for i := range rate {
		x := 0.0
		if i >= begins {
			x = 20000 * math.Cos(2*math.Pi*1000*float64(i-begins)/rate)
		}
		put(int16(x))
	}
	return b.Bytes()
}

// heard is when the sound of a file becomes loud, counted from the beginning of the file.
func heard(t *testing.T, file, codec string) time.Duration {
	t.Helper()
	rt := openWith(t, gst.Options{Taps: true})
	host := fake.NewHost()
	p := resolve(t, template(t, "listen", `
graph: v1
about: Sound of a file.
params: {f: file}
nodes: {in: file.in path=$f audio=`+codec+`, dec: decode, c: audioconvert, s: fakesink}
links: [in.audio -> dec -> c, "c -> [audio/x-raw,format=S16LE,channels=1] -> s"]
`), plan.Inputs{Params: map[string]any{"f": file}})
	if _, err := rt.Prepare(within(t), p, host); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	at := time.Duration(-1)
	see := func(b run.Passed) {
		mu.Lock()
		defer mu.Unlock()
		for i := 0; at < 0 && i+1 < len(b.Data); i += 2 {
			if x := int16(binary.LittleEndian.Uint16(b.Data[i:])); x > 8000 || x < -8000 {
				at = b.PTS + time.Duration(i/2)*time.Second/48000
			}
		}
	}
	if err := rt.(run.Tapper).Tap("c", see); err != nil {
		t.Fatal(err)
	}
	if err := rt.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	ended(t, host, "s")
	mu.Lock()
	defer mu.Unlock()
	if at < 0 {
		t.Fatal("nothing is heard")
	}
	return at
}
