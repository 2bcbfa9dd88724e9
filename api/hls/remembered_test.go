package hls_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/auth"
	"sluice/api/hls"
)

// proof is for how long it holds that somebody may play.
const proof = 10 * time.Second

// TestLongStrings: however long what strangers say is, nothing of it stays.
func TestLongStrings(t *testing.T) {
	const times, length = 300, 60_000
	long := strings.Repeat("x", length)
	anybody := func(o *hls.Options) {
		o.Auth, _ = auth.New(auth.Config{
			Tokens: []auth.TokenConfig{{Name: "viewer", Token: "open-cam"}}, Anonymous: &auth.AnonymousConfig{Play: []string{"**"}},
		})
	}
	for name, change := range map[string]func(*hls.Options){"everybody": func(*hls.Options) {}, "anonymous": anybody} {
		t.Run(name, func(t *testing.T) {
			within(t, func(t *testing.T, s *server, _ *speaker) {
				media := s.open("cam", "")
				bare, _, _ := strings.Cut(media, "?")
				segment := "/cam/" + addresses(s.get(media))[0]
				for what, ask := range map[string]func(n string) int{
					"profiles": func(n string) int {
						return s.ask("GET", "/cam-HLS-"+n+long+"-STREAM/index.m3u8").Code - http.StatusNotFound
					},
					"headers": func(n string) int { return s.ask("GET", segment, "Authorization: x"+n+long).Code - http.StatusOK },
					"agents":  func(n string) int { return s.ask("GET", bare, "User-Agent: "+n+long).Code - http.StatusOK },
					"both": func(n string) int {
						return s.ask("GET", bare+"?session=1"+n, "Authorization: x"+n+long).Code - http.StatusOK
					},
				} {
					before := heap()
					for i := range times {
						if ask(strconv.Itoa(i)) != 0 {
							t.Fatalf("%s: another status", what)
						}
					}
					if kept := heap() - before; kept > times*length/4 {
						t.Errorf("%s: %d bytes are kept of %d", what, kept, times*length)
					}
				}
			}, change)
		})
	}
}

// heap is how much memory is in use, in bytes.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestManyMissing: of so many streams is it remembered that they are not there, and for a second, however long viewers stay.
func TestManyMissing(t *testing.T) {
	const most, more = 1000, 200
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil, func(o *hls.Options) { o.Idle, o.Log = time.Hour, nil })
		for round, names := range []int{most + more, most, most + more} {
			s.raised.Store(0)
			for range 2 {
				for i := range names {
					if w := s.ask("GET", fmt.Sprintf("/cam%d-%d/index.m3u8", round, i)); w.Code != http.StatusNotFound {
						t.Fatalf("%d %s", w.Code, w.Body)
					}
				}
			}
			if n, want := int(s.raised.Load()), names+max(0, names-most); n != want {
				t.Errorf("%d streams were looked for %d times, want %d", names, n, want)
			}
			elapse(3 * time.Second)
		}
	})
}

// TestLeftBehind: who asks for streams and goes has no more of them begun at a time than who waits.
func TestLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil, func(o *hls.Options) { o.Engine, o.HeldPerAddress = slow{}, 2 })
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 2 {
			go s.send(from(ctx, "192.0.2.1:1000", fmt.Sprintf("/cam%d/index.m3u8", i)))
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		began := time.Now()
		refused(t, s.send(from(t.Context(), "192.0.2.1:1001", "/cam2/index.m3u8")), http.StatusServiceUnavailable)
		if took := time.Since(began); took != 0 {
			t.Errorf("it took %s", took)
		}
		refused(t, s.send(from(t.Context(), "192.0.2.2:1000", "/cam2/index.m3u8")), http.StatusGatewayTimeout) // another address
		synctest.Wait()
		refused(t, s.send(from(t.Context(), "192.0.2.1:1001", "/cam3/index.m3u8")), http.StatusGatewayTimeout) // when these are over
	})
}
