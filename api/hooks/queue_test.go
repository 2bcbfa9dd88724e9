package hooks_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/hooks"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// TestOrder: what one session asks and tells comes in its order, whatever others do at the same time.
func TestOrder(t *testing.T) {
	const sessions, each = 40, 30
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h", Fail: []string{"publishStream"}}}, Calls: 8})
	var all sync.WaitGroup
	for n := range sessions {
		all.Go(func() {
			s, _ := h.Of("a", nil)
			for i := range each {
				body := object(t, fmt.Sprintf(`{"session":%d,"i":%d}`, n, i))
				if i%7 == 3 {
					if _, err := s.Ask(t.Context(), "publishStream", body); err != nil {
						t.Error(err)
					}
					continue
				}
				s.Tell("StreamEvent", body)
			}
		})
	}
	next := map[float64]float64{}
	for range sessions * each {
		a := b.hears(t)
		n, i := a.Body["session"].(float64), a.Body["i"].(float64)
		if next[n] != i {
			t.Fatalf("session %v tells %v and not %v", n, i, next[n])
		}
		next[n]++
	}
	all.Wait()
}

// TestAgain: what could not be told is told again, later, with the same delivery; after it what follows.
func TestAgain(t *testing.T) {
	b := newBack(t)
	clock := enginetest.NewClock()
	var calls atomic.Int32
	b.answers("/h/StreamStatusEvent", func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Clock: clock})
	s := session(t, h, b, "")
	s.Tell("StreamStatusEvent", object(t, `{}`))
	s.Tell("StreamEvent", object(t, `{}`))
	var delivery []string
	for i := range 3 {
		if i > 0 {
			clock.AwaitAlarms(1)
			clock.Advance(time.Minute)
		}
		a := b.hears(t)
		if a.Path != "/h/StreamStatusEvent" {
			t.Fatalf("%s comes", a.Path)
		}
		delivery = append(delivery, a.Header.Get(hooks.DeliveryHeader))
	}
	if a := b.hears(t); a.Path != "/h/StreamEvent" || a.Header.Get(hooks.DeliveryHeader) == delivery[0] {
		t.Errorf("%s %s", a.Path, a.Header.Get(hooks.DeliveryHeader))
	}
	if delivery[0] == "" || delivery[0] != delivery[1] || delivery[0] != delivery[2] {
		t.Errorf("%v", delivery)
	}
}

// TestNotAgain: who refuses is not told again, and gives the client a warning if it wants that.
func TestNotAgain(t *testing.T) {
	b := newBack(t)
	b.answers("/h/StreamStatusEvent", says(403, ""))
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h", Fail: []string{"StreamStatusEvent"}}}})
	failed := make(chan string, 1)
	s, _ := h.Of("a", func(method string, err error) { failed <- fmt.Sprint(method, errors.Is(err, fault.Forbidden)) })
	s.Tell("StreamStatusEvent", object(t, `{}`))
	s.Tell("StreamEvent", object(t, `{}`))
	if got := enginetest.Await(t, "the failure", failed); got != "StreamStatusEventtrue" {
		t.Error(got)
	}
	if a, c := b.hears(t), b.hears(t); a.Path != "/h/StreamStatusEvent" || c.Path != "/h/StreamEvent" {
		t.Errorf("%s, then %s", a.Path, c.Path)
	}
}

// TestWaitingComesFirst: who waits for an answer is not kept by what could not be told before, and would be told again.
func TestWaitingComesFirst(t *testing.T) {
	b := newBack(t)
	clock := enginetest.NewClock() // which stands still
	b.answers("/h/StreamStatusEvent", says(503, ""))
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h", Fail: []string{"publishStream"}}}, Clock: clock})
	s := session(t, h, b, "")
	s.Tell("StreamStatusEvent", object(t, `{}`))
	clock.AwaitAlarms(1)
	if _, err := s.Ask(t.Context(), "publishStream", object(t, `{}`)); err != nil {
		t.Error(err)
	}
	if a, c := b.hears(t), b.hears(t); a.Path != "/h/StreamStatusEvent" || c.Path != "/h/publishStream" {
		t.Errorf("%s, then %s", a.Path, c.Path)
	}
}

