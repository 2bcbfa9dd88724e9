package websocket

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sluice/api/hooks"
	"sluice/engine/enginetest"
)

// TestApplicationIsToldInOrder: all of a session's life, from its first message to its end.
func TestApplicationIsToldInOrder(t *testing.T) {
	a := newApplication(t, `{"publishStream":{"restExclude":"sdp"},"playStream":{"restExclude":"sdp"},"StreamStatusEvent":{"restExclude":"sdp"},
		"unPublishStream":{"restExclude":"sdp"},"stopStream":{"restExclude":"sdp"}}`)
	k := newKit(t, Options{Hooks: a})
	c := k.connect(`{"appKey":"shop","custom":{"token":"t"},"sipPassword":"x"}`)
	a.is(`connect custom=map[token:t]`, `ConnectionStatusEvent status=ESTABLISHED custom=map[token:t]`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"p","name":"cam","sdp":"offer-p","custom":"mine"}]}`)
	c.begins("p", "PUBLISHING")
	a.is(`publishStream name=cam status=PENDING custom=mine`, `StreamStatusEvent name=cam status=PUBLISHING`)
	c.play("v", "cam")
	c.begins("v", "PLAYING")
	a.is(`playStream name=cam status=PENDING`, `StreamStatusEvent name=cam status=PLAYING`)
	if next := enginetest.Await(t, "what is asked", a.asked); !strings.HasPrefix(next, "StreamEvent type=resize") {
		t.Error(next)
	}
	c.hears("resize")
	c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":{"a":1}}]}`)
	c.hears(`"type":"data","payload":{"a":1}`)
	a.is(`sendStreamEvent type=data payload=map[a:1]`, `StreamEvent type=data payload=map[a:1]`)
	c.say(`{"message":"stopStream","data":[{"mediaSessionId":"v"}]}`)
	c.hears(`"STOPPED"`)
	a.is(`stopStream name=cam status=PLAYING`, `StreamStatusEvent name=cam status=STOPPED info=Stopped by user`)
	c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"p"}]}`)
	c.hears(`"UNPUBLISHED"`)
	a.is(`unPublishStream name=cam status=PUBLISHING`, `StreamStatusEvent name=cam status=UNPUBLISHED info=Stopped by user`)
	c.say(`{"message":"pushLogs","data":[{"logs":"line"}]}`)
	c.say(`{"message":"submitBugReport","data":[{"text":"dark","type":"no_media"}]}`)
	c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
	c.hears("STARTED")
	a.is(`pushLogs logs=line`, `submitBugReport type=no_media text=dark`, `BugReportStatusEvent status=ACCEPTED type=no_media text=dark`,
		`sessionDebug command=start`, `SessionDebugStatusEvent status=STARTED`)
	c.say(`{"message":"sendData","data":[{"operationId":"o","payload":"hello"}]}`)
	c.hears(`"operationId":"o"`, `"ACCEPTED"`)
	a.is(`OnDataEvent payload=hello`, `DataStatusEvent status=ACCEPTED`)
	c.say(`{"message":"DataStatusEvent","data":[{"operationId":"x","status":"ACCEPTED"}]}`)
	a.is(`DataStatusEvent status=ACCEPTED`)
	c.conn.Close()
	a.is(`ConnectionStatusEvent status=DISCONNECTED`)
}

// TestApplicationTurnsAway: whoever it does not let in hears why, and their socket is closed.
func TestApplicationTurnsAway(t *testing.T) {
	a := newApplication(t, `{}`)
	k := newKit(t, Options{Hooks: a})
	a.answer("connect", 403, `{}`)
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"appKey":"shop"}]}`)
	c.hears(`"fail"`, `"apiMethod":"connection"`, `"info":"Restricted access"`)
	c.ends()
	a.is("connect", "ConnectionStatusEvent status=FAILED")
	c = k.dial("/")
	c.say(`{"message":"connection","data":[{"appKey":"nobody's"}]}`)
	c.hears(`"fail"`, `"info":"Restricted access"`)
	c.ends()
	k.connect(`{}`) // of an application without a back end
	k.logs("session refused", 2)
}

