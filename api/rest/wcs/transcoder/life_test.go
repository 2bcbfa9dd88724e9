package transcoder_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/rest/wcs/transcoder"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
)

func (h *house) hub() *hub.Hub {
	h.t.Helper()
	all, ok := h.Engine.Streams().(*hub.Hub)
	if !ok {
		h.t.Fatal("the engine's streams are no hub")
	}
	return all
}

// publishTracks publishes a stream by hand.
func (h *house) publishTracks(name string, tracks ...media.Track) *hub.Publication {
	h.t.Helper()
	p, err := h.hub().Publish(h.t.Context(), name, media.Description{Tracks: tracks}, hub.PublishOptions{Policy: hub.Replace})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// status is that of the only transcoder; "" if there is none.
func (h *house) status() string {
	h.t.Helper()
	list := h.lists("/transcoder/find_all", nil)
	if len(list) == 0 {
		return ""
	}
	return list[0].Status
}

// patient is for transcoders that wait for as long as a test does.
func patient(o *transcoder.Options) { o.Idle = 1000 * time.Hour }

// passes lets time pass until the transcoder goes on.
func (h *house) passes() {
	h.t.Helper()
	h.until("it goes on", func() bool {
		if h.status() == "PROCESSED_LOCAL" {
			return true
		}
		h.clock.Advance(100 * time.Millisecond)
		return false
	})
}

// TestComesBack: the transcoder waits for its stream, and goes on with what is published then, also in another codec.
func TestComesBack(t *testing.T) {
	h := open(t, patient)
	cam := h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small", "encoder", J{"width": 320, "watermark": "logo.png"}))
	h.has("small", true)
	h.good("/transcoder/set_watermark", J{"uri": "transcoder://small", "watermark": "other.png"})
	session := h.lists("/transcoder/find_all", nil)[0].Session
	for _, codec := range []media.Codec{media.PCMA, media.Opus} {
		ends(cam)
		h.until("its stream is missed", func() bool { return h.status() == "PENDING" })
		cam = h.Publish("cam", codec)
		h.passes()
		if s, ok := h.Engine.Streams().Stream("small"); !ok || s.Tracks[0].Track.Codec != codec {
			t.Errorf("%s: %+v", codec, s)
		}
	}
	list := h.lists("/transcoder/find_all", nil)
	if list[0].Session != session || list[0].Encoder.Watermark != "other.png" || list[0].Encoder.Width != 320 {
		t.Errorf("%+v", list)
	}
	h.until("one pipeline", func() bool { return len(h.running()) == 1 })
}

// TestMarkMeanwhile: a mark that is set while the stream comes back is not lost with the pipeline that was there before.
func TestMarkMeanwhile(t *testing.T) {
	var h *house
	var due atomic.Bool
	status := 0
	h = open(t, func(o *transcoder.Options) {
		patient(o)
		o.Check = func(*plan.Plan) error { // comes when what the next pipeline begins with is known
			if due.CompareAndSwap(true, false) {
				status, _ = h.call("/transcoder/set_watermark", J{"uri": "transcoder://small", "watermark": "other.png"})
			}
			return nil
		}
	})
	cam := h.Publish("cam", media.Opus, media.VP8)
	h.good("/transcoder/startup", startup("small", "encoder", J{"watermark": "logo.png"}))
	h.has("small", true)
	ends(cam)
	h.until("its stream is missed", func() bool { return h.status() == "PENDING" })
	due.Store(true)
	h.Publish("cam", media.Opus, media.VP8)
	h.passes()
	h.until("one pipeline with the mark", func() bool {
		return len(h.running()) == 1 && strings.HasSuffix(h.settings("mark")["file"], "/other.png")
	})
	if status != http.StatusOK {
		t.Error(status)
	}
}

// TestIdle: a transcoder ends when its stream stays away, and not before.
func TestIdle(t *testing.T) {
	h := open(t, nil)
	cam := h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
	h.has("small", true)
	ends(cam)
	h.clock.AwaitAlarms(1)
	h.clock.Advance(idle - 1)
	if h.status() != "PENDING" {
		t.Error(h.status())
	}
	h.clock.AwaitAlarms(1)
	h.clock.Advance(1)
	h.until("the end", func() bool { return h.status() == "" && len(h.running()) == 0 })
	h.has("small", false)
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
}

// TestNameIsLost: where somebody else has the name of its stream meanwhile, it is tried again until that is free.
func TestNameIsLost(t *testing.T) {
	h := open(t, patient)
	cam := h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
	h.has("small", true)
	ends(cam)
	h.until("the name is given up", func() bool { return h.hub().Free("small") })
	other := h.Publish("small", media.Opus)
	h.Publish("cam", media.Opus)
	h.clock.AwaitAlarms(1)
	h.clock.Advance(idle)
	if h.status() != "PENDING" {
		t.Error(h.status())
	}
	ends(other)
	h.passes()
}

// TestStopped: who stops the pipeline ends the transcoder.
func TestStopped(t *testing.T) {
	h := open(t, nil)
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
	if err := h.running()[0].Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.until("the end", func() bool { return h.status() == "" })
}

// TestTakenOver: a stream that somebody takes over is taken on.
func TestTakenOver(t *testing.T) {
	h := open(t, patient)
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
	h.has("small", true)
	h.publishTracks("cam", media.NewTrack(media.Opus))
	h.clock.AwaitAlarms(1)
	h.passes()
	h.has("small", true)
	if len(h.running()) != 1 {
		t.Error(len(h.running()))
	}
}

// TestReplaced: who takes the name of its stream away ends the transcoder.
func TestReplaced(t *testing.T) {
	h := open(t, nil)
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("small"))
	h.has("small", true)
	h.publishTracks("small", media.NewTrack(media.PCMA))
	h.until("the end", func() bool { return h.status() == "" && len(h.running()) == 0 })
	h.has("small", true)
}

// TestLimits: no more pipelines run than may, and none that may not.
func TestLimits(t *testing.T) {
	h := open(t, func(o *transcoder.Options) { o.Pipelines = 1 })
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("one"))
	h.refused("/transcoder/startup", startup("two"), http.StatusServiceUnavailable, "no more than 1 may")

	h = open(t, func(o *transcoder.Options) {
		o.Check = func(*plan.Plan) error { return fault.New(fault.Forbidden, "", "not this") }
	})
	h.Publish("cam", media.Opus)
	h.refused("/transcoder/startup", startup("one"), http.StatusForbidden, "not this")
	h.refused("/transcoder/find_all", nil, http.StatusNotFound, "no such")

	h = open(t, nil)
	h.Publish("cam", media.Opus)
	h.good("/transcoder/startup", startup("one"))
	h.all.Close()
	h.refused("/transcoder/startup", startup("two"), http.StatusServiceUnavailable, "the server stops")
	if len(h.running()) != 1 {
		t.Error("the engine's pipelines are ended")
	}
}
