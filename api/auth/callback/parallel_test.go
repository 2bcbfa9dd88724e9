package callback

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"

	"sluice/api/auth"
	"sluice/engine/fault"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestGuessingInParallel: who sends many guesses at once has those refused unseen that wait for their turn when the ones before
// them are found wrong, even the right one.
func TestGuessingInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, err := New(auth.HTTPConfig{URL: "http://backend.test/auth", Most: share}) // one at a time of each address
		if err != nil {
			t.Fatal(err)
		}
		free := make(chan struct{})
		j.client.Transport = transport(func(r *http.Request) (*http.Response, error) {
			<-free
			var m message
			if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
				return nil, err
			}
			code := http.StatusUnauthorized
			if m.Token == "right" {
				code = http.StatusOK
			}
			return &http.Response{StatusCode: code, Body: http.NoBody}, nil
		})
		static, err := auth.New(auth.Config{})
		if err != nil {
			t.Fatal(err)
		}
		chain := auth.NewChain(static, slog.New(slog.DiscardHandler), j)
		codes := make(chan fault.Code, 100)
		var wg sync.WaitGroup
		for i := range cap(codes) {
			token := "wrong"
			if i >= cap(codes)/2 {
				token = "right"
			}
			wg.Go(func() {
				_, err := chain.Authorise(t.Context(), auth.Request{Action: auth.Play, Stream: "a", Token: token, Remote: at("192.0.2.1")})
				codes <- fault.CodeOf(err)
			})
			synctest.Wait() // it waits in line
		}
		close(free)
		wg.Wait()
		close(codes)
		count := map[fault.Code]int{}
		for c := range codes {
			count[c]++
		}
		if count[""] != 0 || count[fault.Unauthorized] == 0 || count[fault.Overloaded] < cap(codes)/2 {
			t.Errorf("got %v", count)
		}
	})
}
