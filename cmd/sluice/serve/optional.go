package serve

import (
	"context"
	"log/slog"

	"sluice/api"
)

// Optional is a door whose addresses need not be had where nobody has set the keys that they are from: another server of the
// machine may have its usual ports, and this one goes on without the door then.
func Optional(p *Parts, d api.Door, keys ...string) api.Door {
	for _, key := range keys {
		if !p.usual(key) {
			return d
		}
	}
	return &optional{Door: d, log: p.Log.With("door", d.Name())}
}

// Inside is the door that Optional or Apart was given, and any other door itself.
func Inside(d api.Door) api.Door {
	switch d := d.(type) {
	case *optional:
		return d.Door
	case *apart:
		return d.own.Door
	default:
		return d
	}
}

type optional struct {
	api.Door
	log    *slog.Logger
	absent bool // its addresses are somebody else's
}

// public is the door as one that says where clients reach it; false if it does not, or cannot be reached.
func public(d api.Door) (api.Public, bool) {
	if o, ok := d.(*optional); ok && o.absent {
		return nil, false
	}
	p, ok := Inside(d).(api.Public)
	return p, ok
}

// Listen implements api.Door.
func (o *optional) Listen(ctx context.Context) error {
	err := o.Door.Listen(ctx)
	if err == nil {
		return nil
	}
	o.absent = true
	o.log.Warn("the server goes on without this door", "err", err)
	cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel() // nobody is inside
	return o.Close(cut)
}
