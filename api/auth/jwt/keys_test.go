package jwt

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/auth"
)

// TestRotation: an issuer takes a new key, and its tokens are good at once; the old one's are no more when the set has been read again.
func TestRotation(t *testing.T) {
	p := makePairs(t)
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{keys: map[string]any{"old": &p.rsa.PublicKey}}
		j := judge(t, auth.JWTConfig{}, s)
		old, fresh := sign(t, "RS256", "old", p.rsa, claims()), sign(t, "ES256", "new", p.ec, claims())
		want := func(when, token string, reason auth.Reason, reads int) {
			t.Helper()
			if v := j.Judge(t.Context(), publish(token)); v.Reason != reason {
				t.Errorf("%s: got %+v, want %s", when, v, reason)
			}
			s.change(func(s *shelf) {
				if s.reads != reads {
					t.Errorf("%s: it was read %d times, want %d", when, s.reads, reads)
				}
			})
		}
		synctest.Wait()
		want("at first", old, auth.Granted, 1)
		want("just read", fresh, auth.UnknownSigner, 1)
		<-time.After(again)
		want("not there yet", fresh, auth.UnknownSigner, 2)
		s.change(func(s *shelf) { s.keys = map[string]any{"new": &p.ec.PublicKey} })
		for range 50 {
			want("guesses have nothing read", fresh, auth.UnknownSigner, 2)
		}
		want("until it is read again", old, auth.Granted, 2)
		<-time.After(again)
		want("rotated", fresh, auth.Granted, 3)
		want("gone", old, auth.UnknownSigner, 3)
	})
}

// TestDown: keys that were read are good for as long as there are no others; where none were, nobody gets in, and it is no guess.
func TestDown(t *testing.T) {
	p := makePairs(t)
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{keys: p.public(), down: true}
		j := judge(t, auth.JWTConfig{}, s)
		token := sign(t, "RS256", "r", p.rsa, claims())
		if v := j.Judge(t.Context(), publish(token)); v.Outcome != auth.Fail || v.Reason != auth.NoSigners {
			t.Errorf("at first: %+v", v)
		}
		s.change(func(s *shelf) { s.down = false })
		<-time.After(again + time.Second)
		synctest.Wait()
		if v := j.Judge(t.Context(), publish(token)); v.Outcome != auth.Allow {
			t.Errorf("up: %+v", v)
		}
		s.change(func(s *shelf) { s.down = true })
		<-time.After(50 * time.Minute)
		if v := j.Judge(t.Context(), publish(token)); v.Outcome != auth.Allow {
			t.Errorf("down again: %+v", v)
		}
		if v := j.Judge(t.Context(), publish(sign(t, "RS256", "x", p.rsa, claims()))); v.Reason != auth.UnknownSigner {
			t.Errorf("another: %+v", v)
		}
	})
}

// TestHangs: who issues keys hangs. Who shows a key that is known is not delayed; who shows another waits as long as he likes.
func TestHangs(t *testing.T) {
	p := makePairs(t)
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{keys: p.public()}
		j := judge(t, auth.JWTConfig{}, s)
		synctest.Wait()
		<-time.After(time.Minute)
		s.change(func(s *shelf) { s.hold = make(chan struct{}) })
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				began := time.Now()
				v := j.Judge(ctx, publish(sign(t, "RS256", "x", p.rsa, claims())))
				if v.Outcome != auth.Fail || v.Reason != auth.GaveUp || time.Since(began) != 3*time.Second {
					t.Errorf("got %+v after %s", v, time.Since(began))
				}
			})
		}
		synctest.Wait()
		began := time.Now()
		if v := j.Judge(t.Context(), publish(sign(t, "RS256", "r", p.rsa, claims()))); v.Outcome != auth.Allow || time.Since(began) != 0 {
			t.Errorf("got %+v after %s", v, time.Since(began))
		}
		wg.Wait()
	})
}

// TestCloseFrees: who waits for keys when they are closed is told.
func TestCloseFrees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{hold: make(chan struct{})}
		k := newKeys(s, time.Hour, quiet())
		done := make(chan error)
		go func() { _, err := k.of(t.Context(), "x", "RS256"); done <- err }()
		synctest.Wait()
		k.Close()
		if err := <-done; err == nil {
			t.Error("it found one")
		}
		if _, err := k.of(t.Context(), "x", "RS256"); err == nil {
			t.Error("it found one later")
		}
	})
}
