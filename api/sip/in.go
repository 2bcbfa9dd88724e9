package sip

import (
	"context"

	"sluice/api/sip/leg"
	"sluice/api/visitor"
	"sluice/engine/element"
)

// none is what a session of another kind is called.
const none = "no telephone call"

// New implements element.Factory.
func (In) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	l, err := visitor.Find[*leg.Leg](env, conf, none)
	if err != nil {
		return nil, err
	}
	return l.Source(env.Over, conf.Duration("jitter"))
}
