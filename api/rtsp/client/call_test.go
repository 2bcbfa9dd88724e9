package client

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/liberrors"
	"go.uber.org/goleak"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRefusedByCamera(t *testing.T) {
	u, err := base.ParseURL("rtsp://camera/main")
	if err != nil {
		t.Fatal(err)
	}
	c := call{url: u}
	for code, want := range map[base.StatusCode]fault.Code{401: fault.Unauthorized, 403: fault.Forbidden, 404: fault.StreamNotFound, 500: fault.Unreachable} {
		if err := c.failed(liberrors.ErrClientBadStatusCode{Code: code, Message: "x"}); !errors.Is(err, want) {
			t.Errorf("%d: %v", code, err)
		}
	}
	if err := c.failed(io.EOF); !errors.Is(err, fault.Unreachable) {
		t.Error(err)
	}
}

// A camera that sends to another host is not followed, nor one that does so without end.
func TestConnect(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := base.ParseURL("rtsp://" + l.Addr().String() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	dial := call{url: u}.connect(lastLocal)
	if _, err := dial(t.Context(), "tcp", "localhost:1"); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	for range maxDials {
		c, err := dial(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if port := c.LocalAddr().(*net.TCPAddr).Port; port < firstLocal || port > lastLocal { //nolint:forcetypeassert // of TCP it is one
			t.Errorf("called from port %d", port)
		}
		_ = c.Close()
	}
	if _, err := dial(t.Context(), "tcp", l.Addr().String()); !errors.Is(err, fault.ProtocolViolation) {
		t.Error(err)
	}
}

// What counts is the address that a name leads to, for media over UDP, too, which a camera may have sent elsewhere.
func TestConnectsOnlyWhereItMay(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	u, err := base.ParseURL("rtsp://localhost:" + port + "/x")
	if err != nil {
		t.Fatal(err)
	}
	here, closed := netip.MustParseAddr("127.0.0.1"), uint16(0)
	c := call{url: u, reach: func(to netip.AddrPort) error {
		if to.Addr() != here || to.Port() == closed {
			return fault.New(fault.Forbidden, "", "inside")
		}
		return nil
	}}
	conn, err := c.connect(firstLocal)(t.Context(), "tcp4", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	here = netip.MustParseAddr("127.0.0.2")
	if _, err := c.connect(firstLocal)(t.Context(), "tcp4", u.Host); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	here = netip.MustParseAddr("127.0.0.1")
	media, err := c.client().ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer media.Close()
	if _, err := media.WriteTo([]byte("x"), media.LocalAddr()); err != nil {
		t.Error(err)
	}
	inside, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer inside.Close()
	for _, open := range []bool{false, true} { // what is lost before is not heard of before what is not
		closed = uint16(inside.LocalAddr().(*net.UDPAddr).Port)
		if open {
			closed = 0
		}
		if n, err := media.WriteTo(fmt.Append(nil, open), inside.LocalAddr()); err != nil || n == 0 {
			t.Error(n, err)
		}
	}
	b := make([]byte, 16)
	if err := inside.SetReadDeadline(time.Now().Add(enginetest.Patience)); err != nil {
		t.Fatal(err)
	}
	if n, err := inside.Read(b); string(b[:n]) != "true" {
		t.Errorf("%q, %v", b[:n], err)
	}
}

// A port that somebody else has is left out.
func TestConnectFromTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	u, err := base.ParseURL("rtsp://" + l.Addr().String() + "/x")
	if err != nil {
		t.Fatal(err)
	}
	var taken net.Listener
	port := firstLocal
	for ; taken == nil && port < lastLocal; port++ {
		taken, _ = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)) // others may have some
	}
	if taken == nil {
		t.Fatal("no port is free")
	}
	defer taken.Close()
	c, err := call{url: u}.connect(port-2)(t.Context(), "tcp", l.Addr().String()) // the next one is that
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := c.LocalAddr().(*net.TCPAddr).Port; got < port { //nolint:forcetypeassert // of TCP it is one
		t.Errorf("called from port %d, which is taken", got)
	}
}
