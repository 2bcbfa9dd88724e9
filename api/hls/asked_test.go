package hls_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/hls"
	"sluice/engine/fault"
)

// backed lets in who has a token if one is wanted, and then whomever the application that the address names lets in.
type backed struct {
	token string
	asked atomic.Int32
}

func (*backed) Asks() bool { return true }

func (b *backed) Authorise(_ context.Context, q auth.Request) (string, error) {
	said, err := url.ParseQuery(q.Query)
	switch {
	case q.Token != b.token:
		return "", fault.New(fault.Unauthorized, "", "who is it?")
	case err != nil || said.Get("appKey") != "shop" || said.Get("who") != "ann":
		return "", fault.New(fault.Forbidden, "", "the application does not allow it")
	}
	b.asked.Add(1)
	return "", nil
}

// TestApplicationsHearTheAddress: what an application is asked with when the stream is opened is in all addresses that follow, and it is
// asked with that again, though not for each segment.
func TestApplicationsHearTheAddress(t *testing.T) {
	for query, token := range map[string]string{
		"?who=ann&appKey=shop": "", "?appKey=shop&token=open-cam&who=ann": "open-cam", "?x=1&x=2&who=ann&appKey=shop&start=5": "",
	} {
		b := &backed{token: token}
		withQuery(t, query, func(t *testing.T, s *server, _ *speaker) {
			media := s.open("cam", query)
			s.get(media)
			before := b.asked.Load()
			list := addresses(s.get(media))
			for _, segment := range list {
				if strings.Contains(segment, "session=") {
					t.Error(segment)
				}
				if got := s.ask("GET", "/cam/"+segment).Header().Get("Cache-Control"); !strings.HasPrefix(got, "private") {
					t.Errorf("%s: %s", segment, got)
				}
			}
			if n := b.asked.Load() - before; n != 0 || len(list) == 0 {
				t.Errorf("%s: asked %d times more for %d segments", query, n, len(list))
			}
			time.Sleep(15 * time.Second) //nolint:forbidigo // it is the bubble's time
			s.get(media)
			if b.asked.Load() == before {
				t.Errorf("%s: not asked again", query)
			}
			if w := s.ask("GET", media+"&long="+strings.Repeat("x", 512)); w.Code != http.StatusBadRequest {
				t.Errorf("%s: parameters of half a kilobyte more: %d", query, w.Code)
			}
			for _, address := range []string{media, "/cam/" + list[0]} {
				if w := s.ask("GET", strings.Replace(address, "appKey=shop", "appKey=other", 1)); w.Code == http.StatusOK {
					t.Errorf("%s: the application is not heeded", address)
				}
			}
		}, func(o *hls.Options) { o.Auth = b })
	}
}
