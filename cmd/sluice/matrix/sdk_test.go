package matrix

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The Web SDK in Chromium publishes a film that the page makes, and looks at what it plays (testdata/browser/pages/film.js).

func sdkPublishers() []publisher { return []publisher{{"Web SDK", noAAC, sdkPublish}} }

func sdkPlayers() []player {
	const note = "What the Web SDK plays is not recorded but looked at in the page: there are flashes and their tone, and how far apart they are is not\n" +
		"measured, as the browser puts sound and pictures together by and by. What it publishes has its pictures 30 ms later than its sound: Chromium\n" +
		"says in its sender reports that sound of WebAudio is as late"
	return []player{{name: "Web SDK", play: sdkPlay, note: note}}
}

// sdkScene is what a scenario is told.
type sdkScene struct {
	Scenario string       `json:"scenario"`
	Servers  []sdkAddress `json:"servers"`
	Out      string       `json:"out"` // a folder for its messages and pictures
	Stream   string       `json:"stream"`
	Strip    string       `json:"stripCodecs,omitempty"` // codecs that are taken out of the offer
	Seconds  int          `json:"seconds,omitempty"`     // to watch
}

type sdkAddress struct {
	WS  string `json:"ws"`
	HLS string `json:"hls"`
}

func (s *server) scene(t *testing.T, scenario, stream string) sdkScene {
	t.Helper()
	out, err := filepath.Abs(filepath.Join("..", "..", "..", "out", "matrix", scenario, stream))
	if err != nil {
		t.Fatal(err)
	}
	return sdkScene{Scenario: scenario, Servers: []sdkAddress{{WS: "ws://" + s.web, HLS: "http://" + s.hls}}, Out: out, Stream: stream}
}

func sdkPublish(t *testing.T, s *server, stream, _ string, c codecs) {
	t.Helper()
	scene := s.scene(t, "film_publisher", stream)
	scene.Strip = strings.Join(slices.DeleteFunc([]string{"VP8", "VP9", "H264", "AV1", "PCMU", "PCMA", "G722"}, func(codec string) bool {
		return strings.EqualFold(codec, c.video)
	}), ",")
	published, stop, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var err error
	go func() {
		defer close(ended)
		_, err = s.browser.Ask("run", scene, func(string, json.RawMessage) error { // asks once, when it publishes
			close(published)
			<-stop
			return nil
		})
	}()
	end := sync.OnceFunc(func() {
		close(stop)
		<-ended
		if err != nil {
			t.Errorf("%v\nits messages and pictures are in %s", err, scene.Out)
		}
	})
	t.Cleanup(end)
	select {
	case <-published:
	case <-ended:
		end()
		t.FailNow()
	}
}

func sdkPlay(t *testing.T, s *server, stream, _ string) (recorded, bool) {
	t.Helper()
	return s.watch(t, "film_player", stream)
}

// watch has a scenario play in Chromium, and tells what the page saw.
func (s *server) watch(t *testing.T, scenario, stream string) (recorded, bool) {
	t.Helper()
	scene := s.scene(t, scenario, stream)
	scene.Seconds = 5
	said, err := s.browser.Ask("run", scene, func(string, json.RawMessage) error { return nil })
	var seen struct {
		Video, Audio      string
		Width, Height     int
		Red, Moving, Tone float64
		Flashes, Beeps    int
		Lacks             bool // a decoder
	}
	if err == nil {
		err = json.Unmarshal(said, &seen)
	}
	if err != nil {
		t.Errorf("%v\nits messages and pictures are in %s", err, scene.Out)
		return recorded{}, false
	}
	if seen.Lacks {
		return recorded{because: "hls.js says that this Chromium does not decode it"}, true
	}
	r := recorded{
		codecs: codecs{strings.ToLower(seen.Video), strings.ToLower(seen.Audio)}, width: seen.Width, height: seen.Height,
		red: seen.Red >= 0.9, moving: seen.Moving, tone: seen.Tone, pairs: min(seen.Flashes, seen.Beeps), offset: math.NaN(),
	}
	return r, true
}
