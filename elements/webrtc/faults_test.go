package webrtc_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/lossy"
	"sluice/engine/fault"
)

// ends waits for a peer's end and looks at its reason.
func ends(t *testing.T, p *webrtc.Peer, want error) {
	t.Helper()
	within(t, "the peer ends", p.Done())
	if err := p.Err(); !errors.Is(err, want) || (want == nil) != (err == nil) {
		t.Errorf("it ended for %v, want %v", err, want)
	}
}

func impatient(s *webrtc.Settings) { s.ICETimeout, s.ConsentTimeout = time.Second, time.Second }

// published makes a publisher and gives its answer, without connecting.
func (s *stage) published(c *client, change func(string) string) (*webrtc.Peer, string, *feed) {
	s.t.Helper()
	f := c.send(pion.MimeTypeVP8)
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: change(c.offer(false))}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return p, answer, f
}

func same(s string) string { return s }

func TestNobodyComes(t *testing.T) {
	t.Parallel()
	p, _, _ := newStage(t, impatient).published(newClient(t, clientOptions{}), same)
	ends(t, p, fault.ICETimeout)
}

// find is the first group of a pattern.
func find(t testing.TB, text, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %q in\n%s", pattern, text)
	}
	return m[1]
}

// TestHeardAndNotConnected has a client whose checks come, and to whom nothing gets through.
func TestHeardAndNotConnected(t *testing.T) {
	t.Parallel()
	c := newClient(t, clientOptions{})
	var offer string
	p, answer, _ := newStage(t, impatient).published(c, func(s string) string { offer = s; return s })
	user := find(t, answer, "a=ice-ufrag:(.*)\r") + ":" + find(t, offer, "a=ice-ufrag:(.*)\r")
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(user), ice.PriorityAttr(1), ice.AttrControlling(1),
		ice.UseCandidate(), stun.NewShortTermIntegrity(find(t, answer, "a=ice-pwd:(.*)\r")), stun.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("udp", "127.0.0.1:"+find(t, answer, "udp [0-9]+ 127.0.0.1 ([0-9]+) typ"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(check.Raw); err != nil {
		t.Fatal(err)
	}
	ends(t, p, fault.ICEFailed)
}

// proxied has the answer lead to a bad network.
func proxied(t testing.TB, answer string, c lossy.Conditions) (string, *lossy.Proxy) {
	t.Helper()
	port := find(t, answer, "udp [0-9]+ 127.0.0.1 ([0-9]+) typ")
	proxy, err := lossy.Listen("127.0.0.1:"+port, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := proxy.Close(); err != nil {
			t.Errorf("closing the proxy: %v", err)
		}
	})
	return strings.ReplaceAll(answer, " 127.0.0.1 "+port+" ", " 127.0.0.1 "+strconv.Itoa(int(proxy.Addr().Port()))+" "), proxy
}

func TestConnectionIsLost(t *testing.T) {
	t.Parallel()
	c := newClient(t, clientOptions{})
	p, answer, f := newStage(t, impatient).published(c, same)
	answer, proxy := proxied(t, answer, lossy.Conditions{})
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
	proxy.Change(lossy.Conditions{Loss: 1})
	ends(t, p, fault.ICEConsentLost)
}

// dialICE connects an agent to an answer, and does nothing but that.
func dialICE(t *testing.T, s *stage, change func(string) string) (*webrtc.Peer, *ice.Conn) {
	t.Helper()
	agent, err := ice.NewAgentWithOptions(ice.WithIncludeLoopback(), ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4}),
		ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled), ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.GracefulClose() })
	ufrag, pwd, err := agent.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	p, answer, _ := s.published(newClient(t, clientOptions{}), func(sdp string) string {
		sdp = regexp.MustCompile("a=ice-ufrag:.*\r").ReplaceAllString(sdp, "a=ice-ufrag:"+ufrag+"\r")
		return change(regexp.MustCompile("a=ice-pwd:.*\r").ReplaceAllString(sdp, "a=ice-pwd:"+pwd+"\r"))
	})
	candidate, err := ice.UnmarshalCandidate(find(t, answer, "a=candidate:(.* udp .*)\r"))
	if err != nil {
		t.Fatal(err)
	}
	gathered := make(chan struct{})
	agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			close(gathered)
		}
	})
	if err := agent.GatherCandidates(); err != nil {
		t.Fatal(err)
	}
	enginetest.Await(t, "the client's addresses", gathered)
	if err := agent.AddRemoteCandidate(candidate); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn, err := agent.Dial(ctx, find(t, answer, "a=ice-ufrag:(.*)\r"), find(t, answer, "a=ice-pwd:(.*)\r"))
	if err != nil {
		t.Fatal(err)
	}
	return p, conn
}

