package sip_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	door "sluice/api/sip"
	"sluice/api/sip/digest"
	"sluice/api/sip/lines"
)

// written is a log that is read.
type written struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *written) count(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.b.String(), text)
}

// credentials are the answer to a challenge to an INVITE, as a header.
func (c *caller) credentials(to, password string, challenge *sip.Response) string {
	c.t.Helper()
	first := sip.NewRequest(sip.INVITE, sip.Uri{Scheme: "sip", User: to, Host: c.to.Addr().String(), Port: int(c.to.Port())})
	next := first.Clone()
	client := digest.NewClient(digest.Credentials{User: "100", Password: password})
	if err := client.Answer(next, first, challenge, 1); err != nil {
		c.t.Fatal(err)
	}
	return "Authorization: " + next.GetHeader("Authorization").Value()
}

// TestGuesses: who tries passwords has few answers, and is counted and written down; others call in meanwhile.
func TestGuesses(t *testing.T) {
	log := &written{}
	s := serve(t, func(o *door.Options) {
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		o.Accounts = []door.Account{{Name: "desk", Account: calls.Account{Login: "100", Password: "right"}}}
	})
	a, other := newCaller(t, s, "127.0.0.1"), newCaller(t, s, "127.0.0.2")
	contact := func(c *caller) string { return "Contact: <sip:9@" + c.addr().String() + ">" }
	asked := a.invite("echo", "asked", 1, contact(a))
	if asked.StatusCode != sip.StatusUnauthorized {
		t.Fatal(asked.String())
	}
	wrong := a.credentials("echo", "wrong", asked)
	// What somebody was asked elsewhere is no guess, however wrong: nobody guesses in the name of somebody else's address.
	third := newCaller(t, s, "127.0.0.3")
	if res := third.invite("echo", "third", 1, contact(third), wrong); res.StatusCode != sip.StatusUnauthorized {
		t.Error(res.String())
	}
	if n := s.door.Lines().Counts().Refused[lines.WrongPassword]; n > 0 {
		t.Errorf("%d guesses", n)
	}
	const all = 40
	for n := range all {
		a.send(strings.TrimSuffix(a.request("INVITE", "echo", fmt.Sprint("guess", n), 1, contact(a), wrong, a.offer()), "\r\n"))
	}
	refused := a.final()
	for refused.StatusCode != sip.StatusServiceUnavailable {
		refused = a.final()
	}
	if len(refused.GetHeaders("Retry-After")) != 1 {
		t.Error(refused.String())
	}
	for n := 0; s.door.Lines().Counts().Refused[lines.Guesser] == 0; n++ { // some came before those that were found wrong
		a.invite("echo", fmt.Sprint("more", n), 1, contact(a), wrong)
	}
	if n := s.door.Lines().Counts().Refused[lines.WrongPassword]; n < 5 {
		t.Errorf("%d guesses", n)
	}
	if lines := log.count("wrong password"); lines == 0 || lines > 10 {
		t.Errorf("%d lines are in the log", lines)
	}
	if log.count("right") > 0 || log.count("response=") > 0 {
		t.Error("the log has passwords, or what proves them")
	}
	asked = other.invite("echo", "other", 1, contact(other))
	right := other.credentials("echo", "right", asked)
	other.call("echo", "other2", "sip:9@"+other.addr().String(), right)
}
