package webrtc_test

import (
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/elements/webrtc/relay"
)

// relayed starts a relay and gives credentials for it.
func relayed(t testing.TB, media func(netip.AddrPort) bool, peers ...netip.Prefix) (url, username, password string) {
	t.Helper()
	logs := logging.NewDefaultLoggerFactory()
	logs.Writer = io.Discard
	r, err := relay.Listen(t.Context(), relay.Options{
		UDP: []string{"127.0.0.1:0"}, Public: netip.MustParseAddr("127.0.0.1"), Secret: "secret", Log: logs,
		Media: media, Peers: peers,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if username, password, err = r.Credentials("alice", time.Hour); err != nil {
		t.Fatal(err)
	}
	udp, _ := r.Addresses()
	return "turn:" + udp[0].String() + "?transport=udp", username, password
}

// TestClientBehindRelay has a client that reaches nothing but the relay.
func TestClientBehindRelay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url, username, password := relayed(t, s.peers.Receives)
	c := newClient(t, clientOptions{})
	err := c.pc.SetConfiguration(pion.Configuration{
		ICEServers:         []pion.ICEServer{{URLs: []string{url}, Username: username, Credential: password}},
		ICETransportPolicy: pion.ICETransportPolicyRelay,
	})
	if err != nil {
		t.Fatal(err)
	}
	p, answer, f := s.published(c, same)
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
}

// TestServerBehindRelay has a server that clients reach by the relay only.
func TestServerBehindRelay(t *testing.T) {
	t.Parallel()
	url, username, password := relayed(t, nil, netip.MustParsePrefix("127.0.0.0/8"))
	s := newStage(t, func(s *webrtc.Settings) {
		s.TURN = []webrtc.TURN{{URL: url, Username: username, Credential: password}}
	})
	c := newClient(t, clientOptions{})
	f := c.send(pion.MimeTypeVP8)
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: c.offer(true)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(answer) {
		if !strings.HasPrefix(line, "a=candidate:") || strings.Contains(line, " typ relay ") {
			out.WriteString(line)
		}
	}
	if len(candidates(out.String())) == 0 {
		t.Fatalf("no relay in\n%s", answer)
	}
	c.accept(out.String())
	f.run(t)
	within(t, "the publisher is live", p.Live())
	if got := p.Transport(); got != "UDP" {
		t.Errorf("by %s", got)
	}
}
