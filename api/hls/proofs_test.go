package hls_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/hls"
	"sluice/engine/fault"
)

// asked counts who is asked for.
type asked struct {
	*auth.Static
	times atomic.Int32
}

func (a *asked) Authorise(ctx context.Context, q auth.Request) (string, error) {
	a.times.Add(1)
	return a.Static.Authorise(ctx, q)
}

// TestProofs: what opened a stream is not looked at again with each segment, though their addresses do not tell who the viewer is; but
// soon after it was taken away nothing more can be had with it.
func TestProofs(t *testing.T) {
	a, plain := &asked{}, ""
	opened(t, func(t *testing.T, s *server, inner *auth.Static) {
		a.Static = inner
		for _, c := range []struct{ query, header string }{ // the last one has nothing in its addresses
			{"?token=open-cam", ""}, {"?key=open-cam", ""}, {"", "Authorization: Bearer open-cam"},
		} {
			var headers []string
			if c.header != "" {
				headers = []string{c.header}
			}
			media := "/cam/" + addresses(s.get("/cam/index.m3u8"+c.query, headers...))[0]
			segments := addresses(s.get(media, headers...))
			a.times.Store(0)
			for range 3 {
				for _, segment := range segments {
					s.get("/cam/"+segment, headers...)
				}
			}
			if n := a.times.Load(); n != 0 {
				t.Errorf("%+v was looked at %d times", c, n)
			}
			for _, wrong := range []string{"?token=open-other", "?token=", "?key=open-other", "?key=open-cam&more=1", ""} {
				bare, _, _ := strings.Cut(segments[0], "?")
				if w := s.ask("GET", "/cam/"+bare+wrong); w.Code == http.StatusOK {
					t.Errorf("%s opens it", wrong)
				}
			}
			if w := s.ask("GET", "/other/"+segments[0], headers...); w.Code == http.StatusOK {
				t.Errorf("%+v opens another stream", c)
			}
			time.Sleep(10 * time.Second) //nolint:forbidigo // it is the bubble's time
			plain = s.get(media, headers...)
			s.get("/cam/"+addresses(plain)[0], headers...)
			if a.times.Load() == 0 {
				t.Errorf("%+v was not looked at after ten seconds", c)
			}
		}
		segment := "/cam/" + addresses(plain)[0] + "?token=open-cam"
		s.get(segment)
		if err := inner.Set(auth.Config{Tokens: []auth.TokenConfig{{Name: "other", Token: "open-other", Play: []string{"other"}}}}); err != nil {
			t.Fatal(err)
		}
		s.get(segment)
		time.Sleep(10 * time.Second) //nolint:forbidigo // likewise
		if w := s.ask("GET", segment); w.Code != http.StatusUnauthorized {
			t.Errorf("when the token is no more: %d", w.Code)
		}
	}, func(o *hls.Options) {
		a.Static, _ = o.Auth.(*auth.Static)
		o.Auth = a
	})
}

// TestTokensShareAPlaylist: viewers with one token get the same playlist, packed, with it in all addresses.
func TestTokensShareAPlaylist(t *testing.T) {
	opened(t, func(t *testing.T, s *server, _ *auth.Static) {
		var first []byte
		for range 2 {
			w := s.ask("GET", s.open("cam", "?token=open-cam"), "Accept-Encoding: gzip")
			if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Fatalf("it comes with %v", w.Header())
			}
			if first == nil {
				first = w.Body.Bytes()
			}
			if !bytes.Equal(first, w.Body.Bytes()) {
				t.Error("each has one of his own")
			}
			r, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, address := range addresses(string(text)) {
				if !strings.HasSuffix(address, "?token=open-cam") {
					t.Errorf("it has %s", address)
				}
			}
		}
	})
}

// TestProofsOfNobody: of who shows nothing it is remembered, for as long, that he may watch one stream from where he is. Whatever his
// address has beside what is known here is looked at each time, as somebody may decide by it.
func TestProofsOfNobody(t *testing.T) {
	a := &asked{}
	a.Static, _ = auth.New(auth.Config{Anonymous: &auth.AnonymousConfig{Play: []string{"cam"}}})
	within(t, func(t *testing.T, s *server, _ *speaker) {
		media := s.open("cam", "")
		segments := addresses(s.get(media))
		ask := func(from, address string) int {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			r.RemoteAddr = from
			return s.send(r).Code
		}
		for _, c := range []struct {
			from, more string
			want       int32
		}{
			{"192.0.2.7:1000", "", 1}, {"192.0.2.7:2000", "", 0}, {"[2001:db8::1]:1000", "", 1}, {"[2001:db8::2]:1000", "", 1},
			{"192.0.2.7:1000", "?session=x", 0}, {"192.0.2.7:1000", "?other=x", 1}, {"192.0.2.7:1000", "?a=x&b=y", 1},
		} {
			a.times.Store(0)
			if code := ask(c.from, "/cam/"+segments[0]+c.more); code != http.StatusOK || min(1, a.times.Load()) != c.want {
				t.Errorf("%+v: %d, looked at %d times", c, code, a.times.Load())
			}
		}
		if err := a.Set(auth.Config{Anonymous: &auth.AnonymousConfig{}}); err != nil {
			t.Fatal(err)
		}
		if code := ask("192.0.2.7:1000", "/cam/"+segments[0]); code != http.StatusOK {
			t.Errorf("a moment after the right was taken away: %d", code)
		}
		time.Sleep(proof) //nolint:forbidigo // it is the bubble's time
		if code := ask("192.0.2.7:1000", "/cam/"+segments[0]); code != http.StatusForbidden {
			t.Errorf("when nobody may any more: %d", code)
		}
	}, func(o *hls.Options) { o.Auth = a })
}

// byAddress lets in whose address begins with 192.0.2.1.
type byAddress struct{ *auth.Static }

func (byAddress) Authorise(_ context.Context, q auth.Request) (string, error) {
	if strings.HasPrefix(q.Remote.String(), "192.0.2.1") {
		return "", nil
	}
	return "", fault.New(fault.Forbidden, "", "from elsewhere")
}

// TestSessionsOfNobodyStayWhereTheyAre: where the address is what lets in, the session of a viewer who shows nothing opens nothing elsewhere.
func TestSessionsOfNobodyStayWhereTheyAre(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		ask := func(at, address string) (int, string) {
			w := s.send(from(t.Context(), at, address))
			return w.Code, w.Body.String()
		}
		_, master := ask("192.0.2.1:1000", "/cam/index.m3u8")
		list := addresses(master)
		if len(list) != 1 || !strings.Contains(list[0], "session=") {
			t.Fatalf("%q", master)
		}
		media := "/cam/" + list[0]
		for _, c := range []struct {
			from string
			want int
		}{
			{"192.0.2.1:1000", http.StatusOK}, {"192.0.2.2:1000", http.StatusForbidden},
			{"192.0.2.1:2000", http.StatusOK}, {"192.0.2.2:1000", http.StatusForbidden}, {"192.0.2.12:1000", http.StatusOK},
		} {
			if code, text := ask(c.from, media); code != c.want {
				t.Errorf("%s: %d %s, want %d", c.from, code, text, c.want)
			}
		}
	}, func(o *hls.Options) {
		inner, _ := auth.New(auth.Config{})
		o.Auth = byAddress{inner}
	})
}
