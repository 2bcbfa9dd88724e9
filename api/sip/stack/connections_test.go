package stack_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/digest"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

// certificate is one for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"sip.example.org"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	s := newStack(t, func(o *stack.Options) {
		o.ServerTLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		o.ClientTLS = &tls.Config{RootCAs: pool}
	})
	served := port(t, s, stack.TLS, func(in stack.Incoming) {
		if in.Request().Transport() != "TLS" {
			t.Errorf("it came over %s", in.Request().Transport())
		}
		reply(t, in, 200)
	})
	caller := port(t, s, stack.UDP, deaf) // the address asks for TLS
	answer(t, do(t, caller, request(sip.OPTIONS, uri(served), "1", 1)), 200)
	strange := newStack(t) // trusts the system's authorities only
	if _, err := port(t, strange, stack.TCP, deaf).Do(t.Context(), request(sip.OPTIONS, uri(served), "2", 1)); err == nil {
		t.Error("a certificate of nobody was taken")
	}
	if _, err := strange.Open(t.Context(), stack.TLS, handler(deaf)); err == nil {
		t.Error("there is TLS without a certificate")
	}
}

// A phone behind NAT, over TCP, is called over the connection that it made.
func TestCallOverTheConnectionThatCame(t *testing.T) {
	s := newStack(t)
	sources := make(chan netip.AddrPort, 1)
	served := port(t, s, stack.TCP, func(in stack.Incoming) { reply(t, in, 200); sources <- in.Source() })
	phone := port(t, s, stack.TCP, func(in stack.Incoming) { reply(t, in, 200) })
	answer(t, do(t, phone, request(sip.REGISTER, uri(served), "1", 1)), 200)
	answer(t, do(t, served, request(sip.OPTIONS, "sip:b@"+(<-sources).String(), "2", 1)), 200)
}

// Over TLS only requests of the calls that came over a connection take it: who made it has shown no certificate (RFC 5923 9.1).
func TestConnectionsOfOthersOverTLS(t *testing.T) {
	cert, pool := certificate(t)
	s := newStack(t, func(o *stack.Options) {
		o.ServerTLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		o.ClientTLS = &tls.Config{RootCAs: pool}
	})
	came := make(chan stack.Incoming, 1)
	served := port(t, s, stack.TLS, func(in stack.Incoming) { reply(t, in, 200); came <- in })
	phone := port(t, s, stack.TLS, func(in stack.Incoming) { reply(t, in, 200) })
	answer(t, do(t, phone, request(sip.INFO, uri(served), "1", 1)), 200)
	in := enginetest.Await(t, "a request", came)
	there := "sip:b@" + in.Source().String() + ";transport=tls"
	if _, err := served.Do(t.Context(), request(sip.OPTIONS, there, "2", 1)); err == nil {
		t.Error("a connection that anybody may have made was taken for somebody's")
	}
	answer(t, do(t, in.Port(), request(sip.BYE, there, "3", 1)), 200)
	answer(t, do(t, in.Port(), request(sip.OPTIONS, uri(phone), "4", 1)), 200) // elsewhere than where it came from
}

// What waits on a connection that breaks is told at once.
func TestConnectionBreaks(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := newStack(t, func(o *stack.Options) { o.Timers.T1 = time.Hour })
	tx := do(t, port(t, s, stack.TCP, deaf), request(sip.INVITE, "sip:b@"+l.Addr().String(), "1", 1))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	if res := <-tx.Responses(); res != nil || tx.Err() == nil {
		t.Errorf("%v, %v", res, tx.Err())
	}
}

func TestPing(t *testing.T) {
	s := newStack(t)
	peer := newRaw(t)
	if err := port(t, s, stack.UDP, deaf).Ping(t.Context(), request(sip.REGISTER, "sip:"+peer.addr().String(), "1", 1)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 16)
	if n, _, err := peer.c.ReadFromUDPAddrPort(buf); err != nil || string(buf[:n]) != "\r\n\r\n" {
		t.Errorf("%q, %v", buf[:n], err)
	}
	served := port(t, s, stack.TCP, deaf)
	caller := port(t, s, stack.TCP, deaf)
	if err := caller.Ping(t.Context(), request(sip.REGISTER, uri(served), "1", 1)); err != nil {
		t.Fatal(err)
	}
}

