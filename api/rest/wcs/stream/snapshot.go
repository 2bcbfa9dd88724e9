package stream

import (
	"context"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// picture is a PNG, which is base64 in JSON.
type picture struct {
	Data []byte `json:"data"`
}

// snapshot takes a picture of a stream, by its name or its mediaSessionId.
func (a streams) snapshot(ctx context.Context, r *call.Request) (any, error) {
	name := r.Text("streamName")
	if name == "" {
		name = r.Text("name")
	}
	id := r.Text("mediaSessionId")
	if name == "" && id == "" {
		r.Wrong("streamName", "it is missing")
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if a.opt.Snapshot == nil {
		return nil, fault.New(fault.ElementUnavailable, "", "no pictures are taken here")
	}
	if name == "" {
		i, ok := a.one(id)
		if !ok {
			return nil, fault.New(fault.StreamNotFound, "", "nothing has the mediaSessionId %.80q", id)
		}
		name = i.Name
	}
	image, err := a.opt.Snapshot(ctx, name)
	if err != nil {
		return nil, err
	}
	return picture{image}, nil
}