// TestApplicationChangesConnection: the answer to "connect" changes what the client is, but not its ids, and hides what it is not to know.
func TestApplicationChangesConnection(t *testing.T) {
	a := newApplication(t, `{}`)
	a.answer("connect", 200, `{"custom":{"role":"guest"},"sessionId":"mine","note":"x","restClientConfig":{
		"connect":{"restPolicy":"OVERWRITE","restOverwrite":"custom,sessionId,note","clientExclude":"clientOSVersion"},
		"ConnectionStatusEvent":{"clientExclude":"nodeId,authToken"}}}`)
	k := newKit(t, Options{Hooks: a})
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"appKey":"shop","custom":{"role":"admin"},"clientOSVersion":"os"}]}`)
	got := c.hears(`"getUserData"`, `"custom":{"role":"guest"}`, `"note":"x"`, `"authToken":"`, `"sessionId":"`)
	for _, hidden := range []string{`"mine"`, "clientOSVersion", "nodeId", "restClientConfig"} {
		if strings.Contains(got, hidden) {
			t.Errorf("%s has %s", got, hidden)
		}
	}
	a.is(`connect custom=map[role:admin]`, `ConnectionStatusEvent status=ESTABLISHED custom=map[role:guest]`)
}

// TestApplicationRefusesStreams: FAILED with the reason, and nothing is made for the stream. An error is a refusal only where it is meant
// to be one.
func TestApplicationRefusesStreams(t *testing.T) {
	const fail = `{"publishStream":{"restOnError":"FAIL"},"playStream":{"restOnError":"FAIL"},"snapshot":{"restOnError":"FAIL"},
		"sendStreamEvent":{"restOnError":"FAIL"},"pushLogs":{"restOnError":"FAIL"}}`
	for _, status := range []int{403, 500} {
		a := newApplication(t, fail)
		k := newKit(t, Options{Hooks: a})
		for _, method := range []string{"publishStream", "playStream", "snapshot", "sendStreamEvent", "pushLogs"} {
			a.answer(method, status, `{}`)
		}
		c := k.connect(`{"appKey":"shop"}`)
		c.publish("p", "cam")
		c.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"p"`, `"status":"FAILED"`, `"info":"Restricted access"`)
		c.play("v", "cam")
		c.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"v"`, `"status":"FAILED"`, `"info":"Restricted access"`)
		c.say(`{"message":"snapshot","data":[{"mediaSessionId":"s","name":"cam"}]}`)
		c.hears(`"snapshotFailed"`, `"info":"Restricted access"`)
		c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":1}]}`)
		c.hears(`"fail"`, `"sendStreamEvent"`, `"info":"Restricted access"`)
		c.say(`{"message":"pushLogs","data":[{"logs":"x"}]}`)
		c.hears(`"fail"`, `"pushLogs"`, `"info":"Restricted access"`)
		if n := k.peers.Len(); n != 0 {
			t.Errorf("%d peers were made", n)
		}
	}
	a := newApplication(t, `{}`)
	a.answer("publishStream", 403, `{}`)
	k := newKit(t, Options{Hooks: a})
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.begins("p", "PUBLISHING")
}

// TestApplicationChangesStreams: what it makes of a request is what is done, if that can be done.
func TestApplicationChangesStreams(t *testing.T) {
	const all = `"restPolicy":"OVERWRITE","restOverwrite":"name,sdp,custom,mediaSessionId,record"`
	a := newApplication(t, `{"publishStream":{`+all+`},"playStream":{`+all+`,"restOnError":"FAIL"}}`)
	k := newKit(t, Options{Hooks: a})
	a.answer("publishStream", 200, `{"name":"hidden","sdp":"another","mediaSessionId":"another"}`)
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.hears(`"setRemoteSDP"`, `["p","answer to offer-p",true]`)
	k.peer("offer-p").Flow()
	c.hears(`"mediaSessionId":"p"`, `"name":"hidden"`, `"status":"PUBLISHING"`)
	k.happens("stream.published", "/hidden")
	// Who plays a changed name hears what happens to that stream.
	a.answer("playStream", 200, `{"name":"hidden"}`)
	c.play("v", "asked")
	c.begins("v", "PLAYING")
	c.hears("resize")
	c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":"x"}]}`)
	c.hears(`"mediaSessionId":"v"`, `"payload":"x"`)
	// What cannot be is as if the client had asked for it, or an error.
	a.answer("playStream", 200, `{"name":""}`)
	c.play("w", "asked")
	c.hears(`"mediaSessionId":"w"`, `"status":"FAILED"`, `"Bad URI"`)
	a.answer("playStream", 200, `{"name":7}`)
	c.play("x", "asked")
	c.hears(`"mediaSessionId":"x"`, `"status":"FAILED"`, `"Restricted access"`)
}