func TestReach(t *testing.T) {
	peer := newRaw(t)
	s := newStack(t, func(o *stack.Options) {
		o.Reach = func(a netip.AddrPort) error {
			if a == peer.addr() {
				return net.ErrClosed
			}
			return nil
		}
	})
	if _, err := port(t, s, stack.UDP, deaf).Do(t.Context(), request(sip.INVITE, "sip:b@"+peer.addr().String(), "1", 1)); err == nil {
		t.Error("it was sent")
	}
}

// Within bounds one port's requests beside what bounds all of the stack's.
func TestWithin(t *testing.T) {
	near, far := newRaw(t), newRaw(t)
	p := port(t, newStack(t), stack.UDP, deaf)
	bounded := p.Within(func(netip.AddrPort) error { return nil }).Within(func(a netip.AddrPort) error {
		if a == far.addr() {
			return net.ErrClosed
		}
		return nil
	})
	there := request(sip.BYE, "sip:b@"+far.addr().String(), "1", 1)
	if _, err := bounded.Do(t.Context(), there); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
	if err := bounded.Write(t.Context(), there); err == nil {
		t.Error("it was written")
	}
	if err := bounded.Ping(t.Context(), there); err == nil {
		t.Error("it was pinged")
	}
	do(t, bounded, request(sip.BYE, "sip:b@"+near.addr().String(), "2", 1))
	near.receive()
	do(t, p, there) // others are not bounded, and this is the first that comes
	far.receive()
}

// The two halves of digest, over sockets.
func TestDigest(t *testing.T) {
	s := newStack(t)
	guard := digest.NewServer(digest.ServerOptions{Realm: "here", Password: func(u string) (string, bool) { return "secret", u == "alice" }})
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		_, challenges, err := guard.Check(in.Request())
		if err == nil {
			reply(t, in, 200)
			return
		}
		res := sip.NewResponseFromRequest(in.Request(), 401, "Unauthorized", nil)
		for _, c := range challenges {
			res.AppendHeader(c)
		}
		if err := in.Respond(res); err != nil {
			t.Error(err)
		}
	})
	caller := port(t, s, stack.UDP, deaf)
	for password, code := range map[string]int{"secret": 200, "wrong": 401} {
		c := digest.NewClient(digest.Credentials{User: "alice", Password: password})
		first := request(sip.REGISTER, uri(served), password, 1)
		res := answer(t, do(t, caller, first), 401)
		next := first.Clone()
		next.CSeq().SeqNo++
		if err := c.Answer(next, first, res, 1); err != nil {
			t.Fatal(err)
		}
		answer(t, do(t, caller, next), code)
	}
}

// Routes: a loose one leads the way, a strict one takes the place of the address (RFC 3261 12.2.1.1).
func TestRoutes(t *testing.T) {
	p := port(t, newStack(t), stack.UDP, deaf)
	for _, lr := range []bool{true, false} {
		peer := newRaw(t)
		r := request(sip.INFO, "sip:far@192.0.2.1", "1", 1)
		hop := sip.Uri{Scheme: "sip", Host: "127.0.0.1", Port: int(peer.addr().Port()), UriParams: sip.NewParams()}
		if lr {
			hop.UriParams.Add("lr", "")
		}
		r.AppendHeader(&sip.RouteHeader{Address: hop})
		do(t, p, r)
		m, _ := peer.receive()
		got, routes := m.(*sip.Request), m.GetHeaders("Route")
		if want := map[bool]string{true: "192.0.2.1", false: "127.0.0.1"}[lr]; got.Recipient.Host != want || len(routes) != 1 {
			t.Errorf("loose %t: %s", lr, got.String())
		}
	}
}
