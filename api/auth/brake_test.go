package auth

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
)

func guess(ctx context.Context, s *Static, addr string) (time.Duration, fault.Code) {
	began := time.Now()
	_, err := s.Authorise(ctx, Request{Action: Play, Stream: "a", Token: "wrong", Remote: netip.MustParseAddr(addr)})
	return time.Since(began), fault.CodeOf(err)
}

func TestGuessingGetsSlower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := made(t, office())
		want := []time.Duration{0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 5000, 5000, 5000}
		for i, ms := range want {
			if got, code := guess(t.Context(), s, "192.0.2.1"); got != ms*time.Millisecond || code != fault.Unauthorized {
				t.Errorf("attempt %d took %s and was %s, want %d ms", i+1, got, code, ms)
			}
		}
		if got, _ := guess(t.Context(), s, "192.0.2.2"); got != 0 {
			t.Errorf("another address waited %s", got)
		}
		if got, _ := guess(t.Context(), s, "::ffff:192.0.2.1"); got != 5*time.Second {
			t.Errorf("the same address in another form waited %s", got)
		}
		// Who knows the token is let in at once, from whatever address, and may fail all the same.
		began := time.Now()
		_, err := s.Authorise(t.Context(), Request{Action: Publish, Stream: "live/a", Token: "t0ken", Remote: netip.MustParseAddr("192.0.2.1")})
		if err != nil || time.Since(began) != 0 {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		<-time.After(10 * time.Minute)
		if got, _ := guess(t.Context(), s, "192.0.2.1"); got != 0 {
			t.Errorf("after ten minutes it still takes %s", got)
		}
	})
}

// To come without a word is no guess, and neither is to ask for what is not granted.
func TestOnlyWrongCredentialsCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := made(t, office())
		at := netip.MustParseAddr("192.0.2.1")
		for range 20 {
			s.Authorise(t.Context(), Request{Action: Publish, Stream: "a", Remote: at})
			s.Authorise(t.Context(), Request{Action: Publish, Stream: "a", Token: "t0ken", Remote: at})
		}
		if got, _ := guess(t.Context(), s, "192.0.2.1"); got != 0 {
			t.Errorf("the first guess took %s", got)
		}
	})
}

func TestGuessingInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := made(t, office())
		for range maxFailures {
			guess(t.Context(), s, "2001:db8::1")
		}
		codes := make(chan fault.Code, 100)
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				_, code := guess(t.Context(), s, fmt.Sprintf("2001:db8::%x", i+1)) // one /64: one guesser
				codes <- code
			})
		}
		wg.Wait()
		close(codes)
		count := map[fault.Code]int{}
		for c := range codes {
			count[c]++
		}
		if count[fault.Unauthorized] != maxWaiting || count[fault.Overloaded] != 100-maxWaiting {
			t.Errorf("got %v", count)
		}
		// Meanwhile it is refused unseen, right or wrong.
		ctx, cancel := context.WithCancel(t.Context())
		for range maxWaiting {
			wg.Go(func() { guess(ctx, s, "2001:db8::1") })
		}
		synctest.Wait()
		_, err := s.Authorise(t.Context(), Request{Action: Publish, Stream: "live/a", Token: "t0ken", Remote: netip.MustParseAddr("2001:db8::9")})
		if fault.CodeOf(err) != fault.Overloaded {
			t.Errorf("got %v", err)
		}
		if got, _ := guess(t.Context(), s, "2001:db8:0:1::1"); got != 0 {
			t.Errorf("the next /64 waited %s", got)
		}
		cancel()
		wg.Wait()
		if s.brake.held != 0 {
			t.Errorf("%d answers are still held back", s.brake.held)
		}
		// Who hangs up has not waited, and cannot guess anew before his answers would have been told.
		if _, code := guess(t.Context(), s, "2001:db8::1"); code != fault.Overloaded {
			t.Errorf("who hung up was %s", code)
		}
		<-time.After(maxDelay)
		if _, code := guess(t.Context(), s, "2001:db8::1"); code != fault.Unauthorized {
			t.Errorf("who waited was %s", code)
		}
	})
}

// Passwords wait for their turn to be checked. The right one among many that came at once is refused, too, when those before it were
// wrong.
func TestGuessingPasswordsInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := made(t, office())
		s.slots = make(chan struct{}, 1)
		s.slots <- struct{}{} // all come before the first is checked
		codes := make(chan fault.Code, 100)
		var wg sync.WaitGroup
		for i := range cap(codes) {
			password := "wrong"
			if i >= cap(codes)/2 {
				password = "password" // the right one
			}
			wg.Go(func() {
				q := Request{Action: Play, Stream: "a", User: "bob", Password: password, Remote: netip.MustParseAddr("192.0.2.1")}
				_, err := s.Authorise(t.Context(), q)
				codes <- fault.CodeOf(err)
			})
			synctest.Wait() // it waits in line
		}
		<-s.slots
		wg.Wait()
		close(codes)
		count := map[fault.Code]int{}
		for c := range codes {
			count[c]++
		}
		const told = freeFailures + maxWaiting
		if count[fault.Unauthorized] != told || count[fault.Overloaded] != 100-told {
			t.Errorf("got %v", count)
		}
	})
}

func TestBrakeIsBounded(t *testing.T) {
	b := NewBrake()
	now := time.Now()
	first := netip.AddrFrom4([4]byte{1, 2, 3, 4})
	for range maxFailures {
		b.count(first, now)
	}
	for i := range maxAddresses + 100 {
		b.count(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(b.of) != maxAddresses || b.records.Len() != maxAddresses {
		t.Errorf("%d and %d addresses are remembered", len(b.of), b.records.Len())
	}
	if b.of[first] != nil {
		t.Error("the one that failed longest ago is remembered")
	}
	// Guessers from everywhere do not hold more than so many answers back.
	b = NewBrake()
	refused := 0
	for i := range maxHeld {
		a := netip.AddrFrom4([4]byte{11, 0, byte(i >> 8), byte(i)})
		for range freeFailures + 2 {
			if r, delay := b.count(a, now); delay > 0 && r == nil {
				refused++
			}
		}
	}
	if b.held != maxHeld || refused != maxHeld {
		t.Errorf("%d are held back and %d refused", b.held, refused)
	}
	if err := b.Fail(t.Context(), netip.AddrFrom4([4]byte{11, 0, 0, 0})); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("got %v", err)
	}
}
