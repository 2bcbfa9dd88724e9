package dialog_test

import (
	"context"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/dialog"
	"sluice/api/sip/digest"
	"sluice/api/sip/exchange"
	"sluice/api/sip/register"
	"sluice/api/sip/siptest"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

// at is the address of somebody else.
func at(user, hostPort string) sip.Uri {
	host, text, _ := strings.Cut(hostPort, ":")
	port, _ := strconv.Atoi(text)
	return sip.Uri{Scheme: "sip", User: user, Host: host, Port: port}
}

// counting is a port that tells of each ACK.
type counting struct {
	stack.Port
	acks chan struct{}
}

// Write implements stack.Port.
func (c counting) Write(ctx context.Context, r *sip.Request) error {
	defer func() { c.acks <- struct{}{} }()
	return c.Port.Write(ctx, r)
}

// TestCallsOfOthers has us call SIPp, which does what telephones do, and checks what we say.
func TestCallsOfOthers(t *testing.T) {
	acks := make(chan struct{}, 16)
	for _, c := range []struct {
		scenario string
		words    map[string]string
		set      func(o *dialog.Invite)
		follow   func(t *testing.T, d *dialog.Dialog, o *owner)
	}{
		{"answer", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"leave", nil, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -")
			o.end(200, true)
		}},
		{"refuse", map[string]string{"status": "603 Not Today"}, nil, func(t *testing.T, _ *dialog.Dialog, o *owner) {
			if e := o.end(603, true); e.Reason != "Not Today" {
				t.Errorf("%+v", e)
			}
		}},
		{"cancelled", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 180 ")
			d.Hangup(nil)
			o.end(487, false)
		}},
		{"early", map[string]string{"after": "100"}, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 183 -", "answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"ringing", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			for range 12 {
				o.expect("progress 180 ")
			}
			o.expect("answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"reliable", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 183 -", "answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"offerless", nil, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -", "offered ", "answered -")
			o.end(200, true)
		}},
		{"refresh", nil, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("answered -", "offered -")
			o.end(200, true)
		}},
		{"interval", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"deaf", map[string]string{"sdp": "yes"}, func(o *dialog.Invite) { o.Port = counting{o.Port, acks} }, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("answered -")
			for range 3 {
				enginetest.Await(o.t, "an acknowledgement", acks)
			}
			o.end(200, true)
		}},
		{"crossing", nil, nil, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"challenge", nil, func(o *dialog.Invite) {
			o.Auth = digest.NewClient(digest.Credentials{User: "u", Password: "p"})
		}, func(_ *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("answered -")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"moved", map[string]string{"target": "other@127.0.0.1"}, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) { o.end(302, true) }},
		{"info", map[string]string{"after": "0"}, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -", "info application/dtmf-relay Signal=5\r\nDuration=160\r\n", "info application/dtmf #\r\n")
			o.end(200, true)
		}},
		{"told", map[string]string{"body": "Signal=7"}, nil, func(t *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -")
			if err := d.Info(t.Context(), "application/dtmf-relay", []byte("Signal=7\r\nDuration=160\r\n")); err != nil {
				t.Error(err)
			}
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"referred", map[string]string{"target": "sip:1003@127.0.0.1"}, nil, func(t *testing.T, d *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -")
			if err := d.Refer(t.Context(), sip.Uri{Scheme: "sip", User: "1003", Host: "127.0.0.1"}); err != nil {
				t.Error(err)
			}
			o.expect("transferred 100 Trying", "transferred 200 OK")
			d.Hangup(nil)
			o.end(200, false)
		}},
		{"refer", map[string]string{"target": "1004@127.0.0.1"}, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -", "referred sip:1004")
			o.end(200, true)
		}},
		{"hold", map[string]string{"after": "50", "held": "50", "direction": "sendonly", "answer": "sendrecv"}, nil, func(_ *testing.T, _ *dialog.Dialog, o *owner) {
			o.expect("progress 180 ", "answered -", "offered -", "offered -")
			o.end(200, true)
		}},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			peer := siptest.StartSIPp(t, siptest.SIPpOptions{Scenario: siptest.Scenarios(3, c.scenario), Words: c.words})
			us := newSide(t, "us")
			d, o := us.invite(at("sipp", peer.Address), func(i *dialog.Invite) {
				i.From.Display, i.From.URI.User = "", "us"
				if c.set != nil {
					c.set(i)
				}
			})
			c.follow(t, d, o)
			peer.Wait()
		})
	}
}

