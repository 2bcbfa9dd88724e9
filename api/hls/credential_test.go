package hls_test

import (
	"net/http"
	"strings"
	"testing"

	"sluice/api/auth"
)

// TestWhatOpened: of a token and a header it is what was looked at that opens the stream, is in the addresses that follow, and is asked for
// again. The other one opens nothing, neither before nor soon after both were there.
func TestWhatOpened(t *testing.T) {
	const (
		foreign = "Authorization: Basic Z2FyYmFnZTp4" // garbage:x, whom nobody knows
		other   = "Authorization: Negotiate abcdef"   // to a proxy, say
		bearer  = "Authorization: Bearer open-cam"
	)
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		for _, c := range []struct{ query, header, carried string }{
			{"?token=open-cam", foreign, "?token=open-cam"},
			{"?token=open-cam", other, "?token=open-cam"},
			{"?key=open-cam", other, "?key=open-cam"},
			{"?token=wrong", bearer, ""},
			{"?key=wrong", bearer, ""},
		} {
			list := addresses(s.get("/cam/index.m3u8"+c.query, c.header))
			if c.carried != "" && !strings.HasPrefix(list[0][strings.Index(list[0], "?"):], c.carried+"&session=") ||
				c.carried == "" && strings.Contains(list[0], "&") {
				t.Fatalf("%+v: %q", c, list)
			}
			media := "/cam/" + list[0]
			text := s.get(media, c.header)
			if got := s.ask("GET", media, c.header).Header().Get("Cache-Control"); got != "private, no-cache" {
				t.Errorf("%+v: %s", c, got)
			}
			segment := "/cam/" + addresses(text)[0]
			s.get(segment, c.header)
			for _, address := range []string{media, segment} {
				with, without := []string(nil), []string{c.header}
				bare := strings.Replace(strings.Replace(address, strings.TrimPrefix(c.carried, "?"), "", 1), "?&", "?", 1)
				if c.carried == "" {
					with, without = without, with
					bare += "&" + c.query[1:]
					if !strings.Contains(address, "?") {
						bare = address + c.query
					}
				}
				s.get(address, with...)
				if w := s.ask("GET", bare, without...); w.Code != http.StatusUnauthorized {
					t.Errorf("%+v: %s with %q: %d", c, bare, without, w.Code)
				}
			}
		}
	})
}

// TestLetInOtherwise: a viewer who was let in by nothing and then shows a token is not let in by nothing for that.
func TestLetInOtherwise(t *testing.T) {
	opened(t, func(t *testing.T, s *server, a *auth.Static) {
		tokens := auth.Config{Tokens: []auth.TokenConfig{{Name: "viewer", Token: "open-cam", Play: []string{"cam"}}}}
		anybody := tokens
		anybody.Anonymous = &auth.AnonymousConfig{Play: []string{"**"}}
		if err := a.Set(anybody); err != nil {
			t.Fatal(err)
		}
		media := s.open("cam", "")
		s.get(media)
		s.get(media + "&key=open-cam") // which nobody looks at
		if err := a.Set(tokens); err != nil {
			t.Fatal(err)
		}
		elapse(proof)
		s.get(media + "&key=open-cam")
		if w := s.ask("GET", media); w.Code != http.StatusUnauthorized {
			t.Errorf("without it: %d", w.Code)
		}
	})
}

// TestLongHeader: a header that is longer than any token is not looked at; one that nobody here would look at may be as long as it likes.
func TestLongHeader(t *testing.T) {
	long := func(scheme string, n int) string {
		return "Authorization: " + scheme + strings.Repeat("x", n-len(scheme))
	}
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		media := s.open("cam", "?token=open-cam")
		segment := "/cam/" + addresses(s.get(media))[0]
		for _, address := range []string{"/cam/index.m3u8", media, segment, segment + "&_HLS_msn=0"} {
			bare, _, _ := strings.Cut(address, "?")
			for header, want := range map[string]int{
				long("Bearer ", 8192): http.StatusUnauthorized, long("Bearer ", 8193): http.StatusRequestHeaderFieldsTooLarge,
				long("Negotiate ", 60_000): http.StatusUnauthorized,
			} {
				if w := s.ask("GET", bare, header); w.Code != want || strings.Count(w.Body.String(), "\n") != 1 {
					t.Errorf("%s, %.30s: %d %.100q, want %d", bare, header, w.Code, w.Body, want)
				}
			}
			if address != "/cam/index.m3u8" {
				s.get(address, long("Negotiate ", 60_000))
			}
		}
		want := "the header Authorization of 8193 bytes is too long: at most 8192\n"
		if w := s.ask("GET", "/cam/index.m3u8", long("Bearer ", 8193)); w.Body.String() != want {
			t.Errorf("it says %q, want %q", w.Body, want)
		}
	})
	within(t, func(_ *testing.T, s *server, _ *speaker) {
		s.get(s.open("cam", ""), long("Bearer ", 60_000))
	})
}
