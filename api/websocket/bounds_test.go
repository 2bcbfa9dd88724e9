package websocket

import (
	"strings"
	"sync"
	"testing"
)

// TestSecretsAreNotLogged has a page say its secrets in every way that is logged.
func TestSecretsAreNotLogged(t *testing.T) {
	k := newKit(t, Options{})
	c := k.dial("/?token=hush1")
	c.say(`{"message":"connection","data":[{"sipPassword":"hush2","custom":{"token":"hush3"}}]}`)
	c.hears(`"getUserData"`)
	c.hears(`"getVersion"`)
	c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
	c.hears(`STARTED`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"a","sdp":"v=0\r\na=ice-ufrag:u\r\na=ice-pwd:hush4\r\na=x","custom":{"token":"hush5","password": "hush6"}}]}`)
	c.hears(`"setRemoteSDP"`)
	c.say(`{"message":"availableStream","data":[{"mediaSessionId":"Q","name":"b","recordName":"c?key=hush14","sdp":"x","rtmpUrl":"rtmp://me:hush15@h/app/hush16?a=hush17",` +
		`"custom":{"key":"hush18, hush19; & \"hush20}","jwt":"hush21"}}]}`)
	c.hears(`"availableStream`)
	c.say(`{"message":"pushLogs","data":[{"logs":"authToken: hush7\nwss://h/?token=hush8&x=1 \nAuthorization=hush9\n{\"password\":\"hush10\"}\na=ice-pwd:hush11` +
		`\nkey=hush22&appKey=shop\nAuthorization: Bearer hush23\n{\"pass\":\"a \\\"hush24\",\"login\":\"ann\"}"}]}`)
	c.say(`{"message":"submitBugReport","data":[{"text":"{\"sipPassword\":\"hush12\"}","credential":"hush13"}]}`)
	c.say(`{"message":"sessionDebug","data":[{"command":"stop"}]}`)
	c.hears(`STOPPED`)
	log := k.log.String()
	if strings.Contains(log, "hush") {
		t.Error(log)
	}
	for _, want := range []string{"debug session", "publishStream", "setRemoteSDP", "bug report", "wss://h/?token=***&x=1", "a=ice-pwd:***",
		"appKey=shop", "rtmp://h/app/***", "login"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not logged in\n%s", want, log)
		}
	}
}

// TestLogsOfPagesAreBounded holds what gets into the log of one that logs much.
func TestLogsOfPagesAreBounded(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.say(`{"message":"pushLogs","data":[{"logs":"` + strings.Repeat(`line\n`, 1000) + `"}]}`)
	c.say(`{"message":"pushLogs","data":[{"logs":"` + strings.Repeat(`é`, 100_000) + `"}]}`)
	c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
	c.hears(`STARTED`)
	for range maxNotes + 10 {
		c.say(`{"message":"pong","data":[null]}`)
	}
	c.say(`{"message":"sessionDebug","data":[{"command":"stop"}]}`)
	c.hears(`STOPPED`)
	log := k.log.String()
	if n := strings.Count(log, "line=line"); n != maxLines {
		t.Errorf("%d lines", n)
	}
	if n := strings.Count(log, "é"); n != maxLine/2 {
		t.Errorf("%d letters of a long line", n)
	}
	if n := strings.Count(log, "debug session"); n != maxNotes {
		t.Errorf("%d messages of a debug session", n)
	}
}

// TestLogsAreNotFlooded holds what gets into the log of a server that is not set to say everything, whatever a page says.
func TestLogsAreNotFlooded(t *testing.T) {
	k := newKit(t, Options{})
	long := strings.Repeat("z", 30_000)
	c := k.connect(`{"appKey":"` + long + `","clientVersion":"` + long + `"}`)
	for range 50 {
		c.say(`{"message":"submitBugReport","data":[{"text":"` + long + `"}]}`)
		c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
		c.hears(`STARTED`)
		c.say(`{"message":"pushLogs","data":[{"logs":"` + long + `"}]}`)
	}
	c.say(`{"message":"sessionDebug","data":[{"command":"stop"}]}`)
	c.hears(`STOPPED`)
	size, reports := 0, 0
	for line := range strings.Lines(k.log.String()) {
		if strings.Contains(line, "level=DEBUG") {
			continue
		}
		size += len(line)
		reports += strings.Count(line, "bug report")
	}
	if reports != 1 || size > maxLine+1000 {
		t.Errorf("%d bytes and %d reports", size, reports)
	}
}

// TestWhoDoesNotListenIsCut floods a player with data that it does not read: it is cut off, and nobody waits for it.
func TestWhoDoesNotListenIsCut(t *testing.T) {
	k := newKit(t, Options{MaxQueue: 1 << 20, Events: 1 << 20, EventBytes: 1 << 30})
	pub, deaf, sub := k.connect(`{}`), k.connect(`{}`), k.connect(`{}`)
	pub.publish("P", "a")
	pub.begins("P", "PUBLISHING")
	for id, c := range map[string]*client{"deaf": deaf, "sub": sub} {
		c.play(id, "a")
		c.begins(id, "PLAYING")
		c.hears("resize")
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		k.happens("reader.left", "/a")
	}()
	message := `{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":"` + strings.Repeat("x", 60_000) + `"}]}`
	for gone := false; !gone; {
		pub.say(message)
		sub.hears(`"type":"data"`)
		select {
		case <-left:
			gone = true
		default:
		}
	}
	if info, _ := k.engine.Hub.Stream("a"); info.Readers != 1 {
		t.Errorf("%d readers are left", info.Readers)
	}
}

