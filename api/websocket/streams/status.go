package streams

import (
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/media"
)

// object is the whole stream as it is told to clients. The caller holds s.mu.
func (s *stream) object(status wire.Status, why reason.Reason) wire.StreamStatus {
	o := wire.StreamStatus{
		NodeID: s.owner.id.Node, AppKey: s.owner.id.App, SessionID: s.owner.id.Session,
		MediaSessionID: s.id, Name: s.name, Published: !s.plays(),
		HasVideo: bool(s.req.HasVideo), HasAudio: bool(s.req.HasAudio),
		Status: status, SDP: string(s.req.SDP), Info: string(why), Record: s.recorded(), RecordName: s.file,
		Width: int(s.req.Width), Height: int(s.req.Height),
		Bitrate: int(s.req.Bitrate), MinBitrate: int(s.req.MinBitrate), MaxBitrate: int(s.req.MaxBitrate), Quality: int(s.req.Quality),
		Transport: s.transport(), CVOExtension: bool(s.req.CVOExtension), CreateDate: s.begun.UnixMilli(),
		MediaType: string(s.role), MediaProvider: s.provider(),
		AudioState: wire.Muted{Muted: s.muted[media.Audio]}, VideoState: wire.Muted{Muted: s.muted[media.Video]},
	}
	if s.peer == nil {
		return o
	}
	for _, t := range s.peer.Tracks() {
		switch t.Kind {
		case media.Audio:
			o.AudioCodec = wire.Codec(string(t.Codec))
		case media.Video:
			o.VideoCodec = wire.Codec(string(t.Codec))
		}
	}
	return o
}

// begin tells the client that media flows.
func (s *stream) begin(peer Peer) {
	if s.plays() {
		s.beginPlaying()
		return
	}
	s.mu.Lock()
	if p := peer.Publication(); p != nil {
		for kind, muted := range s.muted { // said before there was anything to mute
			p.Mute(kind, muted)
		}
	}
	s.status = wire.Publishing
	s.owner.client.Send("notifyStreamStatusEvent", s.object(s.status, ""))
	s.mu.Unlock()
	s.owner.client.Changed(Publication{Name: s.name, Room: s.req.RoomName(), Status: wire.Publishing})
	s.all.opt.Log.Debug("publishing", "stream", s.name, "session", s.owner.id.Session)
}

// beginPlaying tells what is muted along with the status, and what size pictures have right after it. Events that come
// meanwhile wait for s.mu, and follow.
func (s *stream) beginPlaying() {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, _ := s.all.opt.Engine.Streams().Stream(s.name)
	for _, kind := range info.Muted {
		s.muted[kind] = true
	}
	s.status = wire.Playing
	s.owner.client.Send("notifyStreamStatusEvent", s.object(s.status, ""))
	s.resize()
	s.all.opt.Log.Debug("playing", "stream", s.name, "session", s.owner.id.Session)
}

// remind sends the status once more.
func (s *stream) remind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status != "" && !s.status.Final() {
		s.owner.client.Send("notifyStreamStatusEvent", s.object(s.status, ""))
	}
}

// resize tells a player the size of its pictures, if it is not the one that it knows. The caller holds s.mu.
func (s *stream) resize() {
	size := s.picture()
	if size == s.size || size.Width == 0 || size.Height == 0 {
		return
	}
	s.size = size
	if s.owner.id.Dated {
		o := s.object(wire.Resize, "")
		o.StreamerVideoWidth, o.StreamerVideoHeight = size.Width, size.Height
		s.owner.client.Send("notifyStreamStatusEvent", o)
		return
	}
	s.send(wire.EventResize, size)
}

// picture is the size of what the player gets, which need not be what is published.
func (s *stream) picture() wire.Size {
	tracks := media.Description{Tracks: s.peer.Tracks()}
	if i := tracks.Index(media.Video); i >= 0 {
		return wire.Size{Width: tracks.Tracks[i].Width, Height: tracks.Tracks[i].Height}
	}
	return wire.Size{}
}

// send sends an event of the stream.
func (s *stream) send(kind string, payload any) {
	s.owner.client.Send("notifyStreamEvent", wire.StreamEvent{MediaSessionID: s.id, Type: kind, Payload: payload})
}
