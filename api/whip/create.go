package whip

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"sluice/api/auth"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/fault"
)

// create answers an offer: POST at an endpoint (RFC 9725 4.2).
func (d *Door) create(c echo.Context, a address) error {
	user, err := d.authorise(c, a)
	if err != nil {
		return err
	}
	if err := hasType(c.Request(), typeSDP); err != nil {
		return err
	}
	if err := accepts(c.Request(), typeSDP); err != nil {
		return err
	}
	offer, err := body(c, maxOffer)
	if err != nil {
		return err
	}
	client, err := checkOffer(offer, a.proto)
	if err != nil {
		return err
	}
	if err := d.sessions.reserve(); err != nil {
		return err
	}
	s := &session{
		id: rand.Text(), proto: a.proto, stream: a.stream, user: user, remote: c.Request().RemoteAddr, began: time.Now(),
		turn: make(chan struct{}, 1), ice: newICE(client), asked: make(chan struct{}), gone: make(chan struct{}),
	}
	answer, err := d.begin(c.Request(), s, offer)
	if err != nil {
		d.sessions.release()
		return err
	}
	d.sessions.add(s)
	leave := d.opt.Present.Enter(s.entry(), s.end)
	go func() {
		defer close(s.gone)
		defer leave()
		defer d.sessions.forget(s)
		s.watch(d.cut())
	}()
	h := c.Response().Header()
	h.Set("Location", a.path+"/"+s.id)
	h.Set("ETag", s.tag)
	h.Set("Accept-Patch", typeFragment)
	d.link(c, user)
	return c.Blob(http.StatusCreated, typeSDP, []byte(answer))
}

// begin makes the peer of a session, has it served by a graph, and gives its answer. After an error nothing is left of it.
func (d *Door) begin(r *http.Request, s *session, offer string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), d.opt.Timeout)
	defer cancel()
	stop := context.AfterFunc(d.cut(), cancel) //nolint:contextcheck // the door's end is not the request's
	defer stop()
	defer func() { err = inTime(ctx, s, err) }()

	o := webrtc.Offer{SDP: offer, Client: auth.OfHTTP(r).Remote, Trickle: true, Transport: r.URL.Query().Get("transport")}
	publish, event := d.opt.Peers.Publisher, "whip.publish"
	if s.proto == whep {
		publish, event = d.opt.Peers.Player, "whep.play"
	}
	if s.peer, err = publish(ctx, o); err != nil {
		return "", err
	}
	s.log = d.opt.Log.With("proto", string(s.proto), "stream", s.stream, "session", s.peer.ID(), "remote", s.remote, "user", s.user)
	s.instance, err = d.opt.Engine.Raise(ctx, engine.Event{
		Name: event, Path: "/" + s.stream,
		Vars:     map[string]any{"query": query(r.URL), "user": s.user},
		Sessions: map[string]any{"browser": s.peer},
	})
	if err != nil {
		s.peer.Stop(err)
		return "", err
	}
	if answer, err = s.peer.Answer(ctx); err != nil {
		s.peer.Stop(err)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
		defer cancel()
		return "", errors.Join(err, s.instance.Stop(ctx))
	}
	return answer, nil
}

// inTime says what an error of begin is to the client: an answer that was late is a fault of its own, and for a stream that
// nobody publishes WHEP has a status (draft-ietf-wish-whep-03 4.4.8).
func inTime(ctx context.Context, s *session, err error) error {
	var f *fault.Fault
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && !errors.As(err, &f):
		return fault.New(fault.StartTimeout, "", "the answer was not ready in time").Because(err)
	case ctx.Err() != nil && !errors.As(err, &f):
		return fault.New(fault.Closed, "", "the client has gone, or the server is stopping").Because(err)
	case s.proto == whep && fault.CodeOf(err) == fault.StreamNotFound && errors.As(err, &f):
		return &refusal{f, http.StatusConflict}
	default:
		return err
	}
}

// query gives what graphs may know of an address's parameters: the first of each name, and no secrets.
func query(u *url.URL) map[string]any {
	out := map[string]any{}
	for name, values := range u.Query() {
		switch strings.ToLower(name) {
		case "token", "jwt", "key", "password", "pass":
		default:
			out[name] = values[0]
		}
	}
	return out
}
