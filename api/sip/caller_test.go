package sip_test

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/engine/enginetest"
)

// caller is somebody who calls in over UDP and says what no telephone would.
type caller struct {
	t  *testing.T
	c  *net.UDPConn
	to netip.AddrPort
}

// newCaller makes one at an address of the loopback.
func newCaller(t *testing.T, s *server, at string) *caller {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(at), 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &caller{t, c, netip.MustParseAddrPort(s.udp)}
}

// addr is where it is.
func (c *caller) addr() netip.AddrPort { return c.c.LocalAddr().(*net.UDPAddr).AddrPort() }

// request is a request of it to somebody; cseq tells those of a call apart. Headers are more of them, and the Contact if one is to be there.
func (c *caller) request(method, to, call string, cseq int, headers ...string) string {
	lines := []string{
		fmt.Sprintf("%s sip:%s@%s SIP/2.0", method, to, c.to), fmt.Sprintf("Via: SIP/2.0/UDP %s;branch=z9hG4bK%s%d;rport", c.addr(), call, cseq),
		"From: <sip:9@127.0.0.1>;tag=" + call, "Call-ID: " + call, fmt.Sprintf("CSeq: %d %s", cseq, method),
	}
	if !strings.Contains(strings.Join(headers, "\n"), "To:") {
		lines = append(lines, fmt.Sprintf("To: <sip:%s@%s>", to, c.to))
	}
	return strings.Join(append(lines, headers...), "\r\n") + "\r\n"
}

// offer is a body that offers sound at the caller's address.
func (c *caller) offer() string {
	sdp := fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %[1]s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n", c.addr().Addr())
	return fmt.Sprintf("Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", len(sdp), sdp)
}

// send sends a message, which ends with its headers if it has no body.
func (c *caller) send(text string) {
	c.t.Helper()
	if !strings.Contains(text, "\r\n\r\n") {
		text += "Content-Length: 0\r\n\r\n"
	}
	if _, err := c.c.WriteToUDPAddrPort([]byte(text), c.to); err != nil {
		c.t.Fatal(err)
	}
}

// hear is what comes next.
func (c *caller) hear() sip.Message {
	c.t.Helper()
	_ = c.c.SetReadDeadline(time.Now().Add(enginetest.Patience))
	buf := make([]byte, 65536)
	n, err := c.c.Read(buf)
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := message.Parse(buf[:n])
	if err != nil {
		c.t.Fatalf("%v in %q", err, buf[:n])
	}
	return m
}

// final is the next final answer.
func (c *caller) final() *sip.Response {
	c.t.Helper()
	for {
		if res, ok := c.hear().(*sip.Response); ok && !res.IsProvisional() {
			return res
		}
	}
}

// call calls somebody and acknowledges the answer, which must be 200. Contact is where the caller says that it is, and headers are more.
func (c *caller) call(to, id, contact string, headers ...string) *sip.Response {
	c.t.Helper()
	res := c.invite(to, id, 1, append(headers, "Contact: <"+contact+">")...)
	for again := 1; res.StatusCode == 480 && again < 100; again++ { // the account's line is not open yet
		id = fmt.Sprint(id, again)
		res = c.invite(to, id, 1, append(headers, "Contact: <"+contact+">")...)
	}
	if res.StatusCode != sip.StatusOK {
		c.t.Fatal(res.String())
	}
	c.send(c.request("ACK", to, id, 1, "To: "+res.To().Value()))
	return res
}

// invite calls somebody, and gives the final answer. It acknowledges one that refuses.
func (c *caller) invite(to, id string, cseq int, headers ...string) *sip.Response {
	c.t.Helper()
	c.send(strings.TrimSuffix(c.request("INVITE", to, id, cseq, append(headers, c.offer())...), "\r\n"))
	res := c.final()
	if res.StatusCode >= 300 {
		c.send(c.request("ACK", to, id, cseq, "To: "+res.To().Value()))
	}
	return res
}
