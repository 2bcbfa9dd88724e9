package node

import (
	"context"
	"errors"
	"net/netip"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/stat"
)

// make makes the element of a node.
func (p *Part) make(ctx context.Context, n plan.Node) (element.Element, error) {
	f, ok := p.opt.Registry.Factory(n.Element)
	if !ok {
		return nil, unready(n.Name, "the element %q is planned, and cannot run yet", n.Element).
			Advise("`sluice elements %s` tells what it will do", n.Element)
	}
	conf, err := confOf(f.Spec(), n)
	if err != nil {
		return nil, err
	}
	env := element.Env{
		Log: p.opt.Log.With("node", n.Name), Stats: new(stat.Set), Clock: p.opt.Clock, Sessions: p.opt.Sessions,
		Events: p.opt.Events, Epoch: p.opt.Hub.Epoch(), Over: func(reason error) { p.over(n.Name, reason) },
	}
	if p.opt.Reach != nil {
		env.Reach = func(to netip.AddrPort) error { return p.opt.Reach(n.Element, to) }
	}
	e, err := f.New(ctx, env, conf)
	if err != nil {
		return nil, placed(n.Name, err)
	}
	return e, nil
}

// confOf types the settings of a node as its element's spec says, and fills in defaults.
func confOf(s element.Spec, n plan.Node) (element.Conf, error) {
	conf := element.Conf{}
	for _, f := range s.Fields {
		if f.Default != nil {
			conf[f.Name] = f.Default
		}
	}
	for _, set := range n.Settings {
		f, ok := s.Field(set.Name)
		if !ok {
			return nil, fault.New(fault.InvalidParams, n.Name, "%s has no field %q", s.Name, set.Name)
		}
		v, err := f.Constraint.Parse(set.Reveal())
		if err != nil {
			return nil, placed(n.Name, err)
		}
		conf[f.Name] = v
	}
	return conf, nil
}

// placed says of an error which node it came from.
func placed(node string, err error) error {
	var f *fault.Fault
	switch {
	case !errors.As(err, &f):
		return fault.New(fault.CodeOf(err), node, "it cannot start").Because(err)
	case f.Place != "":
		return err
	}
	g := *f
	g.Place = node
	return &g
}
