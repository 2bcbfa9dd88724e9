package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/codecs"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"

	"sluice/engine/enginetest"
)

// rtmpClient connects to a server until the test ends.
func rtmpClient(t *testing.T, address string, publish bool) *gortmplib.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c := &gortmplib.Client{URL: u, Publish: publish}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := c.Initialize(ctx); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	t.Cleanup(c.Close)
	return c
}

// sound publishes some AAC until the test ends.
func sound(t *testing.T, address string) {
	t.Helper()
	track := &gortmplib.Track{Codec: &codecs.MPEG4Audio{Config: &mpeg4audio.AudioSpecificConfig{
		Type: mpeg4audio.ObjectTypeAACLC, SampleRate: 48000, ChannelConfig: 1,
	}}}
	w := &gortmplib.Writer{Conn: rtmpClient(t, address, true), Tracks: []*gortmplib.Track{track}}
	if err := w.Initialize(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	sent := make(chan struct{})
	t.Cleanup(func() { stop(); <-sent })
	go func() {
		defer close(sent)
		const unit = 20 * time.Millisecond
		for tick, at := time.Tick(unit), time.Duration(0); ; at += unit {
			select {
			case <-ctx.Done():
				return
			case <-tick:
				_ = w.WriteMPEG4Audio(track, at, []byte{0x21, 0x10, 0x04}) // the server's end is seen by who plays
			}
		}
	}()
}

// TestSessionsOfEveryProtocol holds that clients of each door are counted, those who only might come too: without them a sum over
// all protocols would be another one from time to time.
func TestSessionsOfEveryProtocol(t *testing.T) {
	t.Parallel()
	at := enginetest.FreeAddress(t)
	address := "rtmp://" + at + "/live"
	s := serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+at)
	metrics := s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1]
	tellsSessions := func(text string, publishers, players int) {
		t.Helper()
		for _, row := range []struct {
			direction, protocol string
			count               int
		}{
			{"publish", "rtmp", publishers}, {"play", "rtmp", players}, {"publish", "rtsp", 0}, {"play", "rtsp", 0},
			{"publish", "whip", 0}, {"play", "whep", 0}, {"publish", "websocket", 0}, {"play", "websocket", 0},
			{"publish", "srt", 0}, {"play", "srt", 0}, {"play", "hls", 0},
		} {
			tells(t, text, fmt.Sprintf("sluice_sessions{direction=%q,protocol=%q} %d\n", row.direction, row.protocol, row.count))
		}
	}
	tellsSessions(scrape(t, metrics), 0, 0)
	sound(t, address+"/cam")
	s.until("the stream is there", func() bool { return s.Call(t, "GET /v1/streams/cam", nil).StatusCode == http.StatusOK })
	r := &gortmplib.Reader{Conn: rtmpClient(t, address+"/cam", false)}
	if err := r.Initialize(); err != nil {
		t.Fatal(err)
	}
	tellsSessions(scrape(t, metrics), 1, 1)
}
