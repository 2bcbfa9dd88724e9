package sip

import (
	"context"

	"sluice/api/calls"
	"sluice/api/sip/leg"
	"sluice/api/visitor"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	l, err := visitor.Find[*leg.Leg](env, conf, none)
	if err != nil {
		return nil, err
	}
	s, err := l.Sink(env.Over, conf.Duration("ptime"))
	if err != nil {
		return nil, err
	}
	return &sink{Sink: s, leg: l, dtmf: conf.Text("dtmf")}, nil
}

// sink is the element sip.out: what the leg sends, and what a graph may do with the call.
type sink struct {
	*leg.Sink
	leg  *leg.Leg
	dtmf string // how keys reach the phone
}

// Do implements element.Doer.
func (s *sink) Do(ctx context.Context, action string, args element.Conf) (any, error) {
	if action == "dtmf" && (s.dtmf == "off" || s.dtmf != "info" && s.leg.Presses()) {
		if s.dtmf == "off" {
			return nil, fault.New(fault.Forbidden, "sip", "the graph lets no keys reach the phone").Advise("set dtmf of sip.out")
		}
		return nil, s.leg.Press(ctx, args.Text("digits"), args.Duration("length"))
	}
	c, err := s.leg.Controller()
	if err != nil {
		return nil, err
	}
	switch action {
	case "dtmf":
		return nil, c.Press(ctx, args.Text("digits"), calls.InfoRelay)
	case "hold":
		return nil, c.Hold(ctx, args.Bool("held"))
	case "transfer":
		return nil, c.Transfer(ctx, args.Text("target"))
	}
	return nil, fault.New(fault.InvalidParams, "sip", "sip.out has no action %q", action)
}
