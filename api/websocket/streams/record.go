package streams

import (
	"context"

	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// Recorded is a publication that is to be recorded.
type Recorded struct {
	Stream         string
	Session        string // of the client
	MediaSessionID string
	User           string // "" if nobody asked who it is
}

// recorded tells whether the client wants it recorded, and it is.
func (s *stream) recorded() bool { return bool(s.req.Record) && !s.plays() && s.all.opt.Record != nil }

// record begins to record what is published, and gives what ends that and waits until the file is whole, or for its context. Whatever
// becomes of the recording, the stream goes on: the client is only warned. ctx is done after that end.
func (s *stream) record(ctx context.Context, user string) (end func(context.Context)) {
	if !s.recorded() {
		s.unrecorded(fault.New(fault.ElementUnavailable, "", "nothing is recorded here"))
		return func(context.Context) {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var finish func(context.Context) (string, error)
	begun := make(chan struct{})
	go func() {
		defer close(begun)
		var err error
		finish, err = s.all.opt.Record(ctx, Recorded{
			Stream: s.name, Session: s.owner.id.Session, MediaSessionID: s.id, User: user,
		})
		if err != nil {
			s.unrecorded(err)
		}
	}()
	return func(limit context.Context) {
		defer context.AfterFunc(limit, cancel)()
		<-begun
		cancel()
		if finish == nil {
			return
		}
		file, err := finish(limit)
		if err != nil {
			s.unrecorded(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.file = file
	}
}

// unrecorded warns the client that what it publishes is not recorded, or not to its end.
func (s *stream) unrecorded(err error) {
	s.all.opt.Log.Warn("not recorded as was wanted", "stream", s.name, "session", s.owner.id.Session, "err", err)
	s.owner.client.Send("fail", wire.Fail{APIMethod: "publishStream", ID: s.id, Info: "the stream is not recorded"})
}
