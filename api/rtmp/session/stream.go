package session

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// Stream is what a client publishes or plays: a NetStream. Safe for concurrent use.
type Stream struct {
	*Request
	id     uint32
	conn   *Conn
	out    *Out
	input  atomic.Pointer[func(m *chunk.Message, at time.Time)]
	pause  atomic.Pointer[func(paused bool)]
	cancel context.CancelFunc
	open   chan struct{} // closed when the client may begin
	done   chan struct{} // closed when the handler has returned
	said   sync.Once     // the client was told that it may begin, or why not
}

// Input has f called with each message of what is published, from Accept on, on the goroutine that reads.
func (s *Stream) Input(f func(m *chunk.Message, at time.Time)) { s.input.Store(&f) }

// OnPause has f called when a player wants nothing, or media again.
func (s *Stream) OnPause(f func(paused bool)) { s.pause.Store(&f) }

// OnRoom has f called when Media can be called again after it refused something. f must not wait.
func (s *Stream) OnRoom(f func()) { s.out.onRoom(s.id, f) }

// Media writes to a player and does not wait; false if nothing of it was taken.
func (s *Stream) Media(frames []Frame) bool { return s.out.Media(s.id, frames) }

// Data writes a data message, such as onMetaData.
func (s *Stream) Data(timestamp uint32, values ...any) {
	s.out.Send(onData, &chunk.Message{
		Type: chunk.DataAMF0, Stream: s.id, Timestamp: timestamp, Body: amf.Append(nil, values...),
	})
}

// Accept tells the client that it publishes or plays from now on. It may be called again.
func (s *Stream) Accept() {
	s.said.Do(func() {
		defer close(s.open)
		s.out.user(streamBegin, s.id)
		if s.Publish {
			s.conn.in.Allow(s.conn.opt.Bounds)
			if s.conn.fc {
				s.out.call(0, "onFCPublish", 0, nil, status("status", "NetStream.Publish.Start", s.Name))
			}
			s.out.onStatus(s.id, "status", "NetStream.Publish.Start", s.Name+" is now published.", amf.Pair{Key: "details", Value: s.Name})
			return
		}
		details := amf.Pair{Key: "details", Value: s.Name}
		s.out.onStatus(s.id, "status", "NetStream.Play.Reset", "Playing and resetting "+s.Name+".", details)
		s.out.onStatus(s.id, "status", "NetStream.Play.Start", "Started playing "+s.Name+".", details)
		s.Data(0, "|RtmpSampleAccess", true, true)
		s.out.onStatus(s.id, "status", "NetStream.Data.Start", "Started playing "+s.Name+".")
	})
}

// begun waits until the client may begin, or will not, but no longer than most.
func (s *Stream) begun(most time.Duration) {
	select {
	case <-s.open: // nearly always
		return
	default:
	}
	over := time.NewTimer(most)
	defer over.Stop()
	select {
	case <-s.open:
	case <-s.done:
	case <-over.C:
	}
}

// Refuse tells the client why it may not publish or play, or why that has ended.
func (s *Stream) Refuse(reason error) {
	s.said.Do(func() {})
	s.out.onStatus(s.id, "error", s.code(reason), told(reason), amf.Pair{Key: "details", Value: s.Name})
}

// code is that of a reason in the words of NetConnection and NetStream.
func (s *Stream) code(reason error) string {
	switch fault.CodeOf(reason) {
	case fault.Unauthorized, fault.Forbidden, fault.Overloaded:
		return "NetConnection.Connect.Rejected"
	case fault.InvalidRequest, fault.InvalidParams:
		return "NetConnection.Call.Failed"
	case fault.NameInUse, fault.StaleVersion:
		return "NetStream.Publish.BadName"
	case fault.StreamNotFound:
		return "NetStream.Play.StreamNotFound"
	case fault.CodecNotAvailable, fault.StartTimeout, fault.Stalled:
		if !s.Publish {
			return "NetStream.Play.Failed"
		}
	}
	return "NetStream.Failed"
}

// told is what a client may know of a reason: what faults say, and what to do next. What caused them may be of the server's inside.
func told(reason error) string {
	var said []string
	hint := ""
	var f *fault.Fault
	for ; errors.As(reason, &f) && f.Code != fault.Internal; reason = f.Cause {
		said = append(said, f.Msg)
		hint = cmp.Or(hint, f.Hint)
	}
	if hint != "" {
		hint = " (" + hint + ")"
	}
	return cmp.Or(strings.Join(said, ": "), "internal error") + hint
}

// Over tells a player that what it plays has ended, and a publisher that nobody wants what it publishes any more.
func (s *Stream) Over() {
	if s.Publish {
		s.out.onStatus(s.id, "status", "NetStream.Unpublish.Success", s.Name+" is now unpublished.")
		return
	}
	s.out.user(streamEOF, s.id)
	details := amf.Pair{Key: "details", Value: s.Name}
	s.out.onStatus(s.id, "status", "NetStream.Play.UnpublishNotify", s.Name+" is now unpublished.", details)
	s.out.onStatus(s.id, "status", "NetStream.Play.Stop", "Stopped playing "+s.Name+".", details)
}

// end ends the stream and waits until its handler has returned.
func (s *Stream) end() {
	s.cancel()
	<-s.done
}
