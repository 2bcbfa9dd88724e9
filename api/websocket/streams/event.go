package streams

import (
	"encoding/json"
	"time"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Event takes what a client says of a stream that it publishes: that it muted it, or data for all who play it. What it says of
// others is ignored; the SDK never does. The error says what could not be passed on, fault.Overloaded what is too much.
func (o *Owner) Event(e wire.SentEvent) error {
	s := o.find(e.MediaSessionID)
	if s == nil || s.plays() {
		return nil
	}
	if err := o.allowance.Take(len(e.Payload), time.Now()); err != nil {
		return err
	}
	switch string(e.Type) {
	case wire.AudioMuted:
		s.mute(media.Audio, true)
	case wire.AudioUnmuted:
		s.mute(media.Audio, false)
	case wire.VideoMuted:
		s.mute(media.Video, true)
	case wire.VideoUnmuted:
		s.mute(media.Video, false)
	case wire.EventData:
		return s.say(e.Payload)
	}
	return nil
}

func (s *stream) mute(kind media.Kind, muted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.muted[kind] = muted
	if p := s.publication(); p != nil {
		p.Mute(kind, muted)
	}
}

func (s *stream) say(payload json.RawMessage) error {
	if len(payload) == 0 {
		payload = json.RawMessage("null") // JSON.stringify leaves out what is undefined
	}
	s.mu.Lock()
	p := s.publication()
	s.mu.Unlock()
	if p == nil {
		return stopped(reason.NotReady)
	}
	return p.Say(payload)
}

// publication is where a publisher's media goes; nil before. The caller holds s.mu.
func (s *stream) publication() *hub.Publication {
	if s.peer == nil {
		return nil
	}
	return s.peer.Publication()
}

// hear passes on what happened to a stream.
func (a *Streams) hear(e event.Event) {
	switch body := e.Body.(type) {
	case event.Mute:
		for _, s := range a.playersOf(body.Name) {
			s.heardMute(media.Kind(body.Kind), body.Muted)
		}
	case event.Data:
		data := wire.NewDataEvent(body.Payload)
		for _, s := range a.playersOf(body.Name) {
			s.heardData(data)
		}
	case event.Stream:
		a.sync(body.Name)
	}
}

// sync has those who play a name know what it is like now.
func (a *Streams) sync(name string) {
	players := a.playersOf(name)
	if len(players) == 0 {
		return
	}
	if info, ok := a.opt.Engine.Streams().Stream(name); ok {
		for _, s := range players {
			s.heardChange(info)
		}
	}
}

// playing takes s.mu and tells whether there is anything to tell a player: before PLAYING there is not, as that tells all.
func (s *stream) playing(tell func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status == wire.Playing {
		tell()
	}
}

func (s *stream) heardMute(kind media.Kind, muted bool) {
	s.playing(func() { s.tellMute(kind, muted) })
}

func (s *stream) heardData(data wire.DataEvent) {
	s.playing(func() { s.owner.client.SendEncoded(data.To(s.id)) })
}

func (s *stream) heardChange(info hub.StreamInfo) {
	s.playing(func() {
		muted := map[media.Kind]bool{}
		for _, kind := range info.Muted {
			muted[kind] = true
		}
		s.tellMute(media.Audio, muted[media.Audio])
		s.tellMute(media.Video, muted[media.Video])
		s.resize()
	})
}

// tellMute tells a player what it does not know yet. The caller holds s.mu.
func (s *stream) tellMute(kind media.Kind, muted bool) {
	if s.muted[kind] == muted {
		return
	}
	s.muted[kind] = muted
	switch {
	case kind == media.Audio && muted:
		s.send(wire.AudioMuted, nil)
	case kind == media.Audio:
		s.send(wire.AudioUnmuted, nil)
	case kind == media.Video && muted:
		s.send(wire.VideoMuted, nil)
	case kind == media.Video:
		s.send(wire.VideoUnmuted, nil)
	}
}
