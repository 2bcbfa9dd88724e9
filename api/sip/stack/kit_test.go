package stack_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// handler is a Handler that is a function.
type handler func(in stack.Incoming)

func (h handler) Request(in stack.Incoming) { h(in) }

// deaf takes requests and answers nothing.
func deaf(stack.Incoming) {}

// newStack makes a stack at the loopback, with times a tenth of the usual.
func newStack(t testing.TB, change ...func(*stack.Options)) *stack.Stack {
	t.Helper()
	opt := stack.Options{
		Log: slog.New(slog.DiscardHandler), Bind: loopback,
		Timers: stack.Timers{T1: 50 * time.Millisecond, T2: 400 * time.Millisecond, T4: 100 * time.Millisecond},
	}
	for _, c := range change {
		c(&opt)
	}
	s, err := stack.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), enginetest.Patience)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// port opens a port.
func port(t testing.TB, s *stack.Stack, network stack.Network, h handler) *stack.Socket {
	t.Helper()
	p, err := s.Open(t.Context(), network, h)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// request makes a request to a place; calls are told apart by id.
func request(method sip.RequestMethod, to, id string, cseq uint32) *sip.Request {
	var uri sip.Uri
	_ = sip.ParseUri(to, &uri)
	r := sip.NewRequest(method, uri)
	from := &sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "a", Host: "example.org"}, Params: sip.NewParams()}
	from.Params.Add("tag", "t"+id)
	r.AppendHeader(from)
	r.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: "b", Host: "example.org"}})
	call := sip.CallIDHeader(id)
	r.AppendHeader(&call)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: method})
	return r
}

// uri is the address of a port.
func uri(p *stack.Socket) string { u := p.Contact("b"); return u.String() }

// do begins a transaction.
func do(t testing.TB, p stack.Port, r *sip.Request) stack.Transaction {
	t.Helper()
	tx, err := p.Do(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// answer is the next answer, which must have a code.
func answer(t testing.TB, tx stack.Transaction, code int) *sip.Response {
	t.Helper()
	res := enginetest.Await(t, fmt.Sprintf("an answer %d", code), tx.Responses())
	if res == nil {
		t.Fatalf("no answer %d: %v", code, tx.Err())
	}
	if res.StatusCode != code {
		t.Fatalf("the answer is %s, want %d", res.StartLine(), code)
	}
	return res
}

// reply answers a request.
func reply(t testing.TB, in stack.Incoming, code int) {
	t.Helper()
	if err := in.Respond(sip.NewResponseFromRequest(in.Request(), code, "", nil)); err != nil {
		t.Error(err)
	}
}

// raw is a peer that is only a UDP socket.
type raw struct {
	t testing.TB
	c *net.UDPConn
}

func newRaw(t testing.TB) *raw {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &raw{t, c}
}

// addr is where it is.
func (r *raw) addr() netip.AddrPort { return r.c.LocalAddr().(*net.UDPAddr).AddrPort() }

// send sends text, with line ends of SIP, and with %p for the port.
func (r *raw) send(to netip.AddrPort, text string) {
	r.t.Helper()
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\n", "\r\n"), "%p", fmt.Sprint(r.addr().Port()))
	if _, err := r.c.WriteToUDPAddrPort([]byte(text), to); err != nil {
		r.t.Fatal(err)
	}
}

// receive is what comes next.
func (r *raw) receive() (sip.Message, netip.AddrPort) {
	r.t.Helper()
	_ = r.c.SetReadDeadline(time.Now().Add(enginetest.Patience))
	buf := make([]byte, 65536)
	n, from, err := r.c.ReadFromUDPAddrPort(buf)
	if err != nil {
		r.t.Fatal(err)
	}
	m, err := message.Parse(buf[:n])
	if err != nil {
		r.t.Fatalf("%v in %q", err, buf[:n])
	}
	return m, from
}

// response is what comes next, which must be an answer of a code.
func (r *raw) response(code int) *sip.Response {
	r.t.Helper()
	m, _ := r.receive()
	res, ok := m.(*sip.Response)
	if !ok || res.StatusCode != code {
		r.t.Fatalf("got %s, want %d", m.String(), code)
	}
	return res
}

// silent tells that nothing comes: what is sent afterwards comes first.
func (r *raw) silent(p *stack.Socket) {
	r.t.Helper()
	r.send(p.Addr(), options("probe"))
	if m, _ := r.receive(); m.CallID().Value() != "probe" {
		r.t.Fatalf("got %s", m.String())
	}
}

// options is the text of an OPTIONS.
func options(id string) string {
	return "OPTIONS sip:b@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:%p;branch=z9hG4bK" + id + ";rport\nFrom: <sip:a@a>;tag=1\n" +
		"To: <sip:b@b>\nCall-ID: " + id + "\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n"
}
