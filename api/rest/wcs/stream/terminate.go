package stream

import (
	"context"
	"errors"
	"slices"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// terminate ends streams: those of some ids, or those that all that is said fits. Players of what is published end with it.
func (a streams) terminate(ctx context.Context, r *call.Request) (any, error) {
	ids := append(r.Texts("mediaSessionIds"), r.Texts("mediaSessionId")...)
	name, status := r.Text("name"), r.Text("status")
	if len(ids) == 0 && name == "" {
		r.Wrong("mediaSessionId", "it is missing, and so is name")
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(a.all(), func(i Info) bool {
		return len(ids) > 0 && !slices.Contains(ids, i.MediaSessionID) || name != "" && i.Name != name ||
			status != "" && string(i.Status) != status
	})
	if len(list) == 0 {
		return nil, fault.New(fault.StreamNotFound, "", "there is no such stream")
	}
	var wrong []error
	for _, i := range list {
		wrong = append(wrong, a.end(ctx, i))
	}
	return nil, errors.Join(wrong...)
}

// end ends a stream, and does not wait for that. One that has ended meanwhile is as good.
func (a streams) end(ctx context.Context, i Info) error {
	switch {
	case i.made.End != nil:
		return i.made.End(ctx)
	case i.made.Session == "": // a client's
		if a.opt.Pages == nil || !a.opt.Pages.Terminate(i.MediaSessionID) {
			a.opt.Present.End(i.MediaSessionID)
		}
		return nil
	case i.pipeline == "":
		return fault.New(fault.NameInUse, "", "no pipeline is known to publish %q", i.Name)
	}
	if p, ok := a.opt.Engine.Instances().Get(i.pipeline); ok {
		p.Drain(-1)
	}
	return nil
}
