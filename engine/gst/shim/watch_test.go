//go:build cgo && !nogst

package shim_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/gst/shim"
)

func TestCountAndTap(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=25 ! video/x-raw,format=I420,width=16,height=16,framerate=25/1 ! identity name=i ! fakesink")
	src := pad(t, named(t, p, "i"), "src")
	saw := make(chan string, 8)
	n := shim.CountPad(src, shim.Told{
		First: func() { saw <- "first" }, Ended: func() { saw <- "ended" }, Empty: func() { saw <- "empty" },
	})
	defer n.Free()
	if got := n.Tally(); got.Units != 0 || got.At != 0 || got.Last >= 0 || got.Ended {
		t.Errorf("before: %+v", got)
	}
	var bytes, last int64
	end := make(chan struct{})
	shim.Tap(src, func(b shim.Buffer) {
		if b.Flags&shim.Final != 0 {
			close(end)
			return
		}
		bytes += int64(len(b.Data))
		last = int64(b.PTS + b.Duration)
		if !strings.Contains(b.Format.Text(), "I420") || b.Flags&shim.Key == 0 {
			t.Errorf("%+v of %s", b.Flags, b.Format.Text())
		}
	})
	shim.SetState(own, shim.Playing)
	soon(t, "the end", end)
	if first, ended := soon(t, "a unit", saw), soon(t, "the end", saw); first != "first" || ended != "ended" || len(saw) > 0 {
		t.Errorf("saw %s, %s, and %d more", first, ended, len(saw))
	}
	got := n.Tally()
	if got.Units != 25 || got.Keys != 25 || got.Bytes != 25*384 || got.Last != time.Second || !got.Ended || got.At <= 0 || got.At > shim.Now() {
		t.Errorf("after: %+v", got)
	}
	if bytes != 25*384 || last != int64(time.Second) {
		t.Errorf("passed: %d bytes to %d", bytes, last)
	}
}

// A decoder's picture has longer rows than its format's, if what follows can read such; what is shown has the format's.
func TestTapOfPicture(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=3 ! video/x-raw,format=I420,width=50,height=50 ! x264enc tune=zerolatency ! "+
		"avdec_h264 name=d ! videoscale ! video/x-raw,width=20 ! fakesink")
	var sizes []int
	end := make(chan struct{})
	shim.Tap(pad(t, named(t, p, "d"), "src"), func(b shim.Buffer) {
		if b.Flags&shim.Final != 0 {
			close(end)
			return
		}
		sizes = append(sizes, len(b.Data))
	})
	shim.SetState(own, shim.Playing)
	soon(t, "the end", end)
	const size = 52*50 + 2*28*25 // rows of a multiple of 4
	if !slices.Equal(sizes, []int{size, size, size}) {
		t.Errorf("pictures of %d bytes, want %d", sizes, size)
	}
}

// A stream that ends without a unit is told of as such.
func TestCountOfNothing(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=0 ! identity name=i ! fakesink")
	saw := make(chan string, 8)
	n := shim.CountPad(pad(t, named(t, p, "i"), "src"), shim.Told{
		First: func() { saw <- "first" }, Ended: func() { saw <- "ended" }, Empty: func() { saw <- "empty" },
	})
	defer n.Free()
	shim.SetState(own, shim.Playing)
	if ended, empty := soon(t, "the end", saw), soon(t, "that there was nothing", saw); ended != "ended" || empty != "empty" {
		t.Errorf("saw %s, %s", ended, empty)
	}
}

// A pad that is not in use is unlinked at once, and one that is when what passes has passed. Nothing is lost on its way.
func TestUnlinkIdle(t *testing.T) {
	p, _ := line(t, "videotestsrc ! identity name=i ! fakesink name=s")
	src, sink := pad(t, named(t, p, "i"), "src"), pad(t, named(t, p, "s"), "sink")
	peer := shim.UnlinkIdle(src)
	if peer != sink {
		t.Fatalf("it fed %v, not %v", peer, sink)
	}
	shim.Unref(peer)
	if again := shim.UnlinkIdle(src); again != nil {
		t.Errorf("it still fed %v", again)
	}
	p, own := line(t, "videotestsrc is-live=true ! video/x-raw,framerate=100/1 ! identity name=i ! fakesink name=s sync=true")
	src, sink = pad(t, named(t, p, "i"), "src"), pad(t, named(t, p, "s"), "sink")
	left, came := shim.CountPad(src, shim.Told{}), shim.CountPad(sink, shim.Told{})
	defer left.Free()
	defer came.Free()
	shim.SetState(own, shim.Playing)
	for came.Tally().Units < 3 {
		soon(t, "media", time.After(time.Millisecond))
	}
	if peer = shim.UnlinkIdle(src); peer != sink {
		t.Fatalf("it fed %v, not %v", peer, sink)
	}
	shim.Unref(peer)
	if gave, got := left.Tally().Units, came.Tally().Units; got > gave || got < gave-1 { // one that finds nobody there any more is counted, too
		t.Errorf("of %d units %d came", gave, got)
	}
}

