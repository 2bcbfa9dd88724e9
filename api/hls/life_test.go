package hls_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api"
	"sluice/api/hls"
	"sluice/engine"
	"sluice/engine/fault"
)

// elapse lets the bubble's time pass.
func elapse(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it is what is tested
	synctest.Wait()
}

// TestEndsWhenNobodyWatches: half a minute after the last request nothing is made any more, and nothing kept.
func TestEndsWhenNobodyWatches(t *testing.T) {
	within(t, func(t *testing.T, s *server, cam *speaker) {
		media := s.open("cam", "")
		for range 5 {
			s.get(media)
			cam.say(t, 15*time.Second)
		}
		s.get(media)
		if n := s.door.Counts(); n.Viewers != 1 || n.Streams != 1 || s.running("hls") != 1 {
			t.Errorf("while somebody watches: %+v, %d instances", n, s.running("hls"))
		}
		cam.say(t, 29*time.Second)
		if s.running("hls") != 1 {
			t.Error("it has ended early")
		}
		cam.say(t, 4*time.Second) // viewers are counted every 2.5 s
		synctest.Wait()
		if n := s.door.Counts(); n != (hls.Counts{}) || s.running("hls") != 0 || s.present.Len() != 0 {
			t.Errorf("when nobody watches: %+v, %d instances", n, s.running("hls"))
		}
		if w := s.ask("GET", media); w.Code != http.StatusNotFound {
			t.Errorf("its playlist: %d", w.Code)
		}
		heard := make(chan struct{})
		go func() { defer close(heard); cam.say(t, 4*time.Second) }()
		if again := s.open("cam", ""); strings.Split(again, "?")[0] == strings.Split(media, "?")[0] {
			t.Error("what came later has the same address")
		}
		<-heard
	})
}

// TestPublisherComesBack: who comes back soon goes on for those who watch; who does not is over for them.
func TestPublisherComesBack(t *testing.T) {
	within(t, func(t *testing.T, s *server, cam *speaker) {
		media := s.open("cam", "")
		s.get(media)
		cam.leaves()
		elapse(5 * time.Second)
		if text := s.get(media); strings.Contains(text, "ENDLIST") || s.running("hls") != 0 {
			t.Fatalf("%d instances; it is over early:\n%s", s.running("hls"), text)
		}
		elapse(time.Second)
		cam = s.speaks("cam")
		s.get(media) // which finds out
		synctest.Wait()
		cam.say(t, 5*time.Second)
		text := s.get(media)
		if strings.Count(text, "#EXT-X-DISCONTINUITY\n") != 1 || strings.Contains(text, "ENDLIST") || s.running("hls") != 1 {
			t.Errorf("%d instances; it goes on with\n%s", s.running("hls"), text)
		}
		cam.leaves()
		elapse(10 * time.Second)
		if text := s.get(media); !strings.HasSuffix(text, "#EXT-X-ENDLIST\n") {
			t.Errorf("its end is\n%s", text)
		}
		if w := s.ask("GET", "/cam/index.m3u8"); w.Code != http.StatusNotFound {
			t.Errorf("who comes later: %d %s", w.Code, w.Body)
		}
		cam = s.speaks("cam")
		heard := make(chan struct{})
		go func() { defer close(heard); cam.say(t, 3*time.Second) }()
		if again := s.open("cam", ""); again == media {
			t.Error("another life has the same address")
		}
		<-heard
		if text := s.get(media); !strings.HasSuffix(text, "#EXT-X-ENDLIST\n") {
			t.Errorf("the first life can be fetched to its end: %s", text)
		}
	})
}

// TestOneTooMany: viewers and requests beyond the limits are sent away, and may come again.
func TestOneTooMany(t *testing.T) {
	limits := func(o *hls.Options) { o.Viewers, o.Held, o.HeldPerAddress = 2, 4, 2 }
	within(t, func(t *testing.T, s *server, _ *speaker) {
		first, second, third := s.open("cam", ""), s.open("cam", ""), s.open("cam", "")
		s.get(first)
		s.get(second)
		refused(t, s.ask("GET", third), http.StatusServiceUnavailable)
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 4 {
			go s.send(from(ctx, fmt.Sprintf("192.0.2.%d:1000", i/2), first+"&_HLS_msn=3"))
		}
		synctest.Wait()
		if n := s.door.Counts().Held; n != 4 {
			t.Errorf("%d requests are held", n)
		}
		refused(t, s.send(from(ctx, "192.0.2.9:1000", first+"&_HLS_msn=3")), http.StatusServiceUnavailable)
		cancel()
		synctest.Wait()
		if n := s.door.Counts().Held; n != 0 {
			t.Errorf("%d requests are held though nobody asks any more", n)
		}
		ctx, cancel = context.WithCancel(t.Context())
		for range 2 {
			go s.send(from(ctx, "[2001:db8::1]:1000", first+"&_HLS_msn=3"))
		}
		synctest.Wait()
		refused(t, s.send(from(ctx, "[2001:db8::2]:1000", first+"&_HLS_msn=3")), http.StatusServiceUnavailable) // the same /64
		cancel()
		synctest.Wait()
	}, limits)
}

