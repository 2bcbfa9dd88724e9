package webrtc_test

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// candidates are those in an answer.
func candidates(answer string) []string {
	var out []string
	for line := range strings.Lines(answer) {
		if c, ok := strings.CutPrefix(line, "a=candidate:"); ok {
			out = append(out, strings.TrimSpace(c))
		}
	}
	return out
}

func TestTransport(t *testing.T) {
	for _, transport := range []string{"tcp", "UDP", ""} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c := newClient(t, clientOptions{tcp: transport == "tcp"})
			f := c.send(pion.MimeTypeVP8)
			p, answer, err := s.publish("cam", webrtc.Offer{SDP: c.offer(false), Transport: transport}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range candidates(answer) {
				if transport != "" && !strings.Contains(line, " "+strings.ToLower(transport)+" ") {
					t.Errorf("%q with only %s", line, transport)
				}
				if strings.Contains(line, " tcp ") && !strings.HasSuffix(line, " tcptype passive") {
					t.Errorf("%q cannot be connected to", line)
				}
			}
			if n := len(candidates(answer)); transport == "" && n != 2 || transport != "" && n != 1 {
				t.Errorf("%d candidates", n)
			}
			if strings.Count(answer, "a=end-of-candidates\r\n") != 1 {
				t.Errorf("it is not said that these are all:\n%s", answer)
			}
			c.accept(answer)
			f.run(t)
			within(t, "the publisher is live", p.Live())
			want := "UDP"
			if transport == "tcp" {
				want = "TCP"
			}
			if got := p.Transport(); got != want {
				t.Errorf("connected by %q", got)
			}

			viewer := newClient(t, clientOptions{tcp: transport == "tcp"})
			viewer.receive(pion.RTPCodecTypeVideo)
			came := viewer.arrivals()
			_, answer, err = s.play("cam", webrtc.Offer{SDP: viewer.offer(false), Transport: transport}, nil)
			if err != nil {
				t.Fatal(err)
			}
			viewer.accept(answer)
			first := next(t, came, pion.MimeTypeVP8)
			for i := uint32(1); i < 20; i++ {
				if a := next(t, came, pion.MimeTypeVP8); a.number != first.number+i {
					t.Fatalf("frame %d, want %d", a.number, first.number+i)
				}
			}
		})
	}
}

func TestTransportThatIsOff(t *testing.T) {
	s := newStage(t, func(s *webrtc.Settings) { s.TCP = []string{} })
	c := newClient(t, clientOptions{})
	c.send(pion.MimeTypeVP8)
	offer := c.offer(false)
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: offer, Transport: "tcp"}, nil)
	if !errors.Is(err, fault.Unreachable) {
		t.Errorf("%v\n%s", err, answer)
	}
	p.Stop(nil)
	if _, err := s.peers.Publisher(t.Context(), webrtc.Offer{SDP: offer, Transport: "SCTP"}); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("SCTP: %v", err)
	}
}

