package websocket

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"sluice/engine/event"
	"sluice/engine/media"
)

// connected is a message of a size that pages send (512 bytes).
var connected = `{"message":"connection","data":[{"appKey":"defaultApp","mediaProviders":["WebRTC","MSE"],"clientVersion":"2.0",` +
	`"clientOSVersion":"5.0 (X11; Linux x86_64)","clientBrowserVersion":"` + strings.Repeat("Mozilla/5.0 ", 20) + `","msePacketizationVersion":2}]}`

// BenchmarkIdleSessions has N sessions do nothing: what each costs, and the share that 2,000 of them have in the 150 MB that they
// may take. Clients are bare sockets in the same process; what they cost is counted in.
func BenchmarkIdleSessions(b *testing.B) {
	k := newKit(b, Options{Interval: 5 * time.Second})
	before := memory()
	conns := make([]net.Conn, 0, b.N)
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for b.Loop() {
		c, err := idle(k.server.Listener.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		conns = append(conns, c)
	}
	each := float64(memory()-before) / float64(len(conns))
	b.ReportMetric(each, "B/session")
	b.ReportMetric(float64(1<<20)/each, "sessions/MB")
	b.ReportMetric(2000*each/150e6, "of_150MB_for_2000")
}

// memory is what the process has in use for Go, after collecting what it has not.
func memory() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// idle is a client that is connected and reads no more.
func idle(addr string) (net.Conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	frame := []byte{0x81, 0x80 | 126, byte(len(connected) >> 8), byte(len(connected)), 0, 0, 0, 0} // RFC 6455 5.2, masked by zeros
	_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nUser-Agent: "+strings.Repeat("Mozilla/5.0 ", 10)+"\r\n\r\n")
	if err != nil {
		return nil, err
	}
	r := bufio.NewReader(c)
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, err
	}
	answer.Body.Close()
	if _, err := c.Write(append(frame, connected...)); err != nil {
		return nil, err
	}
	_, err = r.Peek(1)
	return c, err
}

// BenchmarkPublishStop publishes and stops, again and again, with peers that only pretend: what the door itself costs, and how
// many times the 200 a second that it has to keep up with it does. One after the other, over one socket.
func BenchmarkPublishStop(b *testing.B) {
	k := newKit(b, Options{Rate: 1_000_000})
	k.log.off = true
	c := k.connect(`{}`)
	n := 0
	for b.Loop() {
		id := fmt.Sprint(n)
		c.publish(id, "cam")
		c.begins(id, "PUBLISHING")
		c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"` + id + `","name":"cam"}]}`)
		c.hears(`"UNPUBLISHED"`)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/200, "of_200/s")
}

// BenchmarkMute has 200 players hear that their publisher muted itself.
func BenchmarkMute(b *testing.B) {
	const players = 200
	k := newKit(b, Options{})
	k.log.off = true
	pub := k.connect(`{}`)
	pub.publish("P", "a")
	pub.begins("P", "PUBLISHING")
	listeners := make([]*client, players)
	for i := range listeners {
		c := k.connect(`{}`)
		c.play(fmt.Sprint(i), "a")
		c.begins(fmt.Sprint(i), "PLAYING")
		c.hears("resize")
		listeners[i] = c
	}
	p := k.peer("offer-P").Publication()
	muted := false
	for b.Loop() {
		muted = !muted
		p.Mute(media.Audio, muted)
		for _, c := range listeners {
			c.hears("uted")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*players), "ns/player")
}

// BenchmarkBus holds what events of other streams cost the door: nothing but a look at their names.
func BenchmarkBus(b *testing.B) {
	k := newKit(b, Options{})
	for b.Loop() {
		if _, err := k.engine.Bus().Raise(event.Event{Name: "reader.joined", Path: "/a"}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestIdleSessionsAreSmall is the bound on what a session may cost, as memory does not depend on how busy the machine is.
func TestIdleSessionsAreSmall(t *testing.T) {
	if raced {
		t.Skip("the race detector has its own memory")
	}
	k := newKit(t, Options{})
	const sessions = 300
	before := memory()
	for range sessions {
		c, err := idle(k.server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if each := (memory() - before) / sessions; each > 60_000 {
		t.Errorf("%d bytes a session", each)
	}
}
