package sip_test

import (
	"testing"

	"sluice/api/calls"
	"sluice/api/sip/leg"
	"sluice/api/sip/siptest"
)

// TestQuiet: what nobody gives is filled in with silence, which telephones take for a call that goes on, and hear as nothing.
func TestQuiet(t *testing.T) {
	linphone := func(o siptest.PhoneOptions) phone { return siptest.StartLinphone(t, o) }
	baresip := func(o siptest.PhoneOptions) phone { return siptest.StartBaresip(t, o) }
	for codec, start := range map[siptest.Codec]func(siptest.PhoneOptions) phone{
		siptest.PCMU: baresip, siptest.G722: baresip, siptest.Opus: baresip,
		siptest.G729: linphone, siptest.Speex8: linphone, siptest.Speex16: linphone,
	} {
		t.Run(string(codec), func(t *testing.T) {
			r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
			s := serve(t)
			line, _ := s.open(account(r, "1001"))
			p := start(siptest.PhoneOptions{Account: r.Account("1002"), Codecs: []siptest.Codec{codec}, Voice: siptest.Voice{Hz: 440}})
			r.AwaitContacts("1002", 1)
			watch := newEar()
			c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
			if err != nil {
				t.Fatal(err)
			}
			watch.is(t, calls.Established)
			p.AwaitCall()
			siptest.AwaitQuiet(t, p)
			if n := c.Media().(*leg.Leg).Counts().Out.Packets; n < 50 { //nolint:forcetypeassert // lines have no other media
				t.Errorf("only %d packets were sent to it", n)
			}
			if err := c.Hangup(t.Context(), 0); err != nil {
				t.Error(err)
			}
			p.AwaitEnd()
		})
	}
}