// TestDataThatCannotBePassedOn holds that the publisher hears why.
func TestDataThatCannotBePassedOn(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.hears(`"setRemoteSDP"`)
	c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":"` + strings.Repeat("x", 70_000) + `"}]}`)
	c.hears(`"fail"`, `"sendStreamEvent"`)
	c.say(`{"message":"sendStreamEvent","data":[5]}`)
	c.hears(`"fail"`, `"sendStreamEvent"`)
}

// TestTooMuchSaid has a publisher say more than is passed on to all players: what is too much is refused, by name, and what
// was said before and is said of other streams arrives.
func TestTooMuchSaid(t *testing.T) {
	k := newKit(t, Options{Events: 1, EventBytes: 1})
	pub, quiet, sub := k.connect(`{}`), k.connect(`{}`), k.connect(`{}`)
	pub.publish("P", "a")
	pub.begins("P", "PUBLISHING")
	quiet.publish("Q", "b")
	quiet.begins("Q", "PUBLISHING")
	sub.play("S", "a")
	sub.begins("S", "PLAYING")
	sub.hears("resize")
	sub.play("T", "b")
	sub.begins("T", "PLAYING")
	sub.hears("resize")
	pub.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":12}]}`)
	sub.hears(`{"message":"notifyStreamEvent","data":[{"mediaSessionId":"S","type":"data","payload":12}]}`)
	pub.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":1234567}]}`)
	pub.hears(`"fail"`, `"sendStreamEvent"`, `"P"`, "too much is said")
	quiet.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"Q","type":"audioMuted"}]}`)
	sub.hears(`"T"`, `"audioMuted"`)
}

// TestTooMuchSaidInRooms has a member say more to another one than is passed on: the member hears why it is not, and the other
// one gets what was said before and after.
func TestTooMuchSaidInRooms(t *testing.T) {
	k := newKit(t, Options{Events: 3, EventBytes: 20_000})
	enter := func(login string) *client {
		c := k.connect(`{"appKey":"roomApp","custom":{"login":"` + login + `"}}`)
		c.say(`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`)
		c.hears(`"ACCEPTED"`)
		c.hears(`"STATE"`)
		return c
	}
	ann, bob := enter("ann"), enter("bob")
	ann.hears(`"JOINED"`)
	send := func(text, want string) {
		t.Helper()
		ann.say(`{"message":"sendData","data":[{"operationId":"2","payload":{"command":"sendMessage","options":{"roomConfig":{"name":"red"},"to":"bob","text":"` + text + `"}}}]}`)
		ann.hears(`{"message":"DataStatusEvent","data":[{"operationId":"2","status":` + want)
	}
	send(strings.Repeat("x", 65_537), `"FAILED","info":"the message is too long: 65537 bytes`)
	send(strings.Repeat("x", 65_536), `"ACCEPTED"}`) // of 80,000 bytes that may be said at once
	bob.hears(`"MESSAGE"`)
	send(strings.Repeat("y", 60_000), `"FAILED","info":"it is not passed on: too much is said`)
	send("short", `"ACCEPTED"}`)
	bob.hears(`{"from":"ann","text":"short"}`)
	bob.say(`{"message":"sendData","data":[{"operationId":"3","payload":{"command":"sendMessage","options":{"roomConfig":{"name":"red"},"to":"ann","text":"mine"}}}]}`)
	bob.hears(`"ACCEPTED"`) // others have allowances of their own
	ann.hears(`{"from":"bob","text":"mine"}`)
}

// TestManyAtOnce has clients come, publish, play, mute and go in all orders, for the race detector; newKit looks that nothing is
// left.
func TestManyAtOnce(t *testing.T) {
	k := newKit(t, Options{})
	host := k.connect(`{}`)
	host.publish("host", "stage")
	host.begins("host", "PUBLISHING")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			id := string(rune('a' + i))
			c := k.connect(`{"appKey":"roomApp","keepAlive":` + []string{"true", "false"}[i%2] + `,"custom":{"login":"` + id + `"}}`)
			c.say(`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`)
			c.publish(id, "cam-"+id)
			c.play(id+id, "stage")
			k.peer("offer-" + id).Flow()
			k.peer("offer-" + id + id).Flow()
			c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"` + id + `","type":"audioMuted"}]}`)
			for heard := 0; heard < 2; {
				if got := c.next(); strings.Contains(got, `"PUBLISHING"`) || strings.Contains(got, `"PLAYING"`) {
					heard++
				}
			}
			if i%3 == 0 {
				c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"` + id + `"}]}`)
			}
			c.conn.Close()
		})
	}
	for range 10 {
		host.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"host","type":"videoMuted"}]}`)
		host.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"host","type":"videoUnmuted"}]}`)
	}
	all.Wait()
}
