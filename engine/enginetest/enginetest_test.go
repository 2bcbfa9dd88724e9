package enginetest

import (
	"net"
	"strconv"
	"testing"
	"time"

	"sluice/engine/media/vp8"
)

func TestMain(m *testing.M) { Main(m) }

func TestClockStandsUntilItIsMoved(t *testing.T) {
	c := NewClock()
	begin := c.Now()
	soon, later := c.After(time.Second), c.After(time.Minute)
	c.Advance(999 * time.Millisecond)
	select {
	case <-soon:
		t.Fatal("it rang too early")
	default:
	}
	c.Advance(time.Millisecond)
	if at := <-soon; at.Sub(begin) != time.Second || !at.Equal(c.Now()) {
		t.Errorf("it rang at %v", at.Sub(begin))
	}
	select {
	case <-later:
		t.Error("the other alarm rang too")
	default:
	}
	<-c.After(0)
}

func TestAwaitAlarms(_ *testing.T) {
	c := NewClock()
	go func() { <-c.After(time.Second) }()
	c.AwaitAlarms(1)
	c.Advance(time.Second)
}

func TestVideoIsVP8WithKeyFrames(t *testing.T) {
	v := &Video{GOP: 10, Start: time.Unix(0, 0)}
	for i := range 25 {
		if i == 13 {
			v.ForceKey()
		}
		frame := v.Frame()
		if got, want := vp8.KeyPacket(frame[0].Payload), i == 0 || i == 10 || i == 13 || i == 23; got != want {
			t.Errorf("frame %d is a key frame: %v", i, got)
		}
		for j, p := range frame {
			if p.Header.Marker != (j == len(frame)-1) || p.Header.Timestamp != frame[0].Header.Timestamp {
				t.Errorf("packet %d of frame %d: %+v", j, i, p.Header)
			}
		}
	}
}

func TestAudioIsOneOpusPacketEveryTwentyMilliseconds(t *testing.T) {
	a := &Audio{Start: time.Unix(0, 0)}
	first, second := a.Frame(), a.Frame()
	if len(first) != 1 || len(second) != 1 || second[0].Header.Timestamp-first[0].Header.Timestamp != 960 {
		t.Errorf("%+v then %+v", first, second)
	}
	if d := second[0].Arrival.Sub(first[0].Arrival); d != 20*time.Millisecond {
		t.Errorf("%v apart", d)
	}
}

func TestFreePortsCanBeBound(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(FreeTCP(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.ListenPacket("udp4", "127.0.0.1:"+strconv.Itoa(FreeUDP(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
}
