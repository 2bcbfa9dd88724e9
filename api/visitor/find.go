package visitor

import (
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Find finds what the event brought for an element: the session that its settings name. none is what a session of another kind is
// called, such as "no client of RTMP".
func Find[Peer any](env element.Env, conf element.Conf, none string) (Peer, error) {
	var nobody Peer
	name := conf.Text("session")
	s, ok := env.Sessions.Session(name)
	if !ok {
		return nobody, fault.New(fault.InvalidRequest, "", "the event brought no session %q", name)
	}
	p, ok := s.(Peer)
	if !ok {
		return nobody, fault.New(fault.InvalidRequest, "", "the session %q is %s", name, none)
	}
	return p, nil
}
