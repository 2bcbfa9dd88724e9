//go:build cgo && !nogst

package shim_test

import (
	"encoding/binary"
	"slices"
	"strconv"
	"testing"
	"time"

	"sluice/engine/gst/shim"
)

// paced plays a pipeline whose sink "s" takes a buffer only when the function that it gives is called, which gives a copy of what is
// in it; nil at the end.
func paced(t *testing.T, own, sink shim.Object) (next func() []byte) {
	t.Helper()
	shim.SetState(own, shim.Playing)
	return func() []byte {
		for late := time.Now().Add(30 * time.Second); ; {
			data, _, ended := shim.Pull(sink, 100*time.Millisecond)
			if data != nil || ended {
				return data
			}
			if time.Now().After(late) {
				t.Fatal("no buffer comes")
			}
		}
	}
}

// A picture slides from place to place: it is in every frame, never goes back, nor farther than its speed allows, and arrives.
func TestRampOfAPicture(t *testing.T) {
	p, own := line(t, "videotestsrc pattern=white num-buffers=90 ! video/x-raw,format=I420,width=32,height=32,framerate=30/1 ! "+
		"compositor name=m background=black ! video/x-raw,format=I420,width=320,height=32,framerate=30/1 ! appsink name=s max-buffers=1 sync=false")
	m, picture := named(t, p, "m"), pad(t, named(t, p, "m"), "sink_0")
	next := paced(t, own, named(t, p, "s"))
	places := func(n int) (out []int) {
		for range n {
			frame := next()
			if frame == nil {
				t.Fatal("a frame is missing")
			}
			out = append(out, slices.IndexFunc(frame[16*320:17*320], func(y byte) bool { return y > 200 }))
		}
		return out
	}
	if at := places(5); slices.Max(at) != 0 || slices.Min(at) != 0 {
		t.Fatalf("it begins at %v", at)
	}
	ramp := shim.NewRamp(picture, m, "xpos", "288", time.Second)
	if ramp == nil {
		t.Fatal("no ramp")
	}
	before := ramp.Done()
	at := places(70)
	if before || !ramp.Done() {
		t.Errorf("done before: %t, after: %t", before, ramp.Done())
	}
	ramp.End()
	for i, x := range at {
		most := 14
		if i > 0 && at[i-1] == 0 {
			most = 40 // a frame or two are made while the ramp is
		}
		if x < 0 || i > 0 && (x < at[i-1] || x > at[i-1]+most) {
			t.Fatalf("frame %d of %v", i, at)
		}
	}
	if at[len(at)-1] != 288 || !slices.ContainsFunc(at, func(x int) bool { return x > 100 && x < 200 }) {
		t.Errorf("it goes over %v", at)
	}
	if got := shim.Set(picture, "xpos", "16", true); got != "" {
		t.Error(got)
	}
	if at := places(14); at[13] != 16 {
		t.Errorf("set at once, it is at %v", at)
	}
	for next() != nil {
		continue
	}
}

// A value that is set while another is on its way goes before, and the way that is left does not bring back the other.
func TestRampIsOvertaken(t *testing.T) {
	p, own := line(t, "audiotestsrc num-buffers=100 samplesperbuffer=480 ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! volume name=v ! "+
		"appsink name=s max-buffers=1 sync=false")
	v := named(t, p, "v")
	next := paced(t, own, named(t, p, "s"))
	next()
	for _, c := range []struct{ name, text string }{{"no-such", "1"}, {"volume", "loud"}, {"name", "x"}} {
		if shim.NewRamp(v, v, c.name, c.text, time.Second) != nil {
			t.Errorf("a ramp of %s to %s", c.name, c.text)
		}
	}
	first := shim.NewRamp(v, v, "volume", "0", 300*time.Millisecond)
	second := shim.NewRamp(v, v, "volume", "2", 100*time.Millisecond)
	first.End()
	for range 40 {
		next()
	}
	second.End()
	is := func(want float64) {
		t.Helper()
		if got, err := strconv.ParseFloat(shim.Get(v, "volume"), 64); err != nil || got != want {
			t.Errorf("the volume is %v, want %v", got, want)
		}
	}
	is(2)
	third := shim.NewRamp(v, v, "volume", "0", 300*time.Millisecond)
	next()
	shim.Set(v, "volume", "1.5", true)
	third.End()
	next()
	is(1.5)
	for next() != nil {
		continue
	}
}

// A volume that changes in a while makes no click, to and from silence, and from 1, at which the element lets pass what comes.
func TestRampOfAVolume(t *testing.T) {
	steepest := func(change func(v shim.Object, to string) *shim.Ramp) (most int) {
		p, own := line(t, "audiotestsrc freq=440 volume=0.5 num-buffers=200 samplesperbuffer=1013 ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! "+
			"volume name=v ! appsink name=s max-buffers=1 sync=false")
		v := named(t, p, "v")
		next := paced(t, own, named(t, p, "s"))
		last, n := 0, 0
		var ramps []*shim.Ramp
		to := map[int]string{10: "0", 40: "1", 70: "0.1", 100: "1", 130: "3", 160: "1"}
		for data := next(); data != nil; data = next() {
			for i := 0; i+1 < len(data); i += 2 {
				s := int(int16(binary.LittleEndian.Uint16(data[i:])))
				most = max(most, max(s-last, last-s))
				last = s
			}
			n++
			if text, is := to[n]; is {
				for _, r := range ramps {
					r.End()
				}
				ramps = nil
				if r := change(v, text); r != nil {
					ramps = append(ramps, r)
				}
			}
		}
		for _, r := range ramps {
			r.End()
		}
		return most
	}
	const sine = 3 * 944 // the steepest of the tone itself, three times as loud
	if got := steepest(func(v shim.Object, to string) *shim.Ramp {
		return shim.NewRamp(v, v, "volume", to, 50*time.Millisecond)
	}); got > sine+sine/20 {
		t.Errorf("a step of %d in a tone whose steepest is %d", got, sine)
	}
	if got := steepest(func(v shim.Object, to string) *shim.Ramp {
		shim.Set(v, "volume", to, true)
		return nil
	}); got < 2*sine {
		t.Errorf("without a ramp the greatest step is %d: the test would hear no click", got)
	}
}
