package hls_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/hls"
)

// opened is within for a server on which a token opens cam, and a user knows a password.
func opened(t *testing.T, test func(t *testing.T, s *server, a *auth.Static), change ...func(*hls.Options)) {
	t.Helper()
	a, err := auth.New(auth.Config{
		Tokens: []auth.TokenConfig{{Name: "viewer", Token: "open-cam", Play: []string{"cam"}}, {Name: "other", Token: "open-other", Play: []string{"other"}}},
		Users:  []auth.UserConfig{{Name: "ann", Password: auth.Hash("secret"), Play: []string{"**"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	change = append([]func(*hls.Options){func(o *hls.Options) { o.Auth = a }}, change...)
	withQuery(t, "?token=open-cam", func(t *testing.T, s *server, _ *speaker) { test(t, s, a) }, change...)
}

func TestTokens(t *testing.T) {
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		for query, want := range map[string]int{
			"": http.StatusUnauthorized, "?token=wrong": http.StatusUnauthorized, "?token=open-other": http.StatusForbidden,
			"?token=open-cam": http.StatusOK, "?key=open-cam": http.StatusOK, "?anything=open-cam": http.StatusOK, "?anything=wrong": http.StatusUnauthorized,
			"?appKey=open-cam&x=1": http.StatusOK, "?x=1&y=open-cam": http.StatusUnauthorized, "?session=open-cam": http.StatusUnauthorized,
		} {
			w := s.ask("GET", "/cam/index.m3u8"+query)
			if w.Code != want {
				t.Errorf("%s: %d %s, want %d", query, w.Code, w.Body, want)
			}
			if got := w.Header().Values("WWW-Authenticate"); (w.Code == http.StatusUnauthorized) != (len(got) == 2) {
				t.Errorf("%s: it is asked for %q", query, got)
			}
		}
	})
}

// TestTokensAreCarried: what opened the stream is in every address that a player is given, and is wanted there.
func TestTokensAreCarried(t *testing.T) {
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		media := s.open("cam", "?k%26y=open-cam&start=5")
		if !strings.Contains(media, "?k%26y=open-cam&session=") || !strings.HasSuffix(media, "&start=5") {
			t.Fatal(media)
		}
		if w := s.ask("GET", media); w.Header().Get("Cache-Control") != "private, no-cache" {
			t.Error(w.Header())
		}
		for _, segment := range addresses(s.get(media)) {
			if !strings.HasSuffix(segment, "?k%26y=open-cam") {
				t.Fatal(segment)
			}
			if w := s.ask("GET", "/cam/"+segment); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
				t.Errorf("%s: %d %v", segment, w.Code, w.Header())
			}
			bare, _, _ := strings.Cut(segment, "?")
			if w := s.ask("GET", "/cam/"+bare); w.Code != http.StatusUnauthorized {
				t.Errorf("without it: %d", w.Code)
			}
			if w := s.ask("GET", "/cam/"+strings.Replace(segment, "open-cam", "wrong", 1)); w.Code != http.StatusUnauthorized {
				t.Errorf("with another: %d", w.Code)
			}
		}
		bare, _, _ := strings.Cut(media, "?")
		if w := s.ask("GET", bare); w.Code != http.StatusUnauthorized {
			t.Errorf("playlist without it: %d", w.Code)
		}
	})
}

// TestHeaders: players that log in send what they know with every request, and nothing of it is in addresses.
func TestHeaders(t *testing.T) {
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		for _, header := range []string{"Authorization: Bearer open-cam", "Authorization: Basic YW5uOnNlY3JldA=="} {
			list := addresses(s.get("/cam/index.m3u8", header))
			text := s.get("/cam/"+list[0], header)
			if strings.Contains(list[0], "&") || strings.Contains(text, "?") {
				t.Errorf("%s: %s\n%s", header, list, text)
			}
			s.get("/cam/"+addresses(text)[0], header)
			if w := s.ask("GET", "/cam/"+list[0]); w.Code != http.StatusUnauthorized {
				t.Errorf("without it: %d", w.Code)
			}
		}
	})
}

// TestTokenTakenAway: who watches by a token that is no more sees nothing new after ten seconds.
func TestTokenTakenAway(t *testing.T) {
	opened(t, func(t *testing.T, s *server, a *auth.Static) {
		media := s.open("cam", "?token=open-cam")
		s.get(media)
		if err := a.Set(auth.Config{Tokens: []auth.TokenConfig{{Name: "other", Token: "open-other", Play: []string{"other"}}}}); err != nil {
			t.Fatal(err)
		}
		s.get(media)
		time.Sleep(10 * time.Second) //nolint:forbidigo // it is the bubble's time
		if w := s.ask("GET", media); w.Code != http.StatusUnauthorized {
			t.Errorf("later: %d", w.Code)
		}
	})
}

// judge knows one token, as whoever checks signed ones does.
type judge struct{ token string }

func (j judge) Judge(_ context.Context, q auth.Request) auth.Verdict {
	if q.Token != j.token {
		return auth.Verdict{}
	}
	return auth.Verdict{Outcome: auth.Allow, User: "viewer", Rule: auth.ByJWT, Reason: auth.Granted}
}

func (judge) Judges(a auth.Action) bool { return a == auth.Play }

func (judge) Passwords() bool { return false }

// TestKeysAreNoGuesses: a token that a page calls "key" is good each time, and is not first taken for a wrong publish key.
func TestKeysAreNoGuesses(t *testing.T) {
	a, err := auth.New(auth.Config{Tokens: []auth.TokenConfig{{Name: "ops", Token: "ops", Admin: true}}})
	if err != nil {
		t.Fatal(err)
	}
	chain := auth.NewChain(a, slog.New(slog.DiscardHandler), judge{"signed"})
	change := func(o *hls.Options) { o.Auth = chain }
	withQuery(t, "?key=signed", func(t *testing.T, s *server, _ *speaker) {
		began := time.Now()
		for range 12 {
			if w := s.ask("GET", "/cam/index.m3u8?key=signed"); w.Code != http.StatusOK {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		if took := time.Since(began); took != 0 { // by the clock of the test
			t.Errorf("the answers were held back for %s", took)
		}
		if w := s.ask("GET", "/cam/index.m3u8?key=wrong"); w.Code != http.StatusUnauthorized {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}, change)
}
