package link

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
)

func packet(seq uint16, payload string) *rtp.Packet {
	return &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: seq, SSRC: 7}, Payload: []byte(payload)}
}

func TestReceives(t *testing.T) {
	l, h, f := joined(t, nil)
	p := packet(1, "one")
	if err := p.SetExtension(3, []byte{1, 2}); err != nil {
		t.Fatal(err)
	}
	p.CSRC = []uint32{5}
	sealed := f.send(t, p)
	f.write(t, sealed) // again
	forged := bytes.Clone(sealed)
	forged[len(forged)-1] ^= 1
	f.write(t, forged)
	f.write(t, []byte{0x80, 96, 0, 2})          // too short
	f.write(t, append([]byte{0xBF}, sealed...)) // CSRCs beyond the end
	f.write(t, []byte{70, 1, 2, 3})             // a TURN channel
	f.sendControl(t, &rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: 2})
	f.send(t, packet(2, "two"))
	h.until(t, "both packets, and the end of a read", func() bool { return len(h.rtp) == 2 && h.reads > 0 })
	first := h.rtp[0]
	if string(first.Payload) != "one" || string(h.rtp[1].Payload) != "two" || first.SequenceNumber != 1 || len(first.CSRC) != 1 {
		t.Errorf("%v", h.rtp)
	}
	if got := first.GetExtension(3); !bytes.Equal(got, []byte{1, 2}) {
		t.Errorf("extension %v", got)
	}
	if len(h.rtcp) != 1 {
		t.Errorf("%d compound packets", len(h.rtcp))
	}
	if l.Transport() != "UDP" || l.RTT() <= 0 {
		t.Errorf("%s, round trip %v", l.Transport(), l.RTT())
	}
	if got, _ := f.dtls.SelectedSRTPProtectionProfile(); got != dtls.SRTP_AEAD_AES_128_GCM {
		t.Errorf("profile %v", got)
	}
}