// plays has a publisher and a viewer connect, and waits for a frame to come.
func plays(t *testing.T, s *stage) (publisher, viewer *webrtc.Peer) {
	t.Helper()
	c := newClient(t, clientOptions{})
	publisher, answer, f := s.published(c, same)
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", publisher.Live())
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	came := v.arrivals()
	viewer, answer, err := s.play("cam", webrtc.Offer{SDP: v.offer(false)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.accept(answer)
	next(t, came, pion.MimeTypeVP8)
	return publisher, viewer
}

func TestLite(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(s *webrtc.Settings) { s.Lite = true })
	publisher, viewer := plays(t, s)
	for _, p := range []*webrtc.Peer{publisher, viewer} {
		if answer, err := p.Answer(t.Context()); err != nil || !strings.Contains(answer, "\r\na=ice-lite\r\n") {
			t.Errorf("%v in\n%s", err, answer)
		}
	}
}

// TestLiteClient has the server make the checks.
func TestLiteClient(t *testing.T) {
	t.Parallel()
	c := newClient(t, clientOptions{engine: func(e *pion.SettingEngine) { e.SetLite(true) }})
	f := c.send(pion.MimeTypeVP8)
	p, answer, err := newStage(t).publish("cam", webrtc.Offer{SDP: c.offer(true)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
}

func TestPublicAddresses(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*webrtc.Settings)
		want []string
	}{
		"one for all": {func(s *webrtc.Settings) { s.NAT1To1 = []string{"203.0.113.7"} }, []string{"203.0.113.7"}},
		"one for one": {func(s *webrtc.Settings) { s.NAT1To1 = []string{"203.0.113.7/127.0.0.1"} }, []string{"203.0.113.7"}},
		"of another":  {func(s *webrtc.Settings) { s.NAT1To1 = []string{"203.0.113.7/10.1.1.1"} }, []string{"127.0.0.1"}},
		"two for all": {func(s *webrtc.Settings) { s.NAT1To1 = []string{"203.0.113.7", "203.0.113.8"} }, []string{"203.0.113.7", "203.0.113.8"}},
		"more hosts":  {func(s *webrtc.Settings) { s.Hosts = []string{"203.0.113.9"} }, []string{"127.0.0.1", "203.0.113.9"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, c.set)
			p, answer, _ := s.published(newClient(t, clientOptions{}), same)
			defer p.Stop(nil)
			udp, tcp := s.peers.Addresses()
			port := map[string]int{"udp": udp[0].(*net.UDPAddr).Port, "tcp": tcp[0].(*net.TCPAddr).Port}
			for _, transport := range []string{"udp", "tcp"} {
				var got []string
				for _, line := range candidates(answer) {
					if words := strings.Fields(line); words[2] == transport {
						got = append(got, words[4])
						if words[5] != strconv.Itoa(port[transport]) {
							t.Errorf("%q leads to another port than %d", line, port[transport])
						}
					}
				}
				if strings.Join(got, " ") != strings.Join(c.want, " ") {
					t.Errorf("%s: %v, want %v", transport, got, c.want)
				}
			}
		})
	}
}

// TestBehindNAT connects although the server tells only a public address, by the client's way there.
func TestBehindNAT(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(s *webrtc.Settings) { s.NAT1To1 = []string{"203.0.113.7"} })
	c := newClient(t, clientOptions{})
	p, answer, f := s.published(c, same)
	c.accept(strings.ReplaceAll(answer, "203.0.113.7", "127.0.0.1")) // as the router does
	f.run(t)
	within(t, "the publisher is live", p.Live())
}

func TestPortOfItsOwn(t *testing.T) {
	t.Parallel()
	first := enginetest.FreeUDP(t)
	s := newStage(t, func(s *webrtc.Settings) {
		s.Ports = [2]uint16{uint16(first), uint16(first + 20)}
	})
	publisher, viewer := plays(t, s)
	seen := map[string]bool{}
	for _, p := range []*webrtc.Peer{publisher, viewer} {
		answer, err := p.Answer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range candidates(answer) {
			port := strings.Fields(line)[5]
			if n, _ := strconv.Atoi(port); n < first || n > first+20 {
				t.Errorf("%q is out of the range", line)
			}
			seen[port] = true
		}
	}
	if len(seen) != 2 {
		t.Errorf("ports %v for two peers", seen)
	}
	publisher.Stop(nil)
	within(t, "it ends", publisher.Done())
	if udp, tcp := s.peers.Addresses(); udp != nil || tcp != nil {
		t.Errorf("shared ports %v, %v", udp, tcp)
	}
}

func TestNoPortIsFree(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := uint16(taken.LocalAddr().(*net.UDPAddr).Port)
	s := newStage(t, func(s *webrtc.Settings) { s.Ports = [2]uint16{port, port} })
	c := newClient(t, clientOptions{})
	c.send(pion.MimeTypeVP8)
	if p, err := s.peers.Publisher(t.Context(), webrtc.Offer{SDP: c.offer(false)}); !errors.Is(err, fault.Overloaded) {
		t.Errorf("%v, %v", p, err)
	}
}

