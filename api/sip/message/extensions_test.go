package message_test

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
)

// with is an INVITE with a header line more.
func with(t *testing.T, lines string) sip.Message {
	t.Helper()
	m, err := message.Parse([]byte("INVITE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nf: <sip:a@a>;tag=1\r\nt: <sip:b@b>\r\ni: 1\r\n" +
		"CSeq: 1 INVITE\r\n" + lines + "\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTimers(t *testing.T) {
	n, who, ok, err := message.SessionExpires(with(t, "x : 1800 ; Refresher=UAS;y"))
	if n != 1800 || who != "uas" || !ok || err != nil {
		t.Error(n, who, ok, err)
	}
	if _, _, ok, err := message.SessionExpires(with(t, "Session-Expires: soon")); !ok || err == nil {
		t.Error(ok, err)
	}
	if n, ok, err := message.MinSE(with(t, "Min-SE: 90")); n != 90 || !ok || err != nil {
		t.Error(n, ok, err)
	}
	if _, ok, err := message.MinSE(with(t, "A: b")); ok || err != nil {
		t.Error(ok, err)
	}
}

func TestReliable(t *testing.T) {
	if n, ok, err := message.RSeq(with(t, "RSeq: 7")); n != 7 || !ok || err != nil {
		t.Error(n, ok, err)
	}
	r, c, method, ok, err := message.RAck(with(t, "RAck: 7  2 INVITE"))
	if r != 7 || c != 2 || method != "INVITE" || !ok || err != nil {
		t.Error(r, c, method, ok, err)
	}
	for _, wrong := range []string{"7 2", "7 2 IN VITE", "a 2 INVITE", "7 99999999999 INVITE"} {
		if _, _, _, ok, err := message.RAck(with(t, "RAck: "+wrong)); !ok || err == nil {
			t.Error(wrong, ok, err)
		}
	}
}

func TestReferTo(t *testing.T) {
	to, err := message.ReferTo(with(t, "r: \"B\" <sip:b@example.org;user=phone;method=INVITE?Replaces=c%40a%3Bto-tag%3Dx%3Bfrom-tag%3Dy%3Bearly-only&Subject=z>"))
	if err != nil {
		t.Fatal(err)
	}
	if to.URI.String() != "sip:b@example.org;user=phone" || to.Method != "INVITE" {
		t.Errorf("%s, %s", to.URI.String(), to.Method)
	}
	if to.Replaces == nil || *to.Replaces != (message.Replaces{CallID: "c@a", ToTag: "x", FromTag: "y", EarlyOnly: true}) {
		t.Errorf("%+v", to.Replaces)
	}
	for _, wrong := range []string{"A: b", "Refer-To: <sip:b@b?Replaces=a>", "Refer-To: <sip:b@b?Replaces=a%zz>"} {
		if to, err := message.ReferTo(with(t, wrong)); err == nil {
			t.Errorf("%s: %+v", wrong, to)
		}
	}
}

func TestReplaces(t *testing.T) {
	r, err := message.ReplacesOf(with(t, "Replaces: c@a ; from-tag = y;to-tag=x"))
	if err != nil || r == nil || *r != (message.Replaces{CallID: "c@a", ToTag: "x", FromTag: "y"}) {
		t.Error(r, err)
	}
	if r, err := message.ReplacesOf(with(t, "A: b")); r != nil || err != nil {
		t.Error(r, err)
	}
}

func TestSubscriptions(t *testing.T) {
	m := with(t, "o: dialog ; id=4\r\nSubscription-State: Terminated;reason=timeout ; retry-after=30")
	if pkg, id, ok := message.Event(m); pkg != "dialog" || id != "4" || !ok {
		t.Error(pkg, id, ok)
	}
	state, reason, expires, retry, ok := message.SubscriptionState(m)
	if state != "terminated" || reason != "timeout" || expires != -1 || retry != 30 || !ok {
		t.Error(state, reason, expires, retry, ok)
	}
}

func TestReason(t *testing.T) {
	protocol, cause, text, ok := message.ReasonOf(with(t, `Reason: Q.850;cause=16;text="a, b", SIP ; cause=200 ; text="Call completed elsewhere"`))
	if protocol != "SIP" || cause != 200 || text != "Call completed elsewhere" || !ok {
		t.Error(protocol, cause, text, ok)
	}
	protocol, cause, text, ok = message.ReasonOf(with(t, `Reason: Q.850;cause=17;text=busy`))
	if protocol != "Q.850" || cause != 17 || text != "busy" || !ok {
		t.Error(protocol, cause, text, ok)
	}
}

func TestIdentity(t *testing.T) {
	uri, display, ok := message.Identity(with(t, `P-Asserted-Identity: <tel:+123>, "A, B" <sip:a@example.org>`))
	if uri.String() != "sip:a@example.org" || display != "A, B" || !ok {
		t.Error(uri.String(), display, ok)
	}
}

func TestTokens(t *testing.T) {
	m := with(t, "k: timer , 100REL\r\nSupported: replaces")
	if !message.Has(m, "Supported", "100rel") || !message.Has(m, "supported", "replaces") || message.Has(m, "Supported", "path") {
		t.Error(message.Tokens(m, "Supported"))
	}
}
