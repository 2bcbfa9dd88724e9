package sip_test

import (
	"testing"

	"sluice/api/calls"
	"sluice/api/sip/siptest"
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
