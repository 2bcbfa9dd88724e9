package webrtc

import (
	"strings"
	"testing"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
)

// way is a way to a player, on which layers larger than it lose packets.
type way struct {
	layers []hub.Layer
	chooser
	now time.Time
}

func newWay() *way {
	w := &way{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for i, rid := range []string{"f", "h", "q"} {
		t := media.NewTrack(media.VP8)
		t.Layer = rid
		w.layers = append(w.layers, hub.Layer{Track: t, Bitrate: 1_600_000 >> (2 * i), Live: true, Read: i == 0})
	}
	return w
}

// pass lets time pass, and tells which layers were read, one a second.
func (w *way) pass(seconds, carries int) string {
	var out strings.Builder
	for range seconds {
		w.now = w.now.Add(time.Second)
		lost := 0.0
		for _, l := range w.layers {
			if l.Read {
				out.WriteString(l.Track.Layer)
				if l.Bitrate > carries {
					lost = 0.3
				}
			}
		}
		if !w.due(w.now) {
			continue
		}
		if layer, ok := w.choose(w.layers, lost, w.now); ok {
			if layer == "" {
				layer = "f"
			}
			for i := range w.layers {
				w.layers[i].Read = w.layers[i].Track.Layer == layer
			}
		}
	}
	return out.String()
}

func TestChooserStays(t *testing.T) {
	w := newWay()
	if got := w.pass(100, 2_000_000); strings.Trim(got, "f") != "" {
		t.Errorf("%s", got)
	}
}

func TestChooserGoesDown(t *testing.T) {
	w := newWay()
	if got := w.pass(9, 200_000); !strings.HasSuffix(got, "q") || strings.Count(got, "f") > 5 {
		t.Errorf("%s", got)
	}
	if got := w.pass(300, 200_000); strings.Count(got, "h") > 40 || strings.Contains(got, "f") {
		t.Errorf("tried too often: %s", got)
	}
}

func TestChooserComesBack(t *testing.T) {
	w := newWay()
	w.pass(20, 0)
	if got := w.pass(150, 2_000_000); !strings.HasSuffix(got, strings.Repeat("f", 20)) {
		t.Errorf("%s", got)
	}
}

func TestChooserLeavesWhatDoesNotCome(t *testing.T) {
	w := newWay()
	w.layers[0].Live, w.layers[1].Live = false, false
	if got := w.pass(20, 2_000_000); !strings.HasSuffix(got, "qqqqq") {
		t.Errorf("%s", got)
	}
	w.layers[1].Live = true
	if got := w.pass(20, 2_000_000); !strings.HasSuffix(got, "hhhhh") {
		t.Errorf("%s", got)
	}
}

func TestChooserWithoutLayers(t *testing.T) {
	w := newWay()
	if layer, ok := w.choose(nil, 1, w.now); ok {
		t.Errorf("%q", layer)
	}
	if layer, ok := w.choose(w.layers[:1], 1, w.now); ok {
		t.Errorf("%q", layer)
	}
}
