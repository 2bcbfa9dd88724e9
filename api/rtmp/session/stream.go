package session

import (
	"context"
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
		s.out.user(streamBegin, s.id)
		if s.Publish {
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

// told is what a client may know of a reason.
func told(reason error) string {
	if fault.CodeOf(reason) == fault.Internal {
		return "internal error"
	}
	return reason.Error()
}

// Over tells a player that what it plays has ended.
func (s *Stream) Over() {
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
