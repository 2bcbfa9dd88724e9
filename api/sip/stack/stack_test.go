package stack_test

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

func TestRequestsBothWays(t *testing.T) {
	for _, network := range []stack.Network{stack.UDP, stack.TCP} {
		t.Run(string(network), func(t *testing.T) {
			s := newStack(t)
			served := port(t, s, network, func(in stack.Incoming) { reply(t, in, 200) })
			caller := port(t, s, network, deaf)
			tx := do(t, caller, request(sip.OPTIONS, uri(served), "1", 1))
			res := answer(t, tx, 200)
			if tag, _ := res.To().Params.Get("tag"); tag == "" {
				t.Error("To has no tag")
			}
			if _, more := <-tx.Responses(); more || tx.Err() != nil {
				t.Errorf("the transaction goes on: %v", tx.Err())
			}
			if got := res.Via().Params.GetOr("received", ""); got != "127.0.0.1" {
				t.Errorf("received is %q", got)
			}
		})
	}
}

func TestInvite(t *testing.T) {
	s := newStack(t)
	calls := make(chan stack.Incoming, 8)
	served := port(t, s, stack.UDP, func(in stack.Incoming) { calls <- in })
	caller := port(t, s, stack.UDP, deaf)
	tx := do(t, caller, request(sip.INVITE, uri(served), "1", 1))
	in := enginetest.Await(t, "the INVITE", calls)
	reply(t, in, 180)
	first := answer(t, tx, 180)
	reply(t, in, 200)
	res := answer(t, tx, 200)
	if first.To().Value() != res.To().Value() || res.To().Params.GetOr("tag", "") != in.Tag() {
		t.Errorf("To is %s, then %s, with the tag %s", first.To().Value(), res.To().Value(), in.Tag())
	}
	answer(t, tx, 200) // it comes again: it was not acknowledged
	ack := request(sip.ACK, uri(served), "1", 1)
	if err := caller.Write(t.Context(), ack); err != nil {
		t.Fatal(err)
	}
	got := enginetest.Await(t, "the ACK", calls)
	if got.Request().Method != sip.ACK {
		t.Fatalf("got %s", got.Request().Method)
	}
	in.Acknowledged()
	for range tx.Responses() { // until 64*T1 are over
		select {
		case <-in.Unacknowledged():
			t.Fatal("the ACK was not noticed")
		default:
		}
	}
	if tx.Err() != nil {
		t.Error(tx.Err())
	}
}

func TestRefusedInviteIsAcknowledged(t *testing.T) {
	s := newStack(t)
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		if in.Request().Method != sip.INVITE {
			t.Errorf("%s came", in.Request().Method)
		}
		reply(t, in, 486)
	})
	tx := do(t, port(t, s, stack.UDP, deaf), request(sip.INVITE, uri(served), "1", 1))
	answer(t, tx, 486)
	if _, more := <-tx.Responses(); more {
		t.Error("the transaction goes on")
	}
}

func TestCancel(t *testing.T) {
	s := newStack(t)
	calls := make(chan stack.Incoming, 8)
	served := port(t, s, stack.UDP, func(in stack.Incoming) { calls <- in })
	tx := do(t, port(t, s, stack.UDP, deaf), request(sip.INVITE, uri(served), "1", 1))
	in := enginetest.Await(t, "the INVITE", calls)
	reply(t, in, 180)
	if err := tx.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	enginetest.Await(t, "the CANCEL", in.Cancelled())
	answer(t, tx, 180)
	answer(t, tx, 487)
	if err := in.Respond(sip.NewResponseFromRequest(in.Request(), 200, "OK", nil)); err == nil {
		t.Error("a call that was cancelled was answered")
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := newStack(t, func(o *stack.Options) { o.Timers.T1 = 2e6 })
	peer := newRaw(t)
	for _, method := range []sip.RequestMethod{sip.INVITE, sip.OPTIONS} {
		tx := do(t, port(t, s, stack.UDP, deaf), request(method, "sip:b@"+peer.addr().String(), string(method), 1))
		if res := <-tx.Responses(); res != nil || tx.Err() == nil || !strings.Contains(tx.Err().Error(), "nobody answered") {
			t.Errorf("%s: %v, %v", method, res, tx.Err())
		}
	}
}
