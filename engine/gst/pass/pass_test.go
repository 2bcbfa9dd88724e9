//go:build cgo && !nogst

package pass_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"
	"go.uber.org/goleak"

	"sluice/engine/gst/pass"
	"sluice/engine/gst/shim"
	"sluice/engine/run"
)

func TestMain(m *testing.M) {
	gst.Init(nil)
	goleak.VerifyTestMain(m)
}

// What passes is shown with its times, its caps in words, and its end; caps that change are shown anew.
func TestTap(t *testing.T) {
	p, err := gst.NewPipelineFromString("videotestsrc num-buffers=10 ! video/x-raw,format=I420,width=16,height=16,framerate=10/1 ! " +
		"x264enc key-int-max=5 bframes=0 ! identity name=i ! fakesink")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		shim.SetState(p.Unsafe(), shim.Null)
		shim.Drop(p.Object)
	}()
	i, err := p.GetElementByName("i")
	if err != nil {
		t.Fatal(err)
	}
	defer shim.Drop(i.Object)
	src := shim.Pick(i.Unsafe(), "src", true, nil)
	defer shim.Unref(src)
	var list []run.Passed
	end := make(chan struct{})
	pass.Tap(src, func(b run.Passed) {
		if b.End {
			close(end)
			return
		}
		b.Data = nil // it is valid until this returns
		list = append(list, b)
	})
	shim.SetState(p.Unsafe(), shim.Playing)
	select {
	case <-end:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	keys := 0
	for n, b := range list {
		if b.Key {
			keys++
		}
		if b.Pad != "src" || !strings.HasPrefix(b.Caps, "video/x-h264") || b.PTS != time.Duration(n)*100*time.Millisecond+list[0].PTS || b.Duration != 100*time.Millisecond {
			t.Errorf("%d: %+v", n, b)
		}
	}
	if len(list) != 10 || keys != 2 {
		t.Errorf("%d frames, %d keys", len(list), keys)
	}
}

// A picture whose rows lie apart in memory is shown as its format has it by default.
func TestTapOfPaddedPictures(t *testing.T) {
	p, err := gst.NewPipelineFromString("videotestsrc num-buffers=1 ! video/x-raw,format=I420,width=18,height=18 ! vp8enc ! vp8dec name=d ! fakesink")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		shim.SetState(p.Unsafe(), shim.Null)
		shim.Drop(p.Object)
	}()
	d, err := p.GetElementByName("d")
	if err != nil {
		t.Fatal(err)
	}
	defer shim.Drop(d.Object)
	src := shim.Pick(d.Unsafe(), "src", true, nil)
	defer shim.Unref(src)
	sizes := make(chan int, 4)
	pass.Tap(src, func(b run.Passed) {
		if !b.End {
			sizes <- len(b.Data)
		}
	})
	shim.SetState(p.Unsafe(), shim.Playing)
	select {
	case n := <-sizes: // rows of 18 and 9 bytes are stored in 20 and 12
		if n != 20*18+2*12*9 {
			t.Errorf("%d bytes", n)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("nothing passes")
	}
}
