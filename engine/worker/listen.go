package worker

import (
	"bytes"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/wire"
)

// read handles what comes until the connection ends.
func (l *link) read() error {
	for {
		f, err := l.end.Next()
		if err != nil {
			return err
		}
		switch f.Kind {
		case frame.Heartbeat:
			l.mu.Lock()
			l.beaten = true
			l.mu.Unlock()
		case frame.Key:
			l.key(f.Track)
		case frame.State:
			err = l.news(f)
		case frame.Result, frame.Stats:
			err = l.answered(f)
		default:
			err = fault.New(fault.ProtocolViolation, "", "a %s, which only servers send", f.Kind)
		}
		if err != nil {
			return err
		}
	}
}

// key passes on that a track which goes to the worker needs a key frame.
func (l *link) key(track uint16) {
	if number, bridge, ok := l.end.Bridge(track); ok {
		if r := l.seat(number); r != nil {
			r.key(bridge)
		}
	}
}

func (l *link) seat(number uint16) *Runtime {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seats[number]
}

// news takes a message that answers nothing.
func (l *link) news(f frame.Frame) error {
	m, err := f.Message()
	if err != nil {
		return err
	}
	var n news
	if err := read(m, &n); err != nil {
		return err
	}
	switch {
	case n.Greeting != nil:
		return l.greet(*n.Greeting)
	case n.Notice == nil || !n.Notice.known():
		return fault.New(fault.ProtocolViolation, "", "a state without a notice")
	}
	if r := l.seat(m.Instance); r != nil { // else it has just left
		r.tell(l.veil.Notice(run.Notice{
			Kind: n.Notice.Kind, Node: n.Notice.Node, Branch: n.Notice.Branch, Err: n.Notice.Fault.Err(l.veil.Hide),
			Event: n.Notice.Event, Vars: n.Notice.Vars,
		}))
	}
	return nil
}

// greet checks who the worker says it is.
func (l *link) greet(g greeting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hello {
		return fault.New(fault.ProtocolViolation, "", "a second greeting")
	}
	if g.Protocol != protocol || g.Plans < plan.Version {
		return fault.New(fault.GstUnavailable, "", "%q speaks version %d and reads plans up to %d, where %d and %d are needed",
			l.o.Path, g.Protocol, g.Plans, protocol, plan.Version).
			Advise("the program was replaced while the server runs: restart the server")
	}
	l.hello, l.beaten = true, true
	close(l.greeted)
	return nil
}

// answered hands an answer to the call that waits for it.
func (l *link) answered(f frame.Frame) error {
	m, err := f.Message()
	if err != nil {
		return err
	}
	l.mu.Lock()
	to, asked := l.calls[m.ID]
	delete(l.calls, m.ID)
	l.mu.Unlock()
	if !asked {
		return fault.New(fault.ProtocolViolation, "", "an answer to a call that nobody made")
	}
	var r reply
	if err := read(m, &r.answer); err != nil {
		return err
	}
	if len(m.Blob) > 0 {
		r.blob = bytes.Clone(m.Blob)
	}
	to <- r // has room, for this one
	return nil
}

// accept tells where a track that the worker begins leads.
func (l *link) accept(_, instance uint16, bridge string) wire.Sink {
	r := l.seat(instance)
	if r == nil {
		return wire.Sink{}
	}
	return r.outlet(bridge)
}
