//go:build cgo && !nogst

package lab_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
	"sluice/engine/gst"
	"sluice/engine/gst/lab"
	"sluice/engine/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *lab.Lab {
	t.Helper()
	o, err := gst.Open(gst.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return lab.New(o)
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// clip makes a file by a stranger's hand.
func clip(t *testing.T, name, line string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", "exec gst-launch-1.0 -q "+line+" ! filesink location="+path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// tracks is what Demux showed, by pad.
func tracks(t *testing.T, l *lab.Lab, path string) map[string][]run.Passed {
	t.Helper()
	var mu sync.Mutex
	all := map[string][]run.Passed{}
	err := l.Demux(within(t), path, func(p run.Passed) {
		mu.Lock()
		defer mu.Unlock()
		p.Data = append([]byte(nil), p.Data...)
		all[p.Pad] = append(all[p.Pad], p)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Odd widths have padding in decoders' pictures, which what is seen must not.
func TestDemuxAndDecode(t *testing.T) {
	l := open(t)
	path := clip(t, "a.mkv", "videotestsrc num-buffers=10 pattern=red ! video/x-raw,format=I420,width=174,height=98 ! x264enc ! h264parse ! mkv. "+
		"audiotestsrc num-buffers=10 samplesperbuffer=960 ! audio/x-raw,rate=48000 ! opusenc ! mkv. matroskamux name=mkv")
	all := tracks(t, l, path)
	if len(all) != 2 {
		t.Fatalf("%d tracks", len(all))
	}
	for pad, list := range all {
		if !list[len(list)-1].End {
			t.Errorf("%s has no end", pad)
		}
		video := strings.HasPrefix(list[0].Caps, "video/x-h264")
		n, bytes := 0, 0
		if err := l.Decode(within(t), list, func(p run.Passed) {
			if !p.End {
				n++
				bytes = len(p.Data)
			}
		}); err != nil {
			t.Fatal(err)
		}
		// Rows are padded to four bytes: 176 and twice 88.
		if video && (n != 10 || bytes != 176*98+2*88*49) {
			t.Errorf("%d pictures of %d bytes", n, bytes)
		}
		if !video && n < 9 {
			t.Errorf("%d frames of sound", n)
		}
	}
}

func TestNothingToSee(t *testing.T) {
	l := open(t)
	none := func(run.Passed) {}
	if err := l.Demux(within(t), filepath.Join(t.TempDir(), "none.mkv"), none); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("a file that is not there: %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.mkv")
	if err := os.WriteFile(text, []byte(strings.Repeat("no media here. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Demux(within(t), text, none); !errors.Is(err, fault.MediaCorrupt) {
		t.Errorf("text: %v", err)
	}
	strange := []run.Passed{{Caps: "video/x-never-heard-of", Key: true, Data: []byte{1, 2, 3}}}
	if err := l.Decode(within(t), strange, none); !errors.Is(err, fault.ElementUnavailable) {
		t.Errorf("an unknown codec: %v", err)
	}
	if err := l.Decode(within(t), nil, none); !errors.Is(err, fault.MediaCorrupt) {
		t.Errorf("nothing: %v", err)
	}
}
