package dialog_test

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/dialog"
	"sluice/api/sip/message"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// anybody may replace calls of each owner, as far as the side knows.
func anybody(dialog.Owner) bool { return true }

// TestAttendedTransfer joins the far ends of two calls: b takes a's place in the call of a and c.
func TestAttendedTransfer(t *testing.T) {
	a, b, c := newSide(t, "a"), newSide(t, "b"), newSide(t, "c")
	first := call(t, a, b)
	second := call(t, a, c)
	if err := first.calling.Attend(t.Context(), second.calling); err != nil {
		t.Fatal(err)
	}
	first.heir.expect("referred sip:c")
	r := enginetest.Await(t, "the transfer", first.heir.asked)
	there, err := message.ParseReplaces(r.Replaces)
	if err != nil {
		t.Fatal(err)
	}
	var target sip.Uri
	if err := sip.ParseUri(r.Target, &target); err != nil {
		t.Fatal(err)
	}
	joined, joining := b.invite(target, func(i *dialog.Invite) { i.Replaces, i.ReferredBy = &there, r.By })
	in := enginetest.Await(t, "the call that replaces", c.calls)
	old, refusal := c.table.Replaced(in, false, anybody)
	if refusal != nil || old != second.called {
		t.Fatalf("%v, %+v", old, refusal)
	}
	heir := newOwner(t, "c")
	d, err := c.table.Accept(in, dialog.Incoming{}, heir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Answer(sdp("joined")); err != nil {
		t.Fatal(err)
	}
	joining.expect("answered joined")
	old.Hangup(nil)
	second.heir.end(200, false)
	second.caller.end(200, true)
	first.caller.expect("transferred 100 Trying")
	r.Notify(200, "OK")
	first.caller.expect("transferred 200 OK")
	first.calling.Hangup(nil)
	first.heir.end(200, true)
	joined.Hangup(nil)
	heir.end(200, true)
}

// TestStrangersReplaceNothing has somebody replace calls that he should not, or that there are not.
func TestStrangersReplaceNothing(t *testing.T) {
	a, b, c := newSide(t, "a"), newSide(t, "b"), newSide(t, "c")
	p := call(t, a, b)
	id := p.called.ID()
	for name, there := range map[string]message.Replaces{
		"another call":    {CallID: "x", ToTag: id.Local, FromTag: id.Remote},
		"another tag":     {CallID: id.CallID, ToTag: id.Local, FromTag: "x"},
		"swapped tags":    {CallID: id.CallID, ToTag: id.Remote, FromTag: id.Local},
		"an early dialog": {CallID: id.CallID, ToTag: id.Local, FromTag: id.Remote, EarlyOnly: true},
	} {
		d, _ := c.invite(b.uri(), func(i *dialog.Invite) { i.Replaces = &there })
		in := enginetest.Await(t, "a call", b.calls)
		old, refusal := b.table.Replaced(in, true, anybody)
		if old != nil || refusal == nil {
			t.Errorf("%s is replaced", name)
		}
		d.Hangup(nil)
	}
	right := message.Replaces{CallID: id.CallID, ToTag: id.Local, FromTag: id.Remote}
	d, _ := c.invite(b.uri(), func(i *dialog.Invite) { i.Replaces = &right })
	in := enginetest.Await(t, "a call", b.calls)
	if old, refusal := b.table.Replaced(in, true, func(o dialog.Owner) bool { return o != p.called.Owner() }); old != nil || refusal.Code != 481 {
		t.Errorf("a call of somebody else is replaced: %+v", refusal)
	}
	if old, refusal := b.table.Replaced(in, true, anybody); old != p.called || refusal != nil {
		t.Errorf("it is not replaced: %+v", refusal)
	}
	d.Hangup(nil)
	p.calling.Hangup(nil)
}

// TestRedirection is followed if its owner wants that.
func TestRedirection(t *testing.T) {
	a, b, c := newSide(t, "a"), newSide(t, "b"), newSide(t, "c")
	there, self, back := c.uri(), a.uri(), b.uri()
	d, o := a.invite(b.uri(), func(i *dialog.Invite) {
		i.Follow = func(u sip.Uri) (sip.Uri, error) {
			if u.User != "c" {
				return u, fault.New(fault.Forbidden, "sip", "it is not c")
			}
			return u, nil
		}
	})
	moved, _ := b.accept()
	if err := moved.Refuse(dialog.Refusal{Code: 302, Reason: "Moved", Headers: map[string]string{
		"Contact": "<" + self.String() + ">;q=0.9, <" + there.String() + ">;q=0.5, <" + back.String() + ">",
	}}); err != nil {
		t.Fatal(err)
	}
	called, _ := c.accept()
	if err := called.Answer(sdp("here")); err != nil {
		t.Fatal(err)
	}
	o.expect("answered here")
	d.Hangup(nil)
	o.end(200, false)
}
