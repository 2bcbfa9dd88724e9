package streams

import (
	"context"
	"encoding/base64"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// pictures is how many pictures one client may wait for at a time.
const pictures = 8

// Snapshot has a picture taken of a stream, of which the client hears when there is one, or why there is none. The stream's id need not be
// one that was ever played.
func (o *Owner) Snapshot(req wire.Stream) {
	if why := o.unavailable(req); why != "" {
		o.noPicture(req, why)
		return
	}
	ctx, done, why := o.waits()
	if why != "" {
		o.noPicture(req, why)
		return
	}
	go func() {
		defer o.work.Done()
		defer done()
		image, err := o.all.opt.Snapshot(ctx, string(req.Name))
		switch {
		case ctx.Err() != nil: // the client is gone
		case err != nil:
			o.noPicture(req, unseen(err, string(req.Name)))
		default:
			o.picture(req, base64.StdEncoding.EncodeToString(image))
		}
	}()
}

// waits counts a picture that the client waits for, which counts as work, or says why there is none.
func (o *Owner) waits() (ctx context.Context, done func(), why reason.Reason) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.all.opt.Snapshot == nil:
		return nil, nil, reason.NoTranscoders
	case o.closed:
		return nil, nil, reason.SessionDisconnect
	case len(o.waiting) >= pictures:
		return nil, nil, reason.NoTranscoders
	}
	ctx, cancel := context.WithCancel(context.Background())
	key := &cancel
	o.waiting[key] = cancel
	o.work.Add(1) // with o.mu held, so that it comes before Close or not at all
	return ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		cancel()
		delete(o.waiting, key)
	}, ""
}

// unseen words why there is no picture of a stream that is there.
func unseen(err error, name string) reason.Reason {
	switch fault.CodeOf(err) {
	case fault.Stalled, fault.StartTimeout:
		return reason.NotReady
	case fault.GstUnavailable, fault.ElementUnavailable, fault.Overloaded:
		return reason.NoTranscoders
	}
	return reason.Of(err, reason.Play, name)
}

// picture gives the client a picture, as base64.
func (o *Owner) picture(req wire.Stream, image string) {
	id := string(req.MediaSessionID)
	if !o.id.Dated {
		o.client.Send("notifyStreamEvent", wire.StreamEvent{
			MediaSessionID: id, Type: wire.EventSnapshotCompleted, Payload: wire.Picture{Snapshot: image},
		})
		return
	}
	s := o.find(req.MediaSessionID)
	if s == nil {
		s = newStream(o, reason.Play, req)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.client.Send("notifyStreamStatusEvent", s.object(wire.SnapshotComplete, reason.Reason(image)))
}

// noPicture tells the client why it gets none.
func (o *Owner) noPicture(req wire.Stream, why reason.Reason) {
	switch {
	case !o.id.Dated:
		o.client.Send("notifyStreamEvent", wire.StreamEvent{
			MediaSessionID: string(req.MediaSessionID), Type: wire.EventSnapshotFailed, Payload: wire.Reason{Info: string(why)},
		})
	case o.find(req.MediaSessionID) != nil:
		// These SDKs know no event for it, and a status FAILED would end the stream that they asked for a picture of.
		o.client.Send("fail", wire.Fail{APIMethod: "snapshot", ID: string(req.MediaSessionID), Info: string(why)})
	default:
		newStream(o, reason.Play, req).refuse(why)
	}
}
