package streams

import (
	"slices"
	"strings"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
)

// List tells of all streams, in the order of their ids. What has not begun to flow is PENDING; sizes that no page asked for are those
// of the pictures.
func (a *Streams) List() []wire.Listed {
	all := a.all()
	out := make([]wire.Listed, 0, len(all))
	for _, s := range all {
		out = append(out, s.listed())
	}
	slices.SortFunc(out, func(a, b wire.Listed) int { return strings.Compare(a.MediaSessionID, b.MediaSessionID) })
	return out
}

// Terminate ends a stream, by an operator's wish, and does not wait for that; false if there is none of that id.
func (a *Streams) Terminate(id string) bool {
	s := a.find(id)
	if s == nil {
		return false
	}
	s.cancel(stopped(reason.RESTTerminate))
	return true
}

// listed is the stream as others may list it.
func (s *stream) listed() wire.Listed {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := s.status
	if status == "" {
		status = wire.Pending
	}
	l := wire.Listed{StreamStatus: s.object(status, ""), Pipeline: s.pipeline}
	if s.peer == nil {
		return l
	}
	if size := s.picture(); l.Width == 0 || l.Height == 0 {
		l.Width, l.Height = size.Width, size.Height
	}
	c := s.peer.Counts()
	l.Counts = wire.Counts{Bytes: c.Bytes, VideoBits: c.VideoBits, Lost: c.Lost, NACKs: c.NACKs, PLIs: c.PLIs}
	return l
}
