package stack_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/digest"
	"sluice/api/sip/siptest"
	"sluice/api/sip/stack"
)

// scenario is the file of one of SIPp's.
func scenario(name string) string { return filepath.Join("../../../testdata/sip", name+".xml") }

// usual has the times of RFC 3261, for peers that have them.
func usual(o *stack.Options) { o.Timers = stack.Timers{} }

// user registers at a registrar.
type user struct {
	t       *testing.T
	port    *stack.Socket
	at      string
	account siptest.Account
	client  *digest.Client
	cseq    uint32
	id      string
}

func newUser(t *testing.T, p *stack.Socket, r *siptest.Registrar, number, password string) *user {
	a := r.Account(number)
	if password == "" {
		password = a.Password
	}
	return &user{
		t: t, port: p, at: r.Address, account: a, client: digest.NewClient(digest.Credentials{User: number, Password: password}),
		id: number + strconv.Itoa(int(p.Addr().Port())),
	}
}

// register sends a REGISTER, with what is known of challenges, and gives it with its answer.
func (u *user) send(r *sip.Request) *sip.Response {
	u.t.Helper()
	tx := do(u.t, u.port, r)
	for res := range tx.Responses() {
		if !res.IsProvisional() {
			return res
		}
	}
	u.t.Fatal(tx.Err())
	return nil
}

// fresh is a REGISTER without credentials.
func (u *user) fresh() *sip.Request {
	u.cseq++
	r := request(sip.REGISTER, "sip:"+u.at+";transport="+string(u.port.Network()), u.id, u.cseq)
	r.From().Address, r.To().Address = sip.Uri{Scheme: "sip", User: u.account.User, Host: "127.0.0.1"}, sip.Uri{Scheme: "sip", User: u.account.User, Host: "127.0.0.1"}
	r.AppendHeader(&sip.ContactHeader{Address: u.port.Contact(u.account.User)})
	r.AppendHeader(sip.NewHeader("Expires", "60"))
	return r
}

// answer answers a challenge, until there is another answer or the password is found to be wrong.
func (u *user) answer(r *sip.Request, res *sip.Response) (*sip.Response, error) {
	for attempt := 1; res.StatusCode == sip.StatusUnauthorized; attempt++ {
		u.cseq++
		next := r.Clone()
		next.CSeq().SeqNo = u.cseq
		if err := u.client.Answer(next, r, res, attempt); err != nil {
			return nil, err
		}
		r, res = next, u.send(next)
	}
	return res, nil
}

// E7, at a registrar that others have made.
func TestE7Kamailio(t *testing.T) {
	for name, o := range map[string]siptest.RegistrarOptions{"MD5": {NonceExpires: time.Second}, "SHA-256": {NonceExpires: time.Second, SHA256: true}} {
		t.Run(name, func(t *testing.T) {
			kamailio := siptest.StartRegistrar(t, o)
			for i, network := range []stack.Network{stack.UDP, stack.TCP} {
				p := port(t, newStack(t, usual), network, deaf)
				u := newUser(t, p, kamailio, strconv.Itoa(1001+i), "")
				first := u.fresh()
				res, err := u.answer(first, u.send(first))
				if err != nil || res.StatusCode != sip.StatusOK {
					t.Fatal(network, res, err)
				}
				kamailio.AwaitContacts(u.account.User, 1)
				// The nonce is used until it runs out, and then another one.
				for {
					again := u.fresh()
					u.client.Prepare(again)
					if res = u.send(again); res.StatusCode == sip.StatusOK {
						continue
					}
					if res, err = u.answer(again, res); err != nil || res.StatusCode != sip.StatusOK {
						t.Error(network, res, err)
					}
					break
				}
				wrong := newUser(t, p, kamailio, "1003", "not it")
				first = wrong.fresh()
				if res, err := wrong.answer(first, wrong.send(first)); err == nil {
					t.Errorf("a wrong password was answered %v", res)
				}
			}
		})
	}
}

// callee answers calls, and takes who registers with a password.
type callee struct {
	t     *testing.T
	guard *digest.Server
	mu    sync.Mutex
	calls map[string]stack.Incoming
}

func newCallee(t *testing.T) *callee {
	return &callee{t: t, calls: map[string]stack.Incoming{}, guard: digest.NewServer(digest.ServerOptions{
		Realm: "sluice", Algorithms: []string{"MD5"}, // SIPp ends at one that it does not know
		Password: func(u string) (string, bool) { return "secret", strings.HasPrefix(u, "9") },
	})}
}

func (c *callee) Request(in stack.Incoming) {
	r := in.Request()
	id := r.CallID().Value()
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.Method {
	case sip.INVITE:
		c.calls[id] = in
		reply(c.t, in, 180)
		res := sip.NewSDPResponseFromRequest(r, []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"))
		res.AppendHeader(&sip.ContactHeader{Address: in.Port().Contact("b")})
		if err := in.Respond(res); err != nil {
			c.t.Error(err)
		}
	case sip.ACK:
		c.calls[id].Acknowledged()
	case sip.BYE:
		delete(c.calls, id)
		reply(c.t, in, 200)
	case sip.REGISTER:
		_, challenges, err := c.guard.Check(r)
		if err == nil {
			reply(c.t, in, 200)
			return
		}
		res := sip.NewResponseFromRequest(r, 401, "Unauthorized", nil)
		for _, h := range challenges {
			res.AppendHeader(h)
		}
		if err := in.Respond(res); err != nil {
			c.t.Error(err)
		}
	}
}

func TestSIPpCalls(t *testing.T) {
	for _, network := range []stack.Network{stack.UDP, stack.TCP} {
		for name, calls := range map[string]int{"call": 200, "clumsy": 5} {
			t.Run(name+" over "+string(network), func(t *testing.T) {
				c := newCallee(t)
				served, err := newStack(t, usual).Open(t.Context(), network, c)
				if err != nil {
					t.Fatal(err)
				}
				got := siptest.StartSIPp(t, siptest.SIPpOptions{
					Scenario: scenario(name), To: served.Addr().String(), TCP: network == stack.TCP, Calls: calls, Rate: 100,
					Words: map[string]string{"to": "b@" + served.Addr().String()},
				}).Wait()
				if got.Good != calls || got.Failed != 0 {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

func TestSIPpRegisters(t *testing.T) {
	served, err := newStack(t, usual).Open(t.Context(), stack.UDP, newCallee(t))
	if err != nil {
		t.Fatal(err)
	}
	got := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: scenario("register"), To: served.Addr().String(), Calls: 200, Rate: 200,
		Accounts: []siptest.Account{{User: "9001", Password: "secret"}, {User: "9002", Password: "secret"}},
		Words:    map[string]string{"to": served.Addr().String()},
	}).Wait()
	if got.Good != 200 || got.Failed != 0 {
		t.Errorf("%+v", got)
	}
}
