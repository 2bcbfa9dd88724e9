package hub

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

var oneTrack = media.Description{Tracks: []media.Track{media.NewTrack(media.VP8)}}

// A claimed name is nobody else's, until it is published and ended, or released.
func TestClaim(t *testing.T) {
	h := New(Options{})
	defer h.Close()
	c, err := h.Claim("cam")
	if err != nil || h.Free("cam") {
		t.Fatalf("%v, and the name is free: %v", err, h.Free("cam"))
	}
	refused := func(what string) {
		t.Helper()
		_, err := h.Claim("cam")
		wantCode(t, what+": another claim", err, fault.NameInUse)
		_, err = h.Publish(t.Context(), "cam", oneTrack, PublishOptions{})
		wantCode(t, what+": a publisher", err, fault.NameInUse)
	}
	refused("claimed")
	if h.Has("cam") {
		t.Error("a claim is no publication")
	}
	p, err := h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Claim: c})
	if err != nil {
		t.Fatal(err)
	}
	refused("published")
	c.Release() // there is nothing left to give up
	refused("published, and released too late")
	p.Close(nil)
	if !h.Free("cam") {
		t.Error("the claim outlives its publication")
	}
	other, err := h.Claim("cam")
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
	refused("claimed by another")
	other.Release()
	other.Release()
	if len(h.streams) > 0 {
		t.Errorf("%d names are kept", len(h.streams))
	}
	(*Claim)(nil).Release()
}

// Who replaces cares for no claim; who has one finds out when he publishes.
func TestClaimThatIsReplaced(t *testing.T) {
	h := New(Options{})
	defer h.Close()
	c, err := h.Claim("cam")
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Policy: Replace})
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Claim: c})
	wantCode(t, "who claimed it", err, fault.NameInUse)
	p.Close(nil)
	if _, err = h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Claim: c}); err != nil {
		t.Errorf("the name is his again, and he gets %v", err)
	}
}

// What yields may be claimed, and goes on until the claim is published.
func TestClaimOfWhatYields(t *testing.T) {
	h := New(Options{})
	defer h.Close()
	p, err := h.Publish(t.Context(), "cam", oneTrack, PublishOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p.Yield(true)
	c, err := h.Claim("cam")
	if err != nil || !h.Has("cam") {
		t.Fatal(err)
	}
	if _, err = h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Claim: c}); err != nil {
		t.Fatal(err)
	}
}

// Who queues behind a claim gets the name when it is released.
func TestQueueBehindAClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		c, err := h.Claim("cam")
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan error, 1)
		go func() {
			_, err := h.Publish(context.Background(), "cam", oneTrack, PublishOptions{Policy: Queue})
			got <- err
		}()
		synctest.Wait()
		if len(got) > 0 {
			t.Fatal("he did not wait")
		}
		c.Release()
		if err := <-got; err != nil || !h.Has("cam") {
			t.Errorf("when it was released he got %v", err)
		}
	})
}

// Of many who claim at once, one gets the name.
func TestClaimsAtOnce(t *testing.T) {
	h := New(Options{})
	defer h.Close()
	var won atomic.Int32
	var all sync.WaitGroup
	gate := make(chan struct{})
	for range 50 {
		all.Go(func() {
			<-gate
			if _, err := h.Claim("cam"); err == nil {
				won.Add(1)
			}
		})
	}
	close(gate)
	all.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d have the name", n)
	}
}

func TestClaimsOfBadNames(t *testing.T) {
	h := New(Options{})
	defer h.Close()
	for _, name := range []string{"", "a//b", "a\x1b[31m", "../a", "a/..", strings.Repeat("a", MaxName+1)} {
		_, err := h.Claim(name)
		wantCode(t, name, err, fault.InvalidRequest)
	}
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// Who has been silent for too long loses his name to whoever comes, with his readers; one who has not begun, or says that he may be
// silent, does not.
func TestSilent(t *testing.T) {
	for _, row := range []struct {
		name    string
		allowed time.Duration
		begun   bool
		since   time.Duration
		taken   bool
	}{
		{"just heard", 2 * time.Second, true, time.Second, false},
		{"silent", 2 * time.Second, true, 3 * time.Second, true},
		{"not begun", 2 * time.Second, false, time.Minute, false},
		{"allowed", 0, true, time.Hour, false},
	} {
		clock := enginetest.NewClock()
		h := New(Options{Clock: clock})
		first, err := h.Publish(t.Context(), "cam", oneTrack, PublishOptions{Silence: row.allowed})
		if err != nil {
			t.Fatal(err)
		}
		if row.begun {
			if err := first.Write(0, vp8Packets(true, 1, 1)); err != nil {
				t.Fatal(err)
			}
		}
		r := join(t, h, "cam", media.Everything(), newSink(), ReadOptions{})
		clock.Advance(row.since)
		if h.Free("cam") != row.taken {
			t.Errorf("%s: free: %v", row.name, !row.taken)
		}
		second, err := h.Publish(t.Context(), "cam", oneTrack, PublishOptions{})
		if !row.taken {
			wantCode(t, row.name, err, fault.NameInUse)
		} else if err != nil {
			t.Errorf("%s: %v", row.name, err)
		} else if info, _ := h.Stream("cam"); info.Readers != 1 || info.Publication != second.id {
			t.Errorf("%s: %+v", row.name, info)
		}
		r.Close()
		h.Close()
	}
}
