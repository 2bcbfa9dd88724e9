//go:build cgo && !nogst

package asrc

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/engine/gst/shim"
)

func TestMain(m *testing.M) {
	gst.Init(nil)
	goleak.VerifyTestMain(m)
}

// piece is a buffer as it came out.
type piece struct {
	at, length time.Duration
	samples    []int16
	discont    bool
}

// line is a converter between an appsrc, which waits while it is full, and an appsink.
type line struct {
	t     testing.TB
	rate  int // of samples, of all channels together
	in    shim.Object
	see   func(piece)
	ended chan struct{}
}

// begin plays a converter of sound of a rate and a number of channels. see gets what comes out of it.
func begin(t testing.TB, rate, channels int, see func(piece)) *line {
	t.Helper()
	if err := Register(); err != nil {
		t.Fatal(err)
	}
	p, err := gst.NewPipelineFromString(fmt.Sprintf("appsrc name=in format=time block=true max-bytes=0 max-buffers=50 max-time=0 "+
		"caps=audio/x-raw,format=S16LE,rate=%d,channels=%d,layout=interleaved ! %s ! appsink name=out sync=false", rate, channels, Element))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		shim.SetState(p.Unsafe(), shim.Null)
		shim.Drop(p.Object)
	})
	l := &line{t: t, rate: rate * channels, see: see, ended: make(chan struct{})}
	for _, name := range []string{"in", "out"} {
		e, err := p.GetElementByName(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shim.Drop(e.Object) })
		if name == "in" {
			l.in = e.Unsafe()
		} else {
			shim.Drain(e.Unsafe(), l.take)
		}
	}
	shim.SetState(p.Unsafe(), shim.Playing)
	return l
}

func (l *line) take(b *shim.Buffer) {
	if b.Flags&shim.Final != 0 {
		close(l.ended)
		return
	}
	out := piece{at: b.PTS, length: time.Duration(len(b.Data)/2) * time.Second / time.Duration(l.rate), discont: b.Flags&shim.Discont != 0}
	for i := 0; i+1 < len(b.Data); i += 2 {
		out.samples = append(out.samples, int16(binary.LittleEndian.Uint16(b.Data[i:])))
	}
	l.see(out)
}

// push gives it a buffer.
func (l *line) push(at time.Duration, samples []int16, flags uint) {
	l.t.Helper()
	data := make([]byte, 0, 2*len(samples))
	for _, s := range samples {
		data = binary.LittleEndian.AppendUint16(data, uint16(s))
	}
	if !shim.Push(l.in, data, at, -1, flags) {
		l.t.Fatal("it takes no more")
	}
}

// end waits until all is out.
func (l *line) end() {
	l.t.Helper()
	shim.EndFeed(l.in)
	select {
	case <-l.ended:
	case <-time.After(30 * time.Second):
		l.t.Fatal("it does not end")
	}
}

// collect plays a converter and keeps what comes out of it.
func collect(t testing.TB, rate, channels int, feed func(*line)) []piece {
	t.Helper()
	var mu sync.Mutex
	var out []piece
	l := begin(t, rate, channels, func(p piece) {
		mu.Lock()
		defer mu.Unlock()
		out = append(out, p)
	})
	feed(l)
	l.end()
	mu.Lock()
	defer mu.Unlock()
	return out
}
