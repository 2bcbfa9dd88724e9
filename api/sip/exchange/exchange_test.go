package exchange_test

import (
	"errors"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/engine/fault"
)

func TestPartyIsWrittenAndRead(t *testing.T) {
	for _, name := range []string{"", "Alice", `Al "the" \ ice`, "Ünï"} {
		p := exchange.Party{Display: name, URI: sip.Uri{Scheme: "sip", User: "a", Host: "h"}}
		h := p.From("t")
		if got := exchange.Of(h.DisplayName, h.Address); got.Display != name || got.URI.Host != "h" {
			t.Errorf("%q is read as %+v", name, got)
		}
	}
	h := exchange.Party{Display: "a\r\nX: y", URI: sip.Uri{Host: "h"}}.From("")
	if h.DisplayName != "aX: y" {
		t.Errorf("%q", h.DisplayName)
	}
}

func TestWhatCannotBeSaid(t *testing.T) {
	for user, ok := range map[string]bool{"1001": true, "a%20b": true, "a b": false, "a\r\nVia: x": false, "a>": false, `a"`: false} {
		if err := exchange.Sayable(sip.Uri{Scheme: "sip", User: user, Host: "h"}); (err == nil) != ok {
			t.Errorf("%q: %v", user, err)
		}
	}
	for name, ok := range map[string]bool{"X-A": true, "": false, "X A": false, "X:": false, "X\r\n": false} {
		if err := exchange.SayableHeader(name, "v"); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	if exchange.SayableHeader("X", "a\r\nb") == nil {
		t.Error("a header of two lines is taken")
	}
}

func TestCodes(t *testing.T) {
	var s *exchange.Status
	err := exchange.Refused("sip", sip.NewResponse(403, "No"))
	if !errors.As(err, &s) || s.Code != 403 || !errors.Is(err, fault.Forbidden) {
		t.Errorf("%v", err)
	}
	if exchange.Refused("sip", sip.NewResponse(202, "")) != nil {
		t.Error("202 refuses")
	}
	for want, err := range map[int]error{
		0: nil, 403: err, 408: exchange.Unanswered(fault.New(fault.Unreachable, "", "x")), 503: fault.New(fault.Unreachable, "", "x"),
	} {
		if got, _ := exchange.Code(err); got != want {
			t.Errorf("%v is %d, want %d", err, got, want)
		}
	}
}

// TestAgain copies a request without what the last try had, and does not pin where it goes.
func TestAgain(t *testing.T) {
	c := exchange.Client{Agent: "x"}
	p := exchange.Party{URI: sip.Uri{Scheme: "sip", User: "a", Host: "h"}}
	r := c.New(sip.OPTIONS, p.URI, p, p, []sip.Uri{{Host: "proxy"}})
	r.PrependHeader(&sip.ViaHeader{Host: "v"})
	next := exchange.Again(r, 7)
	if next.Via() != nil || next.CSeq().SeqNo != 7 || r.CSeq().SeqNo != 1 || next.MessageData.Destination() != "" || next.Route() == nil {
		t.Errorf("%s", next)
	}
}
