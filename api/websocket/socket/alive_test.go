package socket

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestWhoSaysNothingIsSentAway(t *testing.T) {
	s := serve(t, Options{Greet: 20 * time.Millisecond, Refuse: refuse})
	s.reads("fail: the client did not say who it is")
	s.closes(websocket.ClosePolicyViolation)
	s.ends(ErrGreet)
}

// TestTalkIsNoGreeting holds that whatever else a client says does not lengthen its time, a message that it is in the middle of
// included; and that it may be silent once it has said who it is.
func TestTalkIsNoGreeting(t *testing.T) {
	s := serve(t, Options{Greet: 50 * time.Millisecond, Body: time.Hour, Refuse: refuse})
	s.say("pong")
	<-s.heard
	if _, err := s.client.NetConn().Write([]byte{0x81, 0x85, 0, 0, 0, 0, 'h'}); err != nil {
		t.Fatal(err)
	}
	s.reads("fail: the client did not say who it is")
	s.ends(ErrGreet)

	s = serve(t, Options{Greet: 50 * time.Millisecond, Every: 10 * time.Millisecond, Probe: []byte("ping"), Probes: 20})
	s.say("hello")
	<-s.heard
	s.ends(ErrSilent) // and not ErrGreet, long before
}

func TestProbes(t *testing.T) {
	s := serve(t, Options{Every: 5 * time.Millisecond, Probes: 3, Probe: []byte("ping")})
	s.say("hello")
	<-s.heard
	for range 20 {
		s.reads("ping")
		s.say("pong")
		<-s.heard
	}
	s.ends(ErrSilent)
}

func TestProbeFrames(t *testing.T) {
	s := serve(t, Options{Algorithm: Internal, Every: 5 * time.Millisecond, Probes: 3})
	s.say("hello")
	<-s.heard
	pings := make(chan struct{}, 1000)
	answers := 20
	s.client.SetPingHandler(func(string) error {
		pings <- struct{}{}
		if answers--; answers < 0 {
			return nil
		}
		return s.client.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
	})
	if _, _, err := s.client.ReadMessage(); err == nil {
		t.Error("a message came")
	}
	if len(pings) < 20 {
		t.Errorf("%d pings", len(pings))
	}
	s.ends(ErrSilent)
}

// TestPingsOfTheClient holds that a client which pings by itself is answered, and is there.
func TestPingsOfTheClient(t *testing.T) {
	s := serve(t, Options{Every: 5 * time.Millisecond, Probes: 3, Probe: []byte("probe")})
	s.say("hello")
	<-s.heard
	pongs := 0
	s.client.SetPongHandler(func(string) error {
		pongs++
		return nil
	})
	for range 20 {
		if err := s.client.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		s.reads("probe")
	}
	if pongs == 0 {
		t.Error("no pong came")
	}
	s.ends(ErrSilent)
}

func TestNoProbes(t *testing.T) {
	s := serve(t, Options{Algorithm: None, Every: time.Nanosecond, Probes: 1})
	s.say("hello")
	<-s.heard
	s.socket.Send([]byte("only this"))
	s.reads("only this")
}

func TestAlgorithms(t *testing.T) {
	for _, text := range []string{"HIGH_LEVEL", "INTERNAL", "NONE"} {
		var a Algorithm
		if err := a.UnmarshalText([]byte(text)); err != nil || string(a) != text {
			t.Errorf("%s: %q, %v", text, a, err)
		}
	}
	if err := new(Algorithm).UnmarshalText([]byte("none")); err == nil {
		t.Error("none is taken")
	}
}