// TestOneAddress: who makes up sessions does not take the seats of others, and has his own again when he is counted out.
func TestOneAddress(t *testing.T) {
	limits := func(o *hls.Options) { o.ViewersPerAddress = 2 }
	within(t, func(t *testing.T, s *server, cam *speaker) {
		bare, _, _ := strings.Cut(s.open("cam", ""), "?")
		ask := func(remote string, session int) *httptest.ResponseRecorder {
			return s.send(from(t.Context(), remote, fmt.Sprintf("%s?session=%d", bare, session)))
		}
		for i, remote := range []string{
			"192.0.2.1:1000", "192.0.2.1:1001", "192.0.2.2:1000", "[2001:db8::1]:1000", "[2001:db8::2]:1000", "[2001:db8:0:1::1]:1000",
		} {
			if w := ask(remote, i); w.Code != http.StatusOK {
				t.Errorf("%s: %d %s", remote, w.Code, w.Body)
			}
		}
		refused(t, ask("192.0.2.1:1002", 10), http.StatusServiceUnavailable)
		refused(t, ask("[2001:db8::3]:1000", 11), http.StatusServiceUnavailable) // the same /64
		if w := ask("192.0.2.1:1003", 0); w.Code != http.StatusOK {
			t.Errorf("who has a seat: %d %s", w.Code, w.Body)
		}
		if n := s.door.Counts().Viewers; n != 6 {
			t.Errorf("%d viewers", n)
		}
		cam.say(t, 15*time.Second)
		ask("192.0.2.2:1000", 2) // or nobody watches
		cam.say(t, 8*time.Second)
		if w := ask("192.0.2.1:1000", 12); w.Code != http.StatusOK || s.door.Counts().Viewers != 2 {
			t.Errorf("when the others have gone: %d %s, %d viewers", w.Code, w.Body, s.door.Counts().Viewers)
		}
	}, limits)
}

func from(ctx context.Context, remote, target string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
	r.RemoteAddr = remote
	return r
}

func refused(t *testing.T, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d %v %s, want %d", w.Code, w.Header(), w.Body, status)
	}
}

// slow is an engine that never has anything ready.
type slow struct{ hls.Engine }

func (slow) Raise(ctx context.Context, _ engine.Event) error {
	<-ctx.Done()
	return ctx.Err()
}

// broken is one that cannot start anything.
type broken struct{ hls.Engine }

func (broken) Raise(context.Context, engine.Event) error {
	return fault.New(fault.GstUnavailable, "", "GStreamer is not here")
}

func TestDoesNotStart(t *testing.T) {
	for name, c := range map[string]struct {
		engine hls.Engine
		status int
		took   time.Duration
	}{
		"slow":   {slow{}, http.StatusGatewayTimeout, 15 * time.Second},
		"broken": {broken{}, http.StatusInternalServerError, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := serve(t, nil, func(o *hls.Options) { o.Engine = c.engine })
				began := time.Now()
				w := s.ask("GET", "/cam/index.m3u8")
				if took := time.Since(began); w.Code != c.status || took != c.took {
					t.Errorf("%d %s after %s", w.Code, w.Body, took)
				}
				if n := s.door.Counts(); n != (hls.Counts{}) {
					t.Errorf("%+v is left", n)
				}
			})
		})
	}
}

// TestSilence: a stream that is there and sends nothing is not there in time.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil)
		s.speaks("cam")
		refused(t, s.ask("GET", "/cam/index.m3u8"), http.StatusGatewayTimeout)
	})
}

// TestSessions: who watches is on the list of who is here, by session or, without one, by address and player; and can be sent away.
func TestSessions(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		media := s.open("cam", "")
		bare, _, _ := strings.Cut(media, "?")
		for range 2 {
			s.get(media)
			s.get(bare, "User-Agent: one")
			s.get(bare, "User-Agent: two")
		}
		all := s.present.All()
		if len(all) != 3 || s.door.Counts().Viewers != 3 {
			t.Fatalf("%+v", all)
		}
		for _, one := range all {
			if one.Protocol != "hls" || one.Direction != api.Plays || one.Stream != "cam" || one.Remote == "" {
				t.Errorf("%+v", one)
			}
			s.present.End(one.ID)
		}
		if w := s.ask("GET", media); w.Code != http.StatusForbidden {
			t.Errorf("who was sent away: %d", w.Code)
		}
		if w := s.ask("GET", "/cam/"+addresses(s.get(s.open("cam", "")))[0]); w.Code != http.StatusOK {
			t.Errorf("another: %d", w.Code)
		}
	})
}

// TestClose: who waits hears at once that the server stops.
func TestClose(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		media := s.open("cam", "")
		answered := make(chan int, 1)
		go func() { answered <- s.ask("GET", media+"&_HLS_msn=3").Code }()
		synctest.Wait()
		began := time.Now()
		if err := s.door.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if code := <-answered; code != http.StatusNotFound || time.Since(began) > 0 {
			t.Errorf("%d after %s", code, time.Since(began))
		}
		if w := s.ask("GET", "/cam/index.m3u8"); w.Code != http.StatusServiceUnavailable && w.Code != http.StatusNotFound {
			t.Errorf("who comes then: %d", w.Code)
		}
	})
}

// TestAskedAgain: who asks again and again for what is not there costs one look a second.
func TestAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil)
		for range 100 {
			if w := s.ask("GET", "/cam/index.m3u8"); w.Code != http.StatusNotFound {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			elapse(50 * time.Millisecond)
		}
		if n := s.raised.Load(); n != 5 {
			t.Errorf("it was looked for %d times in 5 s", n)
		}
		cam := s.speaks("cam")
		elapse(time.Second)
		heard := make(chan struct{})
		go func() { defer close(heard); cam.say(t, 3*time.Second) }()
		s.open("cam", "")
		<-heard
	})
}
