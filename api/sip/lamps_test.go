package sip_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/siptest"
	"sluice/engine/enginetest"
)

// TestLamps subscribes at a registrar to what others publish there, hears of it and of each change, and leaves.
func TestLamps(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{Presence: true})
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	rings := func(state string) string {
		return fmt.Sprintf(`<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:1002@%s">
<dialog id="a" call-id="a" direction="recipient"><state>%s</state></dialog></dialog-info>`, r.Address, state)
	}
	is := func(basic string) string { // Kamailio keeps the first tuple of an id
		return fmt.Sprintf(`<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1002@%s"><tuple id="%[2]s">
<status><basic>%[2]s</basic></status></tuple></presence>`, r.Address, basic)
	}
	for _, tc := range []struct {
		event     calls.Event
		kind      string
		published [2]string
		told      [2]string // regular expressions
	}{
		{calls.Dialogs, "application/dialog-info+xml", [2]string{rings("early"), rings("confirmed")}, [2]string{`>early<`, `>confirmed<`}},
		{calls.Presence, "application/pidf+xml", [2]string{is("open"), is("closed")}, [2]string{`>open<`, `>closed<`}},
		{
			calls.Messages, "application/simple-message-summary",
			[2]string{"Messages-Waiting: yes\nVoice-Message: 2/0", "Messages-Waiting: no\nVoice-Message: 0/2"},
			[2]string{`Messages-Waiting: yes\s+Voice-Message: 2/0`, `Messages-Waiting: no\s+Voice-Message: 0/2`},
		},
	} {
		t.Run(string(tc.event), func(t *testing.T) {
			const most = 100
			heard := make(chan calls.Notice, most)
			sub, err := line.Subscribe(t.Context(), "1002", tc.event, time.Hour, func(n calls.Notice) { heard <- n })
			if err != nil {
				t.Fatal(err)
			}
			if n := enginetest.Await(t, "what is known", heard); n.State != calls.SubscriptionActive {
				t.Fatalf("%+v", n)
			}
			for i, text := range tc.published {
				siptest.StartSIPp(t, siptest.SIPpOptions{
					Scenario: siptest.Scenarios(2, "publish"), To: r.Address,
					Words: map[string]string{"to": "1002@" + r.Address, "event": string(tc.event), "type": tc.kind, "text": text},
				}).Wait()
				for want := regexp.MustCompile(tc.told[i]); ; {
					n := enginetest.Await(t, "what was published", heard)
					if n.State != calls.SubscriptionActive {
						t.Fatalf("%+v", n)
					}
					if want.MatchString(n.Body) && n.ContentType == tc.kind {
						break
					}
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
			defer cancel()
			if err := sub.Close(ctx); err != nil {
				t.Error(err)
			}
			for n := (calls.Notice{}); n.State != calls.SubscriptionTerminated; {
				n = enginetest.Await(t, "the end", heard)
			}
		})
	}
}
