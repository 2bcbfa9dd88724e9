package whip

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"sluice/api"
	"sluice/api/visitor"
)

// stopping is how long the end of one session may take before it is cut off.
const stopping = 10 * time.Second

// session is one client that publishes or plays.
type session struct {
	id       string // secret: who knows it may end the session
	proto    protocol
	stream   string
	user     string
	remote   string
	began    time.Time
	peer     Peer
	instance visitor.Instance
	log      *slog.Logger

	turn chan struct{} // holds one token; who has it patches, so that overlapping requests come one after the other
	ice                // whoever has the turn may change it

	ending sync.Once
	asked  chan struct{} // closed when the session is to end
	gone   chan struct{} // closed when it has ended and nothing of it is left
}

// ice is the present ICE session.
type ice struct {
	tag        string // strong entity-tag (RFC 9725 4.3.1), with its quotes
	client     credentials
	candidates int // that the client has named
}

func newICE(c credentials) ice { return ice{tag: `"` + rand.Text() + `"`, client: c} }

// end asks the session to end; it does not wait.
func (s *session) end() { s.ending.Do(func() { close(s.asked) }) }

// entry is what others may see of the session: all but its id.
func (s *session) entry() api.Session {
	one := api.Session{
		ID: s.instance.ID(), Pipeline: s.instance.ID(), Protocol: string(s.proto), Direction: api.Publishes, Stream: s.stream,
		Remote: s.remote, User: s.user, Since: s.began,
	}
	if s.proto == whep {
		one.Direction = api.Plays
	}
	return one
}

// watch sees a session through to its end: because the client asked for it, because the peer ended by itself, or because cut
// is done.
func (s *session) watch(cut context.Context) {
	live := s.peer.Live()
	for over := false; !over; {
		select {
		case <-live:
			live = nil
			s.log.Info("media flows", "transport", s.peer.Transport(), "after", time.Since(s.began))
		case <-s.asked:
			over = true
		case <-s.peer.Done():
			over = true
		case <-cut.Done():
			over = true
		}
	}
	cause := s.peer.Err()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(cut), stopping)
	defer cancel()
	if err := s.instance.Stop(ctx); err != nil {
		s.log.Warn("session not ended properly", "err", err)
	}
	s.peer.Stop(nil) // its element did, unless there is none in the graph
	n := s.peer.Counts()
	s.log.Info("session ended", "reason", cause, "duration", time.Since(s.began), "bytes", n.Bytes, "packets", n.Packets,
		"lost", n.Lost, "rtt", n.RTT)
}
