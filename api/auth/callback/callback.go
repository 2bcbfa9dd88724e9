// Package callback asks a back end over HTTP who may do what, in the JSON that MediaMTX's externalAuthenticationURL and similar servers
// post. The back end's address is the configuration's, whatever clients say, and its answer is a status: 2xx lets in, everything else,
// and no answer, does not. The package knows nobody itself.
package callback

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// What is meant by nothing.
const (
	usualTimeout = 5 * time.Second
	usualMost    = 64
)

// Judge asks. It implements auth.Judge.
type Judge struct {
	url     string
	actions []auth.Action
	timeout time.Duration
	client  *http.Client
	slots   *slots
	allows  *allows // nil: nothing is remembered
}

// New makes a Judge; it starts nothing. A bad configuration is fault.InvalidParams, with the key as its place.
func New(c auth.HTTPConfig) (*Judge, error) {
	if err := Check(c); err != nil {
		return nil, err
	}
	most := cmp.Or(c.Most, usualMost)
	j := &Judge{
		url: c.URL, timeout: cmp.Or(c.Timeout, usualTimeout), slots: newSlots(most),
		client: &http.Client{
			// Every connection is for this one address: none is made that is not needed, and none for another one.
			Transport:     &http.Transport{MaxConnsPerHost: most, MaxIdleConnsPerHost: most, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		actions: []auth.Action{auth.Publish, auth.Play, auth.Enter},
	}
	if len(c.Actions) > 0 {
		j.actions = nil
		for _, name := range c.Actions {
			j.actions = append(j.actions, auth.Action(name))
		}
	}
	if c.Cache > 0 {
		j.allows = newAllows(c.Cache)
	}
	return j, nil
}

// Check finds what is wrong with a configuration, which is fault.InvalidParams with the key as its place. It asks nobody.
func Check(c auth.HTTPConfig) error {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fault.New(fault.InvalidParams, "auth.http.url", "the address of the back end is none of http or https").
			Advise("write for example https://backend.example.org/auth")
	}
	if u.User != nil {
		return fault.New(fault.InvalidParams, "auth.http.url", "the address of the back end has a password").
			Advise("who reads the configuration would see it")
	}
	all := []auth.Action{auth.Publish, auth.Play, auth.Enter, auth.Admin, auth.Metrics}
	for i, name := range c.Actions {
		if !slices.Contains(all, auth.Action(name)) {
			return fault.New(fault.InvalidParams, fmt.Sprintf("auth.http.actions[%d]", i), "nobody does %q", name).
				Advise("publish, play, enter, admin or metrics")
		}
	}
	return nil
}

// Close gives connections back that are not used. Who asks meanwhile is still answered.
func (j *Judge) Close() { j.client.CloseIdleConnections() }

// Judges implements auth.Judge.
func (j *Judge) Judges(a auth.Action) bool { return slices.Contains(j.actions, a) }

// Passwords implements auth.Judge.
func (j *Judge) Passwords() bool { return true }

// Judge implements auth.Judge. What a back end cannot check, such as a proof that a client knows a password, is not its business.
func (j *Judge) Judge(ctx context.Context, q auth.Request) auth.Verdict {
	if !j.Judges(q.Action) || q.Listing || q.Proof != nil || q.Salted != nil {
		return auth.Verdict{}
	}
	if j.allows.has(q) {
		return allowed(q, "remembered")
	}
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	leave, ok := j.slots.take(ctx, q.Remote, size(q))
	if !ok {
		err := fault.New(fault.Overloaded, "", "who may do this is asked too often now").Advise("try again later")
		return auth.Verdict{Outcome: auth.Fail, Rule: auth.ByHTTP, Reason: auth.BackEndBusy, Err: err}
	}
	defer leave()
	if v, refused := q.Braked(); refused {
		return v
	}
	id := newID()
	status, err := j.ask(ctx, id, q)
	switch {
	case err != nil:
		return auth.Verdict{Outcome: auth.Fail, Rule: auth.ByHTTP, Reason: auth.BackEndDown, Detail: "id " + id + ": " + err.Error()}
	case status >= 200 && status < 300:
		j.allows.add(q)
		return allowed(q, "id "+id)
	case !refuses(status):
		return auth.Verdict{Outcome: auth.Fail, Rule: auth.ByHTTP, Reason: auth.BackEndDown, Detail: detail(id, status)}
	}
	v := auth.Verdict{Outcome: auth.Refuse, Rule: auth.ByHTTP, Reason: auth.BackEndNo, Detail: detail(id, status)}
	if guesses(q) {
		v.Outcome = auth.Wrong
		return v
	}
	v.Err = fault.New(fault.Unauthorized, "", "not everybody may do this").Advise("show a token, or log in")
	return v
}

// size is how many bytes a request holds that its client chose.
func size(q auth.Request) int {
	return len(q.Stream) + len(q.User) + len(q.Password) + len(q.Token) + len(q.Key) + len(q.Query)
}

// refuses tells whether a status is the back end's own no. Others tell that it is not where it is looked for, or cannot answer now, which
// is not the client's fault.
func refuses(status int) bool {
	return status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusBadRequest
}

func detail(id string, status int) string { return fmt.Sprintf("id %s: status %d", id, status) }

// guesses tells whether a request that was refused shows anything that may be a guess. Over HLS a stranger's parameter is looked at in
// a second request of its own, as a token.
func guesses(q auth.Request) bool {
	return q.User != "" || q.Password != "" || q.Token != "" || q.Key != "" || q.Query != "" && q.Protocol != "hls"
}

func allowed(q auth.Request, detail string) auth.Verdict {
	return auth.Verdict{Outcome: auth.Allow, User: q.User, Rule: auth.ByHTTP, Reason: auth.Granted, Detail: detail}
}

// ask posts a request.
func (j *Judge) ask(ctx context.Context, id string, q auth.Request) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url, bytes.NewReader(body(id, q)))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "sluice")
	answer, err := j.client.Do(r)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the address
	}
	if err != nil {
		return 0, err
	}
	const enough = 4 << 10 // so that the connection can be used again; who says more is not listened to
	_, _ = io.CopyN(io.Discard, answer.Body, enough)
	return answer.StatusCode, answer.Body.Close()
}

// plain is an address as back ends know it.
func plain(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return strings.TrimPrefix(a.Unmap().String(), "::ffff:")
}
