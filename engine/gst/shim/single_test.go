//go:build cgo && !nogst

package shim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/gst/shim"
)

func TestSingle(t *testing.T) {
	for _, single := range []bool{true, false} {
		p, own := line(t, "videotestsrc num-buffers=5 ! video/x-raw,width=64,height=64 ! openh264enc ! h264parse ! decodebin3 name=d ! fakesink name=s")
		if single {
			shim.Single(named(t, p, "d"))
		}
		shim.SetState(own, shim.Playing)
		if m := p.GetPipelineBus().TimedPopFiltered(gst.ClockTime(time.Minute), gst.MessageEOS|gst.MessageError); m == nil || m.Type() != gst.MessageEOS {
			t.Fatalf("it ended with %v", m)
		}
		all, err := p.GetElementsRecursive()
		if err != nil {
			t.Fatal(err)
		}
		threads := ""
		for _, e := range all {
			if strings.HasPrefix(e.GetName(), "avdec_h264") {
				threads = shim.Get(e.Unsafe(), "max-threads")
			}
		}
		if want := map[bool]string{true: "1", false: "0"}[single]; threads != want {
			t.Errorf("single %t: %q threads, not %s", single, threads, want)
		}
	}
}
