package register_test

import (
	"context"
	"log/slog"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/digest"
	"sluice/api/sip/exchange"
	"sluice/api/sip/register"
	"sluice/api/sip/siptest"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

type handler func(stack.Incoming)

func (h handler) Request(in stack.Incoming) { h(in) }

// port opens a port of ours.
func port(t testing.TB, network stack.Network, h handler) *stack.Socket {
	t.Helper()
	s, err := stack.New(stack.Options{
		Log: slog.New(slog.DiscardHandler), Bind: netip.MustParseAddr("127.0.0.1"), Timers: stack.Timers{T1: 50 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	p, err := s.Open(t.Context(), network, h)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ears hear of a registration.
type ears chan calls.Registration

func (e ears) await(t testing.TB, want calls.RegistrationState) calls.Registration {
	t.Helper()
	got := enginetest.Await(t, "the state "+string(want), e)
	if got.State != want {
		t.Fatalf("the registration is %+v, want %s", got, want)
	}
	return got
}

// begin registers an account.
func begin(t testing.TB, p stack.Port, a siptest.Account, change ...func(*register.Options)) (*register.Registration, ears) {
	t.Helper()
	host, text, _ := strings.Cut(a.Domain, ":")
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(ears, 100)
	opt := register.Options{
		Log: slog.New(slog.DiscardHandler), Port: p, Auth: digest.NewClient(digest.Credentials{User: a.User, Password: a.Password}),
		AOR: exchange.Party{URI: sip.Uri{Scheme: "sip", User: a.User, Host: host, Port: n}}, Backoff: 50 * time.Millisecond,
		Heard: func(r calls.Registration) { heard <- r },
	}
	for _, c := range change {
		c(&opt)
	}
	r := register.Start(t.Context(), opt)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = r.Close(ctx)
	})
	heard.await(t, calls.Registering)
	return r, heard
}

func nobody(stack.Incoming) {}

// TestRegistrar registers at Kamailio, refreshes before the end, and takes it back.
func TestRegistrar(t *testing.T) {
	for _, way := range []struct {
		name    string
		network stack.Network
		opt     siptest.RegistrarOptions
	}{{"udp", stack.UDP, siptest.RegistrarOptions{}}, {"tcp", stack.TCP, siptest.RegistrarOptions{}}, {"sha-256", stack.UDP, siptest.RegistrarOptions{SHA256: true}}} {
		t.Run(way.name, func(t *testing.T) {
			k := siptest.StartRegistrar(t, way.opt)
			r, heard := begin(t, port(t, way.network, nobody), k.Account("1001"), func(o *register.Options) { o.Expires = 2 * time.Second })
			first := heard.await(t, calls.Registered)
			k.AwaitContacts("1001", 1)
			if second := heard.await(t, calls.Registered); !second.Until.After(first.Until) || !first.Until.After(time.Now()) {
				t.Errorf("refreshed until %v, before until %v", second.Until, first.Until)
			}
			if c := k.Contacts("1001"); len(c) != 1 {
				t.Errorf("the contacts are %v", c)
			}
			if err := r.Close(t.Context()); err != nil {
				t.Error(err)
			}
			heard.await(t, calls.Unregistered)
			k.AwaitContacts("1001", 0)
		})
	}
}

// TestWrongPassword is told at once, and not tried again.
func TestWrongPassword(t *testing.T) {
	k := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	a := k.Account("1001")
	a.Password = "wrong"
	r, heard := begin(t, port(t, stack.UDP, nobody), a)
	if got := heard.await(t, calls.RegistrationFailed); got.Code != 401 {
		t.Errorf("%+v", got)
	}
	if err := r.Close(t.Context()); err != nil || r.Status().State != calls.RegistrationFailed {
		t.Errorf("%v, %+v", err, r.Status())
	}
	if len(heard) != 0 {
		t.Errorf("it was told %+v", <-heard)
	}
}

// TestWrongPasswordMayBePutRight tries again after a while where that is wanted.
func TestWrongPasswordMayBePutRight(t *testing.T) {
	k := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	a := k.Account("1001")
	a.Password = "wrong"
	_, heard := begin(t, port(t, stack.UDP, nobody), a, func(o *register.Options) { o.Locked = 50 * time.Millisecond })
	for range 3 {
		if got := heard.await(t, calls.RegistrationFailed); got.Code != 401 {
			t.Errorf("%+v", got)
		}
	}
}

// TestBriefRegistration is lengthened to what the registrar takes.
func TestBriefRegistration(t *testing.T) {
	k := siptest.StartRegistrar(t, siptest.RegistrarOptions{MinExpires: time.Minute})
	_, heard := begin(t, port(t, stack.UDP, nobody), k.Account("1001"), func(o *register.Options) { o.Expires = 10 * time.Second })
	if got := heard.await(t, calls.Registered); time.Until(got.Until) < 50*time.Second {
		t.Errorf("%+v", got)
	}
}

// TestRegistrarComesBack has a registrar that goes, and is there again with nobody registered.
func TestRegistrarComesBack(t *testing.T) {
	k := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	_, heard := begin(t, port(t, stack.UDP, nobody), k.Account("1001"), func(o *register.Options) { o.Expires = 2 * time.Second })
	heard.await(t, calls.Registered)
	k.Stop()
	got := enginetest.Await(t, "the next state", heard)
	for got.State == calls.Registered { // it was refreshed just before
		got = enginetest.Await(t, "the next state", heard)
	}
	if got.State != calls.RegistrationFailed || got.Code != 408 && got.Code != 503 {
		t.Errorf("%+v", got)
	}
	k.Start()
	for enginetest.Await(t, "a registration", heard).State != calls.Registered {
		continue
	}
	k.AwaitContacts("1001", 1)
}