// heard collects messages.
type heard struct {
	mu   sync.Mutex
	list []shim.Message
	more chan struct{}
}

func hear(own shim.Object) *heard {
	h := &heard{more: make(chan struct{}, 1000)}
	shim.Watch(own, func(m shim.Message) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.list = append(h.list, m)
		select {
		case h.more <- struct{}{}:
		default:
		}
	})
	return h
}

// until waits for a message.
func (h *heard) until(t *testing.T, is func(shim.Message) bool) shim.Message {
	t.Helper()
	for {
		h.mu.Lock()
		for _, m := range h.list {
			if is(m) {
				h.mu.Unlock()
				return m
			}
		}
		h.mu.Unlock()
		soon(t, "a message", h.more)
	}
}

func TestWatch(t *testing.T) {
	p, own := line(t, "audiotestsrc num-buffers=10 ! level name=l interval=1000000 ! fakesink name=one audiotestsrc num-buffers=10 ! "+
		"identity name=bad error-after=5 ! fakesink name=two")
	_ = p
	shim.Set(own, "message-forward", "true", false)
	h := hear(own)
	shim.SetState(own, shim.Playing)
	said := h.until(t, func(m shim.Message) bool { return m.Kind == shim.Element })
	if said.Source != "l" || said.Domain != "level" || !strings.Contains(said.Text, "rms") {
		t.Errorf("said %+v", said)
	}
	failed := h.until(t, func(m shim.Message) bool { return m.Kind == shim.Error })
	if failed.Source != "bad" || failed.Domain != "gst-core-error-quark" || failed.Code == 0 || failed.Text == "" {
		t.Errorf("failed %+v", failed)
	}
	h.until(t, func(m shim.Message) bool { return m.Kind == shim.EOS && m.Source == "one" })
}

// Messages in flight are told; those after Unwatch are not, and what would have heard them is let go.
func TestUnwatchWhileMessagesCome(t *testing.T) {
	for range 20 {
		p, err := gst.NewPipelineFromString("audiotestsrc ! level interval=1 ! fakesink audiotestsrc ! level interval=1 ! fakesink")
		if err != nil {
			t.Fatal(err)
		}
		var over atomic.Bool
		var late atomic.Int64
		some := make(chan struct{}, 1)
		shim.Watch(p.Unsafe(), func(shim.Message) {
			if over.Load() {
				late.Add(1)
			}
			select {
			case some <- struct{}{}:
			default:
			}
		})
		shim.SetState(p.Unsafe(), shim.Playing)
		soon(t, "a message", some)
		shim.Unwatch(p.Unsafe())
		soon(t, "messages in flight", time.After(time.Millisecond)) // one for each thread may be in flight, for as long as it takes
		before := late.Load()
		over.Store(true)
		shim.SetState(p.Unsafe(), shim.Null)
		if n := late.Load() - before; n > 2 {
			t.Errorf("%d messages came late", n)
		}
		shim.Drop(p.Object)
	}
}

func TestPadAdded(t *testing.T) {
	path := t.TempDir() + "/x.webm"
	_, maker := line(t, "videotestsrc num-buffers=5 ! vp8enc ! webmmux name=m ! filesink location="+path+" audiotestsrc num-buffers=5 ! opusenc ! m.")
	h := hear(maker)
	shim.SetState(maker, shim.Playing)
	h.until(t, func(m shim.Message) bool { return m.Kind == shim.EOS && m.Source == "" })
	p, own := line(t, "filesrc location="+path+" ! matroskademux name=d")
	names := make(chan string, 8)
	shim.PadAdded(named(t, p, "d"), func(pad shim.Object) {
		if pad == nil {
			names <- ""
			return
		}
		names <- shim.Name(pad)
	})
	shim.SetState(own, shim.Paused)
	var got []string
	for n := soon(t, "a pad", names); n != ""; n = soon(t, "a pad", names) {
		got = append(got, n)
	}
	if len(got) != 2 {
		t.Errorf("pads %v", got)
	}
}