// TestCallsFromOthers has SIPp call us.
func TestCallsFromOthers(t *testing.T) {
	for _, c := range []struct {
		scenario string
		words    map[string]string
		follow   func(t *testing.T, d *dialog.Dialog, o *owner)
	}{
		{"call", map[string]string{"after": "50"}, func(t *testing.T, d *dialog.Dialog, o *owner) {
			if err := d.Ring(); err != nil {
				t.Error(err)
			}
			if err := d.Answer(sdp("ours")); err != nil {
				t.Error(err)
			}
			o.end(200, true)
		}},
		{"refused", map[string]string{"status": "486"}, func(t *testing.T, d *dialog.Dialog, o *owner) {
			if err := d.Refuse(dialog.Refusal{Code: 486, Reason: "Busy Here"}); err != nil {
				t.Error(err)
			}
			o.end(486, false)
		}},
		{"silent", nil, func(t *testing.T, d *dialog.Dialog, o *owner) {
			if d.Offer() != nil {
				t.Errorf("the offer is %q", d.Offer())
			}
			if err := d.Answer(sdp("ours")); err != nil {
				t.Error(err)
			}
			o.expect("answered -")
			o.end(200, true)
		}},
		{"clumsy", nil, func(t *testing.T, d *dialog.Dialog, o *owner) {
			if err := d.Answer(sdp("ours")); err != nil {
				t.Error(err)
			}
			o.end(200, true)
		}},
	} {
		t.Run(c.scenario, func(t *testing.T) {
			us := newSide(t, "us")
			words := map[string]string{"to": "us@" + us.port.Addr().String()}
			maps.Copy(words, c.words)
			peer := siptest.StartSIPp(t, siptest.SIPpOptions{
				Scenario: siptest.Scenarios(3, c.scenario), To: us.port.Addr().String(), Words: words,
			})
			d, o := us.accept()
			c.follow(t, d, o)
			peer.Wait()
		})
	}
}

// TestThroughKamailio calls through a proxy that records its route and asks for a password, from one registered line of ours to another
// one.
func TestThroughKamailio(t *testing.T) {
	k := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	a, b := newSide(t, "a"), newSide(t, "b")
	account := k.Account("1002")
	line := register.Start(t.Context(), register.Options{
		Log: logTo(t, "b"), Port: b.port, Auth: digest.NewClient(digest.Credentials{User: account.User, Password: account.Password}),
		AOR: exchange.Party{URI: at(account.User, account.Domain)},
	})
	t.Cleanup(func() {
		if err := line.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	k.AwaitContacts("1002", 1)
	caller := k.Account("1001")
	p := &pair{}
	p.calling, p.caller = a.invite(at("1002", k.Address), func(i *dialog.Invite) {
		i.From = exchange.Party{URI: at("1001", k.Address)}
		i.Auth = digest.NewClient(digest.Credentials{User: caller.User, Password: caller.Password})
	})
	p.called, p.heir = b.accept()
	if err := p.called.Early(sdp("early")); err != nil {
		t.Fatal(err)
	}
	p.caller.expect("progress 183 early")
	if err := p.called.Answer(nil); err != nil {
		t.Fatal(err)
	}
	p.caller.expect("answered early")
	for _, d := range []*dialog.Dialog{p.calling, p.called} {
		if got, err := d.Reoffer(t.Context(), func() []byte { return sdp("hold") }); err != nil || said(got) != "answer to hold" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	p.heir.expect("offered hold")
	p.caller.expect("offered hold")
	if err := p.called.Info(t.Context(), "application/dtmf", []byte("1")); err != nil {
		t.Error(err)
	}
	p.caller.expect("info application/dtmf 1")
	p.called.Hangup(nil)
	p.heir.end(200, false)
	p.caller.end(200, true)
}