func TestSettings(t *testing.T) {
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, c := range map[string]struct {
		set  webrtc.Settings
		want fault.Code
	}{
		"nothing to listen on":       {webrtc.Settings{UDP: []string{}, TCP: []string{}}, fault.InvalidParams},
		"a range upside down":        {webrtc.Settings{Ports: [2]uint16{2, 1}}, fault.InvalidParams},
		"a short timeout":            {webrtc.Settings{ICETimeout: 1}, fault.InvalidParams},
		"no public address":          {webrtc.Settings{NAT1To1: []string{"example"}}, fault.InvalidParams},
		"no local address":           {webrtc.Settings{NAT1To1: []string{"203.0.113.7/x"}}, fault.InvalidParams},
		"relays and ICE-lite":        {webrtc.Settings{Lite: true, TURN: []webrtc.TURN{{URL: "turn:127.0.0.1"}}}, fault.InvalidParams},
		"a relay that is none":       {webrtc.Settings{TURN: []webrtc.TURN{{URL: "stun:127.0.0.1"}}}, fault.InvalidParams},
		"a STUN server that is none": {webrtc.Settings{STUN: []string{"stun:example.org"}}, fault.InvalidParams},
		"a relay without URL":        {webrtc.Settings{TURN: []webrtc.TURN{{}}}, fault.InvalidParams},
		"a port that is taken":       {webrtc.Settings{UDP: []string{taken.LocalAddr().String()}, TCP: []string{}}, fault.Unreachable},
		"an address of nobody":       {webrtc.Settings{UDP: []string{"192.0.2.1:0"}, TCP: []string{}}, fault.Unreachable},
		"a port that is none":        {webrtc.Settings{UDP: []string{"127.0.0.1:x"}, TCP: []string{}}, fault.Unreachable},
		"a host name to bind":        {webrtc.Settings{UDP: []string{"localhost:0"}, TCP: []string{}}, fault.Unreachable},
		"interfaces of nothing":      {webrtc.Settings{UDP: []string{":0"}, TCP: []string{}, Interfaces: []string{"none0"}}, fault.Unreachable},
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := webrtc.New(c.set); !errors.Is(err, c.want) {
				t.Errorf("%v, %v, want %s", p, err, c.want)
			}
		})
	}
}

func TestEveryInterface(t *testing.T) {
	s := newStage(t, func(s *webrtc.Settings) { s.UDP, s.TCP = []string{":0"}, []string{":0"} })
	udp, tcp := s.peers.Addresses()
	found := false
	for _, a := range udp {
		found = found || a.(*net.UDPAddr).IP.IsLoopback()
	}
	if !found || len(tcp) != 1 {
		t.Errorf("%v, %v", udp, tcp)
	}
	plays(t, s)
}

// TestSeenFromOutside tells clients the address that a STUN server says we have.
func TestSeenFromOutside(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m stun.Message
			if stun.Decode(buf[:n], &m) != nil {
				continue
			}
			if answer, err := stun.Build(&m, stun.BindingSuccess, &stun.XORMappedAddress{IP: net.IPv4(203, 0, 113, 5), Port: 7777}); err == nil {
				conn.WriteTo(answer.Raw, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	s := newStage(t, func(s *webrtc.Settings) { s.STUN = []string{conn.LocalAddr().String()} })
	p, answer, _ := s.published(newClient(t, clientOptions{}), same)
	defer p.Stop(nil)
	udp, _ := s.peers.Addresses()
	want := " 203.0.113.5 7777 typ srflx raddr 127.0.0.1 rport " + strconv.Itoa(udp[0].(*net.UDPAddr).Port)
	for _, c := range candidates(answer) {
		if strings.HasSuffix(c, want) {
			if _, err := ice.UnmarshalCandidate(c); err != nil {
				t.Errorf("%q: %v", c, err)
			}
			return
		}
	}
	t.Errorf("no %q in\n%s", want, answer)
}
