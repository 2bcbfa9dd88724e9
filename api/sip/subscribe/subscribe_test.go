package subscribe_test

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
	"sluice/api/sip/siptest"
	"sluice/api/sip/stack"
	"sluice/api/sip/subscribe"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// taker has a table take what comes in, and refuses what that leaves.
type taker struct{ *subscribe.Table }

func (k taker) Request(in stack.Incoming) {
	if !k.Table.Request(in) {
		_ = in.Respond(sip.NewResponseFromRequest(in.Request(), 481, "Subscription Does Not Exist", nil))
	}
}

// begin subscribes to somebody at an address.
func begin(t *testing.T, address string, change ...func(*subscribe.Options)) (*subscribe.Subscription, chan calls.Notice) {
	t.Helper()
	s, err := stack.New(stack.Options{Log: slog.New(slog.DiscardHandler), Bind: netip.MustParseAddr("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	table := subscribe.NewTable("sluice")
	port, err := s.Open(t.Context(), stack.UDP, taker{table})
	if err != nil {
		t.Fatal(err)
	}
	host, text, _ := strings.Cut(address, ":")
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	const most = 100
	heard := make(chan calls.Notice, most)
	who := func(user string) exchange.Party {
		return exchange.Party{URI: sip.Uri{Scheme: "sip", User: user, Host: host, Port: n}}
	}
	opt := subscribe.Options{
		Log: slog.New(slog.DiscardHandler), Port: port, Auth: digest.NewClient(digest.Credentials{User: "1001", Password: "secret1001"}),
		Agent: "sluice", From: who("1001"), To: who("1002"), Contact: func() sip.Uri { return port.Contact("us") },
		Event: "dialog", Accept: []string{"application/dialog-info+xml"}, Expires: 2 * time.Second, Backoff: 50 * time.Millisecond,
		Heard: func(n calls.Notice) { heard <- n },
	}
	for _, c := range change {
		c(&opt)
	}
	sub := table.Start(t.Context(), opt)
	t.Cleanup(func() { leave(t, sub) })
	return sub, heard
}

func leave(t *testing.T, s *subscribe.Subscription) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), enginetest.Patience)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

// is wants a state next.
func is(t *testing.T, heard chan calls.Notice, want calls.SubscriptionState) calls.Notice {
	t.Helper()
	n := enginetest.Await(t, "a notice", heard)
	if n.State != want {
		t.Fatalf("it is told %+v, not %s", n, want)
	}
	return n
}

// TestWatches shows SIPp a password, stays as long as it wants, refreshes, refuses what nobody asked for, and leaves.
func TestWatches(t *testing.T) {
	for event, kind := range map[string]string{"dialog": "application/dialog-info+xml", "message-summary": "application/simple-message-summary"} {
		t.Run(event, func(t *testing.T) {
			const told = "what is told"
			p := siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(3, "watched"), Words: map[string]string{"event": event, "type": kind, "text": told, "accepts": strings.TrimSuffix(kind, "+xml")},
			})
			s, heard := begin(t, p.Address, func(o *subscribe.Options) { o.Event, o.Accept = event, []string{kind} })
			for range 2 { // the second one after the refresh
				if n := is(t, heard, calls.SubscriptionActive); strings.TrimSpace(n.Body) != told || n.ContentType != kind || !n.Until.After(time.Now()) {
					t.Errorf("%+v", n)
				}
			}
			leave(t, s)
			is(t, heard, calls.SubscriptionTerminated)
			p.Wait()
		})
	}
}

// TestRefused is told once of what will not be otherwise, and tries again what may be.
func TestRefused(t *testing.T) {
	for status, again := range map[string]bool{"489 Bad Event": false, "403 Forbidden": false, "404 Not Found": false, "503 Service Unavailable": true} {
		t.Run(status, func(t *testing.T) {
			times := 1
			if again {
				times = 2
			}
			p := siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(3, "unwatched"), Words: map[string]string{"status": status}, Calls: times,
			})
			s, heard := begin(t, p.Address)
			for range times {
				if n := is(t, heard, calls.SubscriptionFailed); strconv.Itoa(n.Code)+" "+n.Reason != status {
					t.Errorf("%+v", n)
				}
			}
			p.Wait()
			leave(t, s)
		})
	}
}

// TestForgotten begins anew when the far end knows the subscription no more (481).
func TestForgotten(t *testing.T) {
	p := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(3, "forgotten"), Words: map[string]string{"event": "dialog"}, Calls: 2,
	})
	s, heard := begin(t, p.Address)
	is(t, heard, calls.SubscriptionActive)
	is(t, heard, calls.SubscriptionActive)
	leave(t, s)
	p.Wait()
}

// TestHasty does not come at once again when the far end says that the subscription lasts no time.
func TestHasty(t *testing.T) {
	p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(3, "hasty")})
	s, heard := begin(t, p.Address)
	is(t, heard, calls.SubscriptionActive)
	first := time.Now()
	is(t, heard, calls.SubscriptionActive)
	if rest := time.Since(first); rest < 900*time.Millisecond {
		t.Errorf("it came again after %v", rest)
	}
	leave(t, s)
	p.Wait()
}

// TestMute gives a far end up that takes the subscription and tells nothing, and one that is not there.
func TestMute(t *testing.T) {
	p := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(3, "mute")})
	_, heard := begin(t, p.Address, func(o *subscribe.Options) { o.Wait, o.Backoff = 200*time.Millisecond, time.Minute })
	if n := is(t, heard, calls.SubscriptionFailed); n.Code != 408 {
		t.Errorf("%+v", n)
	}
	p.Wait()
}

// TestTooMuchIsTold refuses a body that is longer than it takes.
func TestTooMuchIsTold(t *testing.T) {
	p := siptest.StartSIPp(t, siptest.SIPpOptions{
		Scenario: siptest.Scenarios(3, "verbose"), Words: map[string]string{
			"event": "dialog", "type": "application/dialog-info+xml", "text": strings.Repeat("x", 100),
		},
	})
	begin(t, p.Address, func(o *subscribe.Options) { o.Most = 99 })
	p.Wait()
}
