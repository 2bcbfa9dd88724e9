package sip_test

import (
	"testing"

	"time"

	"sluice/api/calls"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
)

// TestForks: a registrar has two telephones of a user ring at once (RFC 3261 16.7). One answers, and the other one is cancelled.
func TestForks(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	o := siptest.PhoneOptions{Account: r.Account("1002"), Voice: siptest.Voice{Hz: 440}, Manual: true}
	one := siptest.StartBaresip(t, o)
	o.Voice.Hz = 660
	other := siptest.StartBaresip(t, o)
	r.AwaitContacts("1002", 2)
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	for _, tc := range []struct {
		answers, silent *siptest.Baresip
		hz              float64
	}{{one, other, 440}, {other, one, 660}} {
		watch := newEar()
		c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
		if err != nil {
			t.Fatal(err)
		}
		one.AwaitRing()
		other.AwaitRing()
		watch.is(t, calls.Ringing)
		tc.answers.Answer()
		watch.is(t, calls.Established)
		s.echo(c)
		tc.answers.AwaitCall()
		tc.silent.AwaitEnd()
		siptest.AwaitTone(t, tc.answers, tc.hz)
		hangup(t, c)
		watch.is(t, calls.Ended)
		tc.answers.AwaitEnd()
	}
}

// TestForkThatWasHeard: of two far ends one is heard before anybody answers, and the other one answers: the call is with that, and so is its
// media.
func TestForkThatWasHeard(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	phone := siptest.StartBaresip(t, siptest.PhoneOptions{Account: r.Account("1002"), Voice: siptest.Voice{Hz: 440}, Manual: true})
	place := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(2, "register"), To: r.Address, Accounts: []siptest.Account{r.Account("1002")},
	})
	place.Wait()
	heard := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(2, "cancelled"), Words: map[string]string{"heard": "yes"}, Port: place.Port(),
	})
	r.AwaitContacts("1002", 2)
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	watch := newEar()
	c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
	if err != nil {
		t.Fatal(err)
	}
	watch.is(t, calls.Early)
	phone.AwaitRing()
	phone.Answer()
	watch.is(t, calls.Established)
	s.echo(c)
	heard.Wait()
	phone.AwaitCall()
	siptest.AwaitTone(t, phone, 440)
	hangup(t, c)
	watch.is(t, calls.Ended)
	phone.AwaitEnd()
}

// page owns a line that is called, and watches each call in a place of its own.
type page struct {
	*ear
	calls chan calls.Call
}

func (p page) Incoming(c calls.Call) calls.Watcher {
	p.calls <- c
	return p.ear
}

// page opens a line of an account, and waits until it is registered.
func (s *server) page(a calls.Account) page {
	s.Helper()
	p := page{newEar(), make(chan calls.Call, 1)}
	if _, err := s.door.Lines().Open(s.Context(), a, p); err != nil {
		s.Fatal(err)
	}
	for {
		select {
		case r := <-p.registered:
			if r.State == calls.Registered {
				return p
			}
			if r.State == calls.RegistrationFailed {
				s.Fatalf("%+v", r)
			}
		case <-time.After(enginetest.Patience):
			s.Fatal("it is not registered")
		}
	}
}

// TestForksToPages: two pages have the same account, and a port in common. A registrar has both ring at once: they are two who are called,
// though the request is the same. One answers, and the other one hears that somebody did.
func TestForksToPages(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	s := serve(t)
	first, second := s.page(account(r, "1002")), s.page(account(r, "1002"))
	r.AwaitContacts("1002", 2)
	line, _ := s.open(account(r, "1001"))
	for _, tc := range []struct{ answers, silent page }{{first, second}, {second, first}} {
		watch := newEar()
		c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
		if err != nil {
			t.Fatal(err)
		}
		rings := enginetest.Await(t, "a call", tc.answers.calls)
		other := enginetest.Await(t, "the call of the other page", tc.silent.calls)
		for _, one := range []calls.Call{rings, other} {
			if err := one.Ring(false); err != nil {
				t.Error(err)
			}
		}
		watch.is(t, calls.Ringing)
		if err := rings.Answer(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		watch.is(t, calls.Established)
		tc.answers.is(t, calls.Established)
		if end := tc.silent.is(t, calls.Ended); end.Code != 200 || end.Reason != "Call completed elsewhere" {
			t.Errorf("the page that did not answer is told %d %s", end.Code, end.Reason)
		}
		hangup(t, c)
		watch.is(t, calls.Ended)
		tc.answers.is(t, calls.Ended)
	}
}
