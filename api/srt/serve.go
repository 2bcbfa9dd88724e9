package srt

import (
	"context"
	"log/slog"
	"time"

	"sluice/api"
	"sluice/api/auth"
	"sluice/api/srt/link"
	"sluice/api/srt/streamid"
	"sluice/api/srt/wire"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// stopping is how long the end of one stream may take before it is cut off.
const stopping = 10 * time.Second

// errDismissed is why a client ends whom somebody has dismissed.
var errDismissed = fault.New(fault.Closed, "", "the session was ended by an administrator")

// serve has a graph serve a client.
func (d *Door) serve(ctx context.Context, r *link.Request) {
	log := d.opt.Log.With("remote", r.Remote())
	if why := d.unlock(r); why != 0 {
		log.Info("refused", "reason", why)
		r.Reject(why)
		return
	}
	id, err := streamid.Parse(r.StreamID())
	if err != nil {
		log.Info("refused", "reason", err)
		r.Reject(reason(err))
		return
	}
	kind := &d.tally.players
	if id.Publish {
		kind = &d.tally.publishers
	}
	defer one(kind)()
	for before, on := (*Peer)(nil), true; on; {
		peer := newPeer(r, id.Publish)
		if peer.in != nil {
			peer.in.idle = d.opt.Idle
			peer.follow(before)
		}
		on = d.attend(ctx, &id, peer, log.With("stream", id.Name, "publish", id.Publish))
		before = peer
	}
}

// attend has a graph serve a client until either ends. It tells whether the client goes on with something else.
func (d *Door) attend(ctx context.Context, id *streamid.ID, peer *Peer, log *slog.Logger) (on bool) {
	began := time.Now()
	i, err := d.raise(ctx, id, peer)
	if err != nil {
		peer.Finish(err)
		log.Info("refused", "reason", err)
		peer.part(err)
		return false
	}
	c, err := peer.accept()
	if err != nil {
		peer.Finish(err)
	} else {
		d.stay(ctx, id, peer, c, i, began)
	}
	if on = ctx.Err() == nil && peer.renewed() && time.Since(began) >= d.opt.Steady; !on {
		peer.part(err)
	}
	over, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	err = i.Stop(over)
	log.Info("ended", "reason", peer.Err(), "duration", time.Since(began), "err", err)
	return on
}

// stay lets media flow until the client or the stream ends, or the door.
func (d *Door) stay(ctx context.Context, id *streamid.ID, peer *Peer, c *link.Conn, i visitor.Instance, began time.Time) {
	if peer.out != nil {
		peer.out.play(c)
	}
	d.opt.Log.Info("began", "remote", c.Remote(), "stream", id.Name, "publish", id.Publish, "after", time.Since(began))
	session := api.Session{
		ID: i.ID(), Pipeline: i.ID(), Protocol: "srt", Direction: api.Plays, Stream: id.Name, Remote: c.Remote().String(), User: peer.user,
		Since: began,
	}
	if id.Publish {
		session.Direction = api.Publishes
	}
	defer d.opt.Present.Enter(session, func() { peer.Finish(errDismissed) })()
	select {
	case <-ctx.Done():
	case <-c.Done():
		peer.Finish(c.Err())
	case <-peer.Done():
	}
}

// unlock looks whether a client encrypts as he should; 0 if he does.
func (d *Door) unlock(r *link.Request) wire.Reason {
	switch pass := d.opt.Passphrase; {
	case r.Encrypted() && pass == "", !r.Encrypted() && pass != "" && !d.opt.Clear:
		return wire.Unsecure
	case r.Encrypted():
		err := r.Unlock(pass)
		switch code := fault.CodeOf(err); {
		case code == fault.Unauthorized:
			return wire.BadSecret
		case code == fault.Overloaded:
			return wire.Overload
		case err != nil:
			return wire.Rogue
		}
	}
	return 0
}

// raise asks who it is, and starts the graph that serves it.
func (d *Door) raise(ctx context.Context, id *streamid.ID, peer *Peer) (visitor.Instance, error) {
	if err := hub.CheckName(id.Name); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, d.opt.Timeout)
	defer cancel()
	event, action := "srt.play", auth.Play
	if id.Publish {
		event, action = "srt.publish", auth.Publish
	}
	remote := peer.request.Remote()
	if d.opt.Auth != nil {
		user, err := d.opt.Auth.Authorise(ctx, auth.Request{
			Action: action, Stream: id.Name, User: id.User, Password: id.Password, Token: id.Token, Key: id.Key, Query: id.Encode(),
			Remote: remote.Addr(), Protocol: "srt",
		})
		if err != nil {
			return nil, err
		}
		peer.user = user
	}
	query := map[string]any{}
	for key, value := range id.Query {
		query[key] = value
	}
	return d.opt.Engine.Raise(ctx, engine.Event{
		Name: event, Path: "/" + id.Name,
		Vars:     map[string]any{"query": query, "addr": remote.String(), "user": peer.user},
		Sessions: map[string]any{"peer": peer},
	})
}
