package dialog_test

import (
	"testing"
	"time"

	"sluice/api/sip/dialog"
)

func brief(o *dialog.Options) { o.MinSE, o.Expires = time.Second, 2*time.Second }

// TestVanished has one end vanish without BYE: whoever refreshes the session notices, and so does who waits for that.
func TestVanished(t *testing.T) {
	t.Parallel() // as all that wait for timers of the protocol
	for _, who := range []string{"caller", "called"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			a, b := newSide(t, "a", brief), newSide(t, "b", brief)
			p := call(t, a, b)
			if who == "caller" {
				a.port.Close()
				p.heir.end(408, false)
				p.calling.Hangup(nil)
				return
			}
			b.port.Close()
			p.caller.end(408, false)
			p.called.Hangup(nil)
		})
	}
}

// TestRefreshed has a session outlive its time, as it is refreshed.
func TestRefreshed(t *testing.T) {
	t.Parallel()
	a, b := newSide(t, "a", brief), newSide(t, "b", brief)
	p := call(t, a, b)
	select {
	case e := <-p.caller.ended:
		t.Errorf("%+v", e)
	case e := <-p.heir.ended:
		t.Errorf("%+v", e)
	case <-time.After(5 * time.Second): // two and a half times what it lasts unrefreshed
	}
	p.calling.Hangup(nil)
	p.caller.end(200, false)
	p.heir.end(200, true)
}

// TestTooBrief has a caller who wants a shorter session than the other end: 422 tells, and the call is made with a longer one.
func TestTooBrief(t *testing.T) {
	a, b := newSide(t, "a", brief), newSide(t, "b", func(o *dialog.Options) { o.MinSE = 100 * time.Second })
	calling, _ := a.invite(b.uri())
	first := <-b.calls
	if _, err := b.table.Accept(first, dialog.Incoming{}, newOwner(t, "b")); err == nil {
		t.Fatal("a session of two seconds is taken")
	}
	called, _ := b.accept()
	if h := called.Request().GetHeaders("Session-Expires"); len(h) != 1 || h[0].Value() != "100" {
		t.Errorf("%v", h)
	}
	calling.Hangup(nil)
}