// TestApplicationHidesFields: the client gets what it may know of a status, and always what it needs to tell whose it is.
func TestApplicationHidesFields(t *testing.T) {
	a := newApplication(t, `{"StreamStatusEvent":{"clientExclude":"name,sdp,mediaSessionId,status"},"StreamEvent":{"clientExclude":"payload"}}`)
	k := newKit(t, Options{Hooks: a})
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.hears(`"setRemoteSDP"`)
	k.peer("offer-p").Flow()
	if got := c.hears(`"mediaSessionId":"p"`, `"status":"PUBLISHING"`); strings.Contains(got, "cam") || strings.Contains(got, `"sdp"`) {
		t.Error(got)
	}
	c.play("v", "cam")
	c.begins("v", "PLAYING")
	if got := c.hears("resize"); strings.Contains(got, "payload") {
		t.Error(got)
	}
	c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":"x"}]}`)
	if got := c.hears(`"type":"data"`); strings.Contains(got, "payload") {
		t.Error(got)
	}
}

// TestApplicationDoesNotTakeData: who sends it hears that.
func TestApplicationDoesNotTakeData(t *testing.T) {
	a := newApplication(t, `{"DataStatusEvent":{"restPolicy":"DISABLE"}}`)
	k := newKit(t, Options{Hooks: a})
	a.answer("OnDataEvent", 500, ``)
	c := k.connect(`{"appKey":"shop"}`)
	c.say(`{"message":"sendData","data":[{"operationId":"o","payload":"hello"}]}`)
	c.hears(`"DataStatusEvent"`, `"operationId":"o"`, `"status":"FAILED"`, `"info":"Restricted access"`)
	a.how("OnDataEvent", nil)
	c.say(`{"message":"sendData","data":[{"operationId":"o2","payload":"hello"}]}`)
	c.hears(`"operationId":"o2"`, `"status":"ACCEPTED"`)
}

// TestApplicationIsNotTold: the client is warned, if the application wants that, and not of a status of its stream.
func TestApplicationIsNotTold(t *testing.T) {
	a := newApplication(t, `{"StreamStatusEvent":{"restOnError":"FAIL"}}`)
	k := newKit(t, Options{Hooks: a})
	a.answer("StreamStatusEvent", 403, ``)
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.begins("p", "PUBLISHING")
	c.hears(`"fail"`, `"apiMethod":"ErrorEvent"`, `StreamStatusEvent`)
}

