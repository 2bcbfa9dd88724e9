package websocket

import (
	"fmt"
	"net/http"
	"testing"

	"sluice/api/calls"
	"sluice/api/websocket/calls/callstest"
)

// TestApplicationOfCalls: the application is asked before what a page wants is done, may change or refuse it, and hears what becomes of it.
func TestApplicationOfCalls(t *testing.T) {
	a := newApplication(t, `{"call":{"restPolicy":"OVERWRITE","restOverwrite":"callee","restExclude":"sdp"},"CallStatusEvent":{"clientExclude":"sipMessageRaw"},
		"hold":{"restOnError":"FAIL"},"OnCallEvent":{"restOnError":"FAIL","restExclude":"sdp"},"answer":{"restExclude":"sdp"}}`)
	a.answer("call", http.StatusOK, `{"callee":"1003"}`)
	a.answer("hold", http.StatusForbidden, `{}`)
	lines := callstest.NewLines()
	k := newKitOf(t, Options{Hooks: a}, lines)
	c := k.connect(`{"appKey":"shop","sipLogin":"1001","sipDomain":"pbx"}`)
	a.is(`connect`, `ConnectionStatusEvent status=ESTABLISHED`)
	line := lines.Line(t.Context(), "1001")
	line.Register(calls.Registration{State: calls.Registered, Code: 200, Reason: "OK"})
	c.hears(`"registered"`)
	a.is(`RegistrationStatusEvent status=REGISTERED info=OK`)

	c.say(`{"message":"call","data":[{"callId":"C","callee":"1002","sdp":"o1"}]}`)
	c.hears(`"notifyTryingResponse"`, `"callee":"1002"`)
	a.is(`call status=TRYING`, `CallStatusEvent status=TRYING`)
	far := lines.Call(t.Context(), "C")
	if far.Out.To != "1003" {
		t.Errorf("called %q", far.Out.To)
	}
	far.Become(calls.Established, 200, "OK", "")
	c.hears(`"setRemoteSDP"`)
	c.hears(`"talk"`, `"callee":"1003"`)
	a.is(`CallStatusEvent status=ESTABLISHED`)
	c.say(`{"message":"hold","data":[{"callId":"C"}]}`)
	c.hears(`"fail"`, `"Restricted access"`)
	a.is(`hold status=ESTABLISHED`)
	for _, m := range []struct{ name, more string }{{"unhold", ``}, {"sendDtmf", `,"dtmf":"1","type":"INFO"`}, {"transfer", `,"target":"1004"`}} {
		c.say(fmt.Sprintf(`{"message":%q,"data":[{"callId":"C"%s}]}`, m.name, m.more))
	}
	a.is(`unhold status=ESTABLISHED`, `sendDtmf status=ESTABLISHED type=INFO`, `transfer status=ESTABLISHED`)
	if !lines.Asked(t.Context(), "C", "transfer 1004") {
		t.Error("not transferred")
	}
	far.Transferred(180, "Ringing")
	far.Transferred(503, "Service Unavailable")
	c.hears(`"fail"`, `"503 Service Unavailable"`)
	a.is(`TransferStatusEvent status=RING info=Ringing`, `TransferStatusEvent status=FAILED info=Service Unavailable`)
	c.say(`{"message":"hangup","data":[{"callId":"C"}]}`)
	c.hears(`"finish"`)
	a.is(`hangup status=ESTABLISHED`, `CallStatusEvent status=FINISH info=Normal call clearing`)

	line.Invite(calls.About{ID: "E", From: "1002", Message: "INVITE"})
	a.is(`OnCallEvent status=RING`)
	c.hears(`"setRemoteSDP"`)
	c.hears(`"notifyIncomingCall"`, `"sipMessageRaw"`)
	if got := c.hears(`"ring"`); got == "" {
		t.Error(got)
	}
	a.is(`CallStatusEvent status=RING`)
	c.say(`{"message":"answer","data":[{"callId":"E","sdp":"a"}]}`)
	c.hears(`"talk"`)
	a.is(`answer status=RING`, `CallStatusEvent status=ESTABLISHED`)

	a.answer("OnCallEvent", http.StatusForbidden, `{}`)
	line.Invite(calls.About{ID: "F", From: "1005"})
	if !lines.Asked(t.Context(), "F", "hangup 403") {
		t.Error("the call that the application refused goes on")
	}
	a.is(`OnCallEvent status=RING`, `CallStatusEvent status=FAILED info=Restricted access`)
	c.conn.Close()
	if !line.Closed(t.Context()) {
		t.Error("the line stays open")
	}
}