// TestDropped: a back end that hangs costs a bounded memory: the oldest events are not told, and counted.
func TestDropped(t *testing.T) {
	const queue, many = 50, 5000
	b := newBack(t)
	let := make(chan struct{})
	b.answers("", func(http.ResponseWriter, *http.Request) { <-let })
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Queue: queue, Calls: 4, Timeout: patience})
	s := session(t, h, b, "")
	s.Tell("StreamEvent", object(t, `{"i":-1}`))
	b.hears(t) // and hangs
	for i := range many {
		s.Tell("StreamEvent", object(t, fmt.Sprintf(`{"i":%d}`, i)))
	}
	if c := h.Counts()[0]; c.Dropped != many-queue || c.Waiting != queue || c.Calling != 1 {
		t.Errorf("%+v", c)
	}
	close(let)
	for i := range queue {
		if a := b.hears(t); a.Body["i"] != float64(many-queue+i) {
			t.Fatalf("%s is told", a.Raw)
		}
	}
}

// TestDroppedBytes: likewise if few events hold much.
func TestDroppedBytes(t *testing.T) {
	b := newBack(t)
	b.answers("", hangs(t))
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Bytes: 1000, Timeout: patience})
	s := session(t, h, b, "")
	s.Tell("StreamEvent", object(t, `{}`))
	b.hears(t)
	for range 20 {
		s.Tell("StreamEvent", object(t, fmt.Sprintf(`{"x":"%0192d"}`, 1))) // 200 bytes
	}
	if c := h.Counts()[0]; c.Waiting != 5 || c.Dropped != 15 {
		t.Errorf("%+v", c)
	}
}

// TestOthersAreNotDelayed: while one back end hangs with all that its application may ask it, that of another is asked at once, and even
// the one that hangs is asked by who waits, although events fill what is not kept for these.
func TestOthersAreNotDelayed(t *testing.T) {
	bad, good := newBack(t), newBack(t)
	bad.answers("/h/StreamEvent", hangs(t))
	h := newHooks(t, hooks.Options{Apps: found{
		"bad": {Key: "bad", URL: bad.URL + "/h"}, "a": {Key: "a", URL: good.URL + "/h"},
	}, Calls: 8, Timeout: patience})
	for range 100 {
		s, _ := h.Of("bad", nil)
		s.Tell("StreamEvent", object(t, `{}`))
	}
	for range 6 { // three quarters of 8
		bad.hears(t)
	}
	for range 20 {
		for _, app := range []string{"a", "bad"} {
			s, _ := h.Of(app, nil)
			if _, err := s.Connect(t.Context(), object(t, `{}`)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(bad.heard) != 20 {
		t.Errorf("the one that hangs was told more: %d", len(bad.heard))
	}
}

// TestTooMuchOfOne: one client has so much waited for and no more.
func TestTooMuchOfOne(t *testing.T) {
	b := newBack(t)
	b.answers("/h/OnDataEvent", hangs(t))
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Timeout: patience})
	s := session(t, h, b, "")
	const many = 200
	done := make(chan error, many)
	for range many {
		s.Pass("OnDataEvent", object(t, `{}`), func(err error) { done <- err })
	}
	for range many - 70 {
		if err := enginetest.Await(t, "the end of it", done); !errors.Is(err, fault.Overloaded) {
			t.Fatal(err)
		}
	}
}

// TestCounts: each outcome is counted as what it is.
func TestCounts(t *testing.T) {
	b := newBack(t)
	for _, c := range []struct {
		how   http.HandlerFunc
		limit time.Duration
		want  hooks.Counts
	}{
		{says(200, "{}"), patience, hooks.Counts{App: "a", Done: 1}},
		{says(404, ""), patience, hooks.Counts{App: "a", Refused: 1}},
		{says(500, ""), patience, hooks.Counts{App: "a", Failed: 1}},
		{hangs(t), 50 * time.Millisecond, hooks.Counts{App: "a", Late: 1}},
	} {
		h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Timeout: c.limit})
		b.answers("/h/connect", c.how)
		s, _ := h.Of("a", nil)
		_, _ = s.Connect(t.Context(), object(t, `{}`))
		h.Close(t.Context()) // so that nothing is under way
		if got := h.Counts(); len(got) != 1 || got[0] != c.want {
			t.Errorf("%+v, not %+v", got, c.want)
		}
	}
}

// TestTooMuchInBytes: what is waited for by all clients of one application is bounded in bytes, too; who is refused hears so at once.
func TestTooMuchInBytes(t *testing.T) {
	b := newBack(t)
	b.answers("/h/OnDataEvent", hangs(t))
	const most, each = 10_000, 3000
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Timeout: patience, Bytes: most, Calls: 1})
	body := object(t, fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", each)))
	const many = 8
	done := make(chan error, many)
	for range many {
		s := session(t, h, b, "")
		s.Pass("OnDataEvent", body, func(err error) { done <- err })
	}
	for range many - 4 { // one is asked, three wait
		if err := enginetest.Await(t, "the end of it", done); !errors.Is(err, fault.Overloaded) {
			t.Error(err)
		}
	}
}
