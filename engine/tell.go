package engine

import (
	"errors"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// tell passes on what happens in the hub.
func (e *Engine) tell(h hub.Event) {
	if (h.What == hub.StreamPublished || h.What == hub.StreamEnded) && !h.StandIn {
		e.lately.note(h.Stream, h.Time)
	}
	ev := event.Event{Name: string(h.What), Path: path(h.Stream), Body: body(h)}
	if _, err := e.bus.Raise(ev); err != nil && !errors.Is(err, fault.Closed) {
		e.opt.Log.Error("event refused", "event", ev.Name, "err", err)
	}
}

// body says it in the words of package event.
func body(h hub.Event) any {
	switch h.What {
	case hub.ReaderJoined, hub.ReaderLeft:
		r := event.Reader{Stream: h.Stream, Reader: h.Reader, Units: h.Stats.Units, Cause: event.CauseOf(h.Reason)}
		for _, n := range h.Stats.Drops {
			r.Drops += n
		}
		return r
	case hub.StreamMuted:
		return event.Mute{Name: h.Stream, Publication: h.Publication, Kind: string(h.Kind), Muted: h.Muted}
	case hub.StreamData:
		return event.Data{Name: h.Stream, Publication: h.Publication, Payload: h.Payload}
	default:
		s := event.Stream{Name: h.Stream, Publication: h.Publication, Cause: event.CauseOf(h.Reason)}
		for _, t := range h.Description.Tracks {
			s.Tracks = append(s.Tracks, t.String())
		}
		return s
	}
}
