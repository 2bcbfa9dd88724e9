package sip_test

import (
	"testing"

	"sluice/api/calls"
	"sluice/api/sip"
	"sluice/api/sip/sdp"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
)

// linphones starts telephones that answer, each with a tone of its own.
func linphones(t *testing.T, r *siptest.Registrar, secure bool, users map[string]float64) map[string]*siptest.Linphone {
	t.Helper()
	all := map[string]*siptest.Linphone{}
	for user, hz := range users {
		all[user] = siptest.StartLinphone(t, siptest.PhoneOptions{
			Account: r.Account(user), Codecs: []siptest.Codec{siptest.PCMU}, Voice: siptest.Voice{Hz: hz}, SRTP: secure,
		})
		r.AwaitContacts(user, 1)
	}
	return all
}

// TestFarEndHandsUsOver: a telephone in a call with us has a third one take its place there (INVITE with Replaces, RFC 3891). Nothing ends
// and nothing rings: the graph of the call goes on with the third one, who has keys of his own where it is encrypted.
func TestFarEndHandsUsOver(t *testing.T) {
	for name, security := range map[string]sdp.Security{"plain": sdp.Plain, "encrypted": sdp.SDES} {
		t.Run(name, func(t *testing.T) { handsOver(t, security) })
	}
}

func handsOver(t *testing.T, security sdp.Security) {
	t.Helper()
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	phones := linphones(t, r, security != sdp.Plain, map[string]float64{"1002": 440, "1003": 660})
	s := serve(t, func(o *sip.Options) { o.Security = security })
	line, _ := s.open(account(r, "1001"))
	watch := newEar()
	c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
	if err != nil {
		t.Fatal(err)
	}
	watch.is(t, calls.Established)
	s.echo(c)
	siptest.AwaitTone(t, phones["1002"], 440)
	phones["1002"].AwaitCall()
	phones["1002"].Hold()
	phones["1002"].AwaitHold()
	phones["1002"].Dial(r.Account("1003").URI())
	phones["1002"].AwaitCall()
	phones["1003"].AwaitCall()
	phones["1002"].Join(2, 1)
	phones["1003"].AwaitCall()
	siptest.AwaitTone(t, phones["1003"], 660)
	phones["1002"].AwaitEnd()
	if a := c.About(); a.State != calls.Established {
		t.Errorf("%+v", a)
	}
	hangup(t, c)
	watch.is(t, calls.Ended)
}

// TestWeHandOver joins the far ends of two calls of a line: they talk to each other, and neither to us.
func TestWeHandOver(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	phones := linphones(t, r, false, map[string]float64{"1002": 440, "1003": 660})
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	var both []calls.Call
	var watches []*ear
	for user := range phones {
		watch := newEar()
		c, err := line.Call(t.Context(), calls.Outgoing{To: user, Audio: true}, watch)
		if err != nil {
			t.Fatal(err)
		}
		watch.is(t, calls.Established)
		s.echo(c)
		both, watches = append(both, c), append(watches, watch)
	}
	if err := both[0].Attend(t.Context(), both[1]); err != nil {
		t.Fatal(err)
	}
	for code := 0; code != 200; {
		if code = enginetest.Await(t, "the transfer", watches[0].moved); code >= 300 {
			t.Fatalf("the transfer failed: %d", code)
		}
	}
	for _, w := range watches {
		w.is(t, calls.Ended)
	}
	siptest.AwaitTone(t, phones["1002"], 660)
	siptest.AwaitTone(t, phones["1003"], 440)
}