func TestNoHandshake(t *testing.T) {
	t.Parallel()
	p, _ := dialICE(t, newStage(t, impatient), same)
	ends(t, p, fault.DTLSFailed)
}

// shake does a DTLS handshake as a client.
func shake(t *testing.T, conn *ice.Conn, certificate tls.Certificate, options ...dtls.ClientOption) {
	t.Helper()
	options = append(options, dtls.WithCertificates(certificate), dtls.WithInsecureSkipVerify(true))
	d, err := dtls.ClientWithOptions(packets{conn}, conn.RemoteAddr(), options...)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := d.HandshakeContext(ctx); err != nil {
		t.Logf("the client's handshake: %v", err)
	}
}

// packets makes a net.PacketConn of a connection.
type packets struct{ *ice.Conn }

func (p packets) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, p.RemoteAddr(), err
}
func (p packets) WriteTo(b []byte, _ net.Addr) (int, error) { return p.Write(b) }

func TestHandshakeOfAnother(t *testing.T) {
	t.Parallel()
	p, conn := dialICE(t, newStage(t), same)
	shake(t, conn, selfSigned(t), dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM))
	ends(t, p, fault.DTLSFingerprint)
}

func TestHandshakeWithoutSRTP(t *testing.T) {
	t.Parallel()
	certificate := selfSigned(t)
	hash := sha256.Sum256(certificate.Certificate[0])
	digest := strings.TrimSuffix(regexp.MustCompile("..").ReplaceAllString(hex.EncodeToString(hash[:]), "$0:"), ":")
	p, conn := dialICE(t, newStage(t), func(s string) string {
		return regexp.MustCompile("a=fingerprint:.*\r").ReplaceAllString(s, "a=fingerprint:sha-256 "+digest+"\r")
	})
	shake(t, conn, certificate)
	ends(t, p, fault.DTLSFailed)
}

func TestFingerprint(t *testing.T) {
	wrong := func(s string) string {
		return regexp.MustCompile("(a=fingerprint:sha-256 )..").ReplaceAllString(s, "${1}00")
	}
	for name, change := range map[string]func(string) string{
		"the client begins": wrong,
		"we begin":          func(s string) string { return strings.ReplaceAll(wrong(s), "actpass", "passive") },
		"a weak hash":       func(s string) string { return strings.ReplaceAll(s, "fingerprint:sha-256", "fingerprint:sha-1") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, clientOptions{})
			p, answer, _ := newStage(t).published(c, change)
			c.accept(answer)
			ends(t, p, fault.DTLSFingerprint)
		})
	}
}

func TestSilentPublisher(t *testing.T) {
	t.Parallel()
	clock := enginetest.NewClock()
	c := newClient(t, clientOptions{})
	p, answer, f := newStage(t, func(s *webrtc.Settings) { s.Clock = clock }).published(c, same)
	c.accept(answer)
	stop := f.run(t)
	within(t, "the publisher is live", p.Live())
	clock.Advance(59 * time.Second) // what comes from here on counts anew
	stop()
	select {
	case <-p.Done():
		t.Fatal("it ended too early")
	default:
	}
	clock.Advance(time.Minute)
	ends(t, p, fault.Stalled)
}

func TestClientCloses(t *testing.T) {
	t.Parallel()
	c := newClient(t, clientOptions{})
	p, answer, f := newStage(t).published(c, same)
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
	c.pc.Close()
	ends(t, p, fault.Closed)
}

func TestStop(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newClient(t, clientOptions{})
	p, answer, f := s.published(c, same)
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
	p.Stop(nil)
	p.Stop(fault.New(fault.Stalled, "", "too late to be a reason"))
	ends(t, p, nil)
	if _, err := p.Answer(t.Context()); err != nil {
		t.Errorf("an answer that was given is gone: %v", err)
	}
	if c := p.Counts(); c.Packets == 0 {
		t.Errorf("%+v", c)
	}
}

func TestPeersClose(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	p, _, _ := s.published(newClient(t, clientOptions{}), same)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.peers.Close(ctx); err != nil {
		t.Error(err)
	}
	ends(t, p, fault.Closed)
	c := newClient(t, clientOptions{})
	c.send(pion.MimeTypeVP8)
	if p, err := s.peers.Publisher(ctx, webrtc.Offer{SDP: c.offer(false)}); !errors.Is(err, fault.Closed) {
		t.Errorf("%v, %v", p, err)
	}
}