// TestApplicationHangs: who asked it can still change their mind, the session goes on meanwhile, and after a while it is as if the
// application had said no. Other applications notice nothing.
func TestApplicationHangs(t *testing.T) {
	a := newApplication(t, `{"publishStream":{"restOnError":"FAIL"}}`)
	k := newKit(t, Options{Hooks: a})
	let := make(chan struct{})
	defer close(let)
	a.how("publishStream", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-let:
		case <-r.Context().Done():
		}
	})
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.publish("p", "cam")
	c.hears(`"mediaSessionId":"p"`, `"FAILED"`, "MediaSessionId is already in use")
	a.is("connect", "ConnectionStatusEvent status=ESTABLISHED")
	for { // until it is asked
		if line := enginetest.Await(t, "what is asked", a.asked); strings.HasPrefix(line, "publishStream") {
			break
		}
	}
	c.say(`{"message":"availableStream","data":[{"mediaSessionId":"x","name":"cam"}]}`)
	c.hears("availableStream", `"false"`)
	other := k.connect(`{}`)
	other.publish("q", "cam")
	other.begins("q", "PUBLISHING")
	c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"p"}]}`)
	c.hears(`"mediaSessionId":"p"`, `"UNPUBLISHED"`, "Stopped by user")
}

// TestApplicationIsLate: its time is limited.
func TestApplicationIsLate(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that who asks has gone
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	only := []string{hooks.PublishStream}
	h, err := hooks.New(hooks.Options{Apps: found{
		"shop": {Key: "shop", URL: silent.URL, Methods: only, Fail: only}, "late": {Key: "late", URL: silent.URL},
	}, Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close(t.Context()) })
	k := newKit(t, Options{Hooks: &application{TB: t, hooks: h}})
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.hears(`"mediaSessionId":"p"`, `"FAILED"`, "Restricted access")
	late := k.dial("/")
	late.say(`{"message":"connection","data":[{"appKey":"late"}]}`)
	late.hears(`"fail"`, `"Restricted access"`)
	late.ends()
}

// TestServerStopsWhileApplicationHangs: it does not wait for that.
func TestServerStopsWhileApplicationHangs(t *testing.T) {
	a := newApplication(t, `{}`)
	k := newKit(t, Options{Hooks: a})
	a.how("connect", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"appKey":"shop"}]}`)
	a.is("connect")
	now, cancel := context.WithCancel(context.Background())
	cancel()
	begun := time.Now()
	if err := k.door.Close(now); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took >= generous {
		t.Errorf("it took %s", took)
	}
}

// TestApplicationOfKeptSessions: who comes back is asked about anew, and is gone only when it is for good.
func TestApplicationOfKeptSessions(t *testing.T) {
	a := newApplication(t, `{"StreamStatusEvent":{"restPolicy":"DISABLE"},"publishStream":{"restPolicy":"DISABLE"}}`)
	k := newKit(t, Options{Hooks: a, KeepStreams: true})
	back := func(c *client) {
		c.conn.Close()
		k.logs("session ended", 1)
		k.log.clear()
	}
	c, token := k.keeps(``)
	a.is("connect", "ConnectionStatusEvent status=ESTABLISHED")
	c.publish("p", "cam")
	c.begins("p", "PUBLISHING")
	back(c)
	c, again := k.keeps(`,"authToken":"` + token + `"`)
	if again != token {
		t.Errorf("another session: %s", again)
	}
	c.hears(`"PUBLISHING"`)
	a.is("connect", "ConnectionStatusEvent status=ESTABLISHED")
	back(c)
	a.answer("connect", 403, ``)
	d := k.dial("/")
	d.say(`{"message":"connection","data":[{"appKey":"shop","keepAlive":true,"authToken":"` + token + `"}]}`)
	d.hears(`"fail"`, "Restricted access")
	d.ends()
	a.is("connect", "ConnectionStatusEvent status=FAILED", "ConnectionStatusEvent status=DISCONNECTED")
	k.happens("stream.ended", "/cam")
}

// TestRoomsOfApplications: commands of rooms may be refused.
func TestRoomsOfApplications(t *testing.T) {
	a := newApplication(t, `{"OnDataEvent":{"restOnError":"FAIL"}}`)
	k := newKit(t, Options{Hooks: a, RoomApps: []string{"shop"}})
	c := k.connect(`{"appKey":"shop","custom":{"login":"ann"}}`)
	join := `{"message":"sendData","data":[{"operationId":"o","payload":{"command":"join","options":{"name":"red"}}}]}`
	a.answer("OnDataEvent", 403, ``)
	c.say(join)
	c.hears(`"operationId":"o"`, `"FAILED"`, "Restricted access")
	a.how("OnDataEvent", nil)
	c.say(join)
	c.hears(`"operationId":"o"`, `"ACCEPTED"`)
	c.hears(`"STATE"`)
}