func TestSends(t *testing.T) {
	l, _, f := joined(t, nil)
	h := &rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: 9, SSRC: 8}
	if _, err := l.WriteRTP(h, []byte("media")); err != nil {
		t.Fatal(err)
	}
	h.SequenceNumber, h.Padding, h.PaddingSize = 10, true, 4
	if _, err := l.WriteRTP(h, bytes.Repeat([]byte{1}, 3000)); err != nil {
		t.Fatal(err)
	}
	compound, err := (&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: 2}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.WriteRTCP(compound); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{5, 3004} {
		plain, err := f.in.DecryptRTP(nil, f.next(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		var p rtp.Packet
		if err := p.Unmarshal(plain); err != nil {
			t.Fatal(err)
		}
		if got := len(p.Payload) + int(p.PaddingSize); got != want || p.SSRC != 8 {
			t.Errorf("%d bytes, want %d", got, want)
		}
	}
	if plain, err := f.in.DecryptRTCP(nil, f.next(t), nil); err != nil || !bytes.Equal(plain, compound) {
		t.Errorf("%x, %v", plain, err)
	}
	if _, err := l.WriteRTCP([]byte{1}); err == nil {
		t.Error("what is no RTCP was sent")
	}
}

// TestEarly keeps what comes before the keys, which the other side has a moment earlier; not all of it.
func TestEarly(t *testing.T) {
	l, h, f := joined(t, nil)
	sealed := func(seq uint16) []*mux.Packet {
		plain, err := packet(seq, "x").Marshal()
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.out.EncryptRTP(nil, plain, nil)
		if err != nil {
			t.Fatal(err)
		}
		return []*mux.Packet{{Data: p}}
	}
	var header rtp.Header
	var early []*mux.Packet
	k := l.keys.Swap(nil)
	for seq := range uint16(maxEarly + 10) {
		early = l.take(sealed(seq), early, &header)
	}
	if len(early) != maxEarly {
		t.Errorf("%d are kept", len(early))
	}
	l.keys.Store(k)
	if left := l.take(sealed(maxEarly+10), early, &header); left != nil {
		t.Errorf("%d are too early still", len(left))
	}
	h.until(t, "all packets", func() bool { return len(h.rtp) == maxEarly+1 })
	for i, p := range h.rtp[:maxEarly] {
		if p.SequenceNumber != uint16(i) {
			t.Errorf("packet %d is %d", i, p.SequenceNumber)
		}
	}
}

func TestNothingBeforeKeys(t *testing.T) {
	l, _ := near(t, nil)
	if _, err := l.WriteRTP(&rtp.Header{}, nil); !errors.Is(err, fault.Closed) {
		t.Errorf("%v", err)
	}
	if _, err := l.WriteRTCP(nil); !errors.Is(err, fault.Closed) {
		t.Errorf("%v", err)
	}
	if l.Err() != nil || l.Transport() != "" || l.RTT() != 0 {
		t.Error("it knows too much")
	}
	if _, err := l.write([]byte{1}); err == nil {
		t.Error("nobody is there to write to")
	}
}

// TestWeBegin has the other side wait for our hello.
func TestWeBegin(t *testing.T) {
	l, h := near(t, func(c *Config) { c.Remote.Setup = "passive" })
	f, remote := newFar(t)
	remote.Setup = "passive"
	if err := l.Start(remote); err != nil {
		t.Fatal(err)
	}
	if local, err := l.Local(t.Context()); err != nil || local.Setup != "active" {
		t.Errorf("%+v, %v", local, err)
	}
	f.connect(t, l)
	f.shake(t, false, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	within(t, "the keys are there", h.up)
	f.send(t, packet(1, "one"))
	h.until(t, "a packet", func() bool { return len(h.rtp) == 1 })
}

func TestClose(t *testing.T) {
	l, h, f := joined(t, nil)
	l.Close(errTest)
	l.Close(nil)
	within(t, "it ends", l.Done())
	within(t, "it is told", h.ended)
	if !errors.Is(l.Err(), errTest) || !errors.Is(h.reason, errTest) {
		t.Errorf("%v, %v", l.Err(), h.reason)
	}
	if _, err := f.dtls.Read(make([]byte, 10)); err == nil {
		t.Error("we did not say goodbye")
	}
	if _, err := l.Local(t.Context()); !errors.Is(err, fault.Closed) && err != nil && !errors.Is(err, fault.Internal) {
		t.Errorf("%v", err)
	}
}

func TestGoodbye(t *testing.T) {
	l, h, f := joined(t, nil)
	f.dtls.Close()
	within(t, "it ends", h.ended)
	if !errors.Is(l.Err(), fault.Closed) {
		t.Errorf("%v", l.Err())
	}
}

// TestGoodbyeOnTheWay has whoever signals for the peer stop it with his own reason at that moment.
func TestGoodbyeOnTheWay(t *testing.T) {
	l, h, f := joined(t, nil)
	f.dtls.Close()
	l.Close(nil)
	within(t, "it ends", h.ended)
	if l.Err() != nil {
		t.Errorf("%v", l.Err())
	}
}

func TestLocalWaits(t *testing.T) {
	l, _ := near(t, nil)
	if _, err := l.Local(t.Context()); err != nil { // or what is still gathered would end the wait below
		t.Fatal(err)
	}
	l.mu.Lock()
	l.gather = make(chan struct{})
	l.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Local(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	l.Close(nil)
	if _, err := l.Local(t.Context()); !errors.Is(err, fault.Closed) {
		t.Errorf("%v", err)
	}
}

func TestVerify(t *testing.T) {
	own, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	chain := own.chain.Certificate
	for name, c := range map[string]struct {
		raw       [][]byte
		announced []sdp.Fingerprint
		want      error
	}{
		"sha-256":          {chain, []sdp.Fingerprint{own.Fingerprint}, nil},
		"sha-512":          {chain, []sdp.Fingerprint{{Hash: "sha-512", Value: digest(t, own.chain, crypto.SHA512)}}, nil},
		"one of several":   {chain, []sdp.Fingerprint{{Hash: "sha-256", Value: "00"}, {Hash: "x-new", Value: "00"}, own.Fingerprint}, nil},
		"a weak one":       {chain, []sdp.Fingerprint{{Hash: "sha-1", Value: digest(t, own.chain, crypto.SHA1)}}, fault.DTLSFingerprint},
		"another":          {chain, []sdp.Fingerprint{{Hash: "sha-256", Value: "00"}}, fault.DTLSFingerprint},
		"none announced":   {chain, nil, fault.DTLSFingerprint},
		"none shown":       {nil, []sdp.Fingerprint{own.Fingerprint}, fault.DTLSFingerprint},
		"none that is one": {[][]byte{{1}}, []sdp.Fingerprint{own.Fingerprint}, fault.DTLSFailed},
	} {
		if err := verify(c.raw, c.announced); !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCandidateLines(t *testing.T) {
	host, err := ice.NewCandidateHost(&ice.CandidateHostConfig{Network: "udp", Address: "192.0.2.1", Port: 31000, Component: 1})
	if err != nil {
		t.Fatal(err)
	}
	passive, err := ice.NewCandidateHost(&ice.CandidateHostConfig{
		Network: "tcp", Address: "2001:db8::1", Port: 31000, Component: 1, TCPType: ice.TCPTypePassive,
	})
	if err != nil {
		t.Fatal(err)
	}
	relay, err := ice.NewCandidateRelay(&ice.CandidateRelayConfig{
		Network: "udp", Address: "198.51.100.1", Port: 5, Component: 1, RelAddr: "192.0.2.1", RelPort: 6,
	})
	if err != nil {
		t.Fatal(err)
	}
	l := &Link{conf: Config{Hosts: []netip.Addr{netip.MustParseAddr("203.0.113.1"), netip.MustParseAddr("2001:db8::2")}}}
	public := map[netip.AddrPort]netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:31000"): netip.MustParseAddrPort("203.0.113.9:7")}
	var got []string
	for _, c := range []ice.Candidate{host, passive, relay} {
		got = append(got, l.describe(c, public)...)
	}
	want := []string{
		"192.0.2.1 31000 typ host", "203.0.113.9 7 typ srflx raddr 192.0.2.1 rport 31000", "203.0.113.1 31000 typ host",
		"2001:db8::1 31000 typ host tcptype passive", "2001:db8::2 31000 typ host tcptype passive",
		"198.51.100.1 5 typ relay raddr 192.0.2.1 rport 6",
	}
	seen := map[string]bool{}
	for i, line := range got {
		if !strings.HasSuffix(line, " "+want[i]) {
			t.Errorf("%q, want %q", line, want[i])
		}
		c, err := ice.UnmarshalCandidate(line)
		if err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		if seen[c.Foundation()] {
			t.Errorf("%q has another's foundation", line)
		}
		seen[c.Foundation()] = true
		if i > 0 && priority(line) == priority(got[i-1]) {
			t.Errorf("%q is as good as %q", line, got[i-1])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d lines", len(got))
	}
}

func TestCredentials(t *testing.T) {
	a, b := credentials()
	c, d := credentials()
	if len(a) < 4 || len(b) < 22 || a == c || b == d {
		t.Errorf("%q %q, %q %q", a, b, c, d)
	}
}

func TestRewrite(t *testing.T) {
	c := Config{NAT1To1: []string{"203.0.113.1", "203.0.113.2/10.0.0.2", "203.0.113.3"}}
	got := c.rewrite()
	if len(got) != 2 || got[0].Local != "10.0.0.2" || len(got[1].External) != 2 {
		t.Errorf("%+v", got)
	}
	if got := (&Config{}).rewrite(); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestLogs(t *testing.T) {
	for level, want := range map[slog.Level]string{slog.LevelDebug: "DDIIWWEEA", slog.LevelWarn: "EE"} {
		var out bytes.Buffer
		log := Logs{slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))}.NewLogger("ice")
		log.Trace("T")
		log.Tracef("%s", "T")
		log.Debug("D")
		log.Debugf("%s", "D")
		log.Info("I")
		log.Infof("%s", "I")
		log.Warn("W")
		log.Warnf("%s", "W")
		log.Error("E")
		log.Errorf("%s", "E")
		log.Errorf("A%.0s", fmt.Errorf("statistics: %w", ice.ErrClosed)) // no error, but an end
		got := ""
		for line := range strings.Lines(out.String()) {
			got += strings.TrimSpace(line[strings.Index(line, "said=")+5:])
		}
		if got != want {
			t.Errorf("%v: %s, want %s", level, got, want)
		}
	}
}

func TestPipe(t *testing.T) {
	p := newPipe(nil)
	p.put([]byte("one"))
	buf := make([]byte, 10)
	if n, _, err := p.ReadFrom(buf); err != nil || string(buf[:n]) != "one" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	for range 1000 {
		p.put(make([]byte, 1000)) // bounded
	}
	if err := p.SetWriteDeadline(time.Now()); err != nil {
		t.Error(err)
	}
	if err := p.SetDeadline(time.Now().Add(-time.Second)); err != nil {
		t.Error(err)
	}
	p.close()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
