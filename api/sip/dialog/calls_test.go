package dialog_test

import (
	"testing"

	"sluice/api/sip/dialog"
)

func TestCall(t *testing.T) {
	for _, hangsUp := range []string{"a", "b"} {
		t.Run(hangsUp, func(t *testing.T) {
			a, b := newSide(t, "a"), newSide(t, "b")
			calling, caller := a.invite(b.uri())
			called, callee := b.accept()
			if err := called.Ring(); err != nil {
				t.Fatal(err)
			}
			caller.expect("progress 180 ")
			if err := called.Early(sdp("early")); err != nil {
				t.Fatal(err)
			}
			caller.expect("progress 183 early")
			if err := called.Answer(nil); err != nil {
				t.Fatal(err)
			}
			caller.expect("answered early")
			if id, other := calling.ID(), called.ID(); id.CallID != other.CallID || id.Local != other.Remote || id.Remote != other.Local {
				t.Errorf("%+v and %+v", id, other)
			}
			if got := called.Remote().Display; got != `a "x"` {
				t.Errorf("the caller is %q", got)
			}
			if err := calling.Info(t.Context(), "application/dtmf", []byte("5")); err != nil {
				t.Fatal(err)
			}
			callee.expect("info application/dtmf 5")
			if hangsUp == "a" {
				calling.Hangup(&dialog.Reason{Code: 200, Text: "Enough"})
				caller.end(200, false)
				if e := callee.end(200, true); e.Reason != "Enough" {
					t.Errorf("%+v", e)
				}
				return
			}
			called.Hangup(nil)
			callee.end(200, false)
			caller.end(200, true)
		})
	}
}

func TestCancel(t *testing.T) {
	a, b := newSide(t, "a"), newSide(t, "b")
	calling, caller := a.invite(b.uri())
	called, callee := b.accept()
	_ = called.Ring()
	caller.expect("progress 180 ")
	calling.Hangup(nil)
	caller.end(487, false)
	callee.end(487, true)
	if err := called.Answer(sdp("late")); err == nil {
		t.Error("a call that was cancelled can be answered")
	}
}

func TestRefuse(t *testing.T) {
	a, b := newSide(t, "a"), newSide(t, "b")
	_, caller := a.invite(b.uri())
	called, callee := b.accept()
	if err := called.Refuse(dialog.Refusal{Code: 486, Reason: "Busy Here"}); err != nil {
		t.Fatal(err)
	}
	if e := caller.end(486, true); e.Reason != "Busy Here" {
		t.Errorf("%+v", e)
	}
	callee.end(486, false)
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	a := newSide(t, "a")
	uri := a.uri()
	uri.Port = 9 // discard
	_, caller := a.invite(uri)
	caller.end(408, false)
}

func TestReoffer(t *testing.T) {
	a, b := newSide(t, "a"), newSide(t, "b")
	p := call(t, a, b)
	for _, way := range []struct {
		d *dialog.Dialog
		o *owner
	}{{p.calling, p.heir}, {p.called, p.caller}, {p.calling, p.heir}} {
		got, err := way.d.Reoffer(t.Context(), func() []byte { return sdp("hold") })
		if err != nil || said(got) != "answer to hold" {
			t.Fatalf("%q, %v", got, err)
		}
		way.o.expect("offered hold")
	}
	if _, err := p.calling.Reoffer(t.Context(), func() []byte { return sdp("video") }); err == nil {
		t.Fatal("a refusal is not told")
	}
	p.heir.expect("offered video")
	p.calling.Hangup(nil)
	p.caller.end(200, false)
	p.heir.end(200, true)
}

func answerTo(offer []byte) []byte { return sdp("answer to " + said(offer)) }

// TestGlare has both ends change the session at once, again and again: both changes come through.
func TestGlare(t *testing.T) {
	a, b := newSide(t, "a"), newSide(t, "b")
	p := call(t, a, b)
	done := make(chan error, 2)
	for _, d := range []*dialog.Dialog{p.calling, p.called} {
		go func() {
			_, err := d.Reoffer(t.Context(), func() []byte { return sdp("change") })
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	p.called.Hangup(nil)
}
