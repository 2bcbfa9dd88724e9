package wire

import (
	"encoding/json"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// feed hands what comes on one track to a port. It belongs to the goroutine that reads.
type feed struct {
	sink   Sink
	copies bool
	video  bool
	skip   bool // the port refused video: up to the next key frame nothing is handed on
	unit   frame.Unit
	slab   slab
}

func newFeed(s Sink) *feed {
	_, copies := s.Port.(run.Copier)
	return &feed{sink: s, copies: copies}
}

// take hands on one frame, or drops it if nobody is there.
func (f *feed) take(in frame.Frame) error {
	if f.sink.Port == nil {
		return nil
	}
	if f.sink.Gate == nil {
		return f.pass(in)
	}
	f.sink.Gate.mu.Lock() // as Through does, but without a function to make for each unit
	defer f.sink.Gate.mu.Unlock()
	if f.sink.Gate.closed {
		return nil
	}
	return f.pass(in)
}

func (f *feed) pass(in frame.Frame) error {
	switch in.Kind {
	case frame.Media:
		if err := in.Unit(&f.unit); err != nil {
			return err
		}
		f.hand()
	case frame.Gap:
		s, err := in.Silence()
		if err != nil {
			return err
		}
		f.sink.Port.Gap(s.PTS, s.Duration)
	case frame.Codec:
		var t media.Track
		if err := json.Unmarshal(in.Payload, &t); err != nil {
			return fault.New(fault.ProtocolViolation, "", "a codec on track %d that cannot be read", in.Track).Because(err)
		}
		f.video = t.Kind == media.Video
		f.sink.Port.Codec(t)
	case frame.Flush:
		f.sink.Port.Mark(run.Flush)
	case frame.EOS:
		f.sink.Port.Mark(run.End)
	}
	return nil
}

// hand gives the unit that was read last to the port.
func (f *feed) hand() {
	if f.skip && !f.unit.Key {
		f.refuse() // the request before may have come too soon after another
		return
	}
	u := (*media.Unit)(&f.unit)
	if !f.copies {
		u = f.slab.keep(u)
	}
	taken := f.sink.Port.Unit(u)
	if refused := !taken && f.video; refused != f.skip {
		f.skip = refused
		if refused {
			f.refuse()
		}
	}
}

func (f *feed) refuse() {
	if f.sink.Refused != nil {
		f.sink.Refused()
	}
}
