package transcoder

import (
	"context"
	"slices"

	"sluice/api/rest/wcs/call"
	"sluice/api/rest/wcs/picture"
)

// Routes are the calls below /rest-api/transcoder and /rest-api/transcoder2.
func Routes(x *Transcoders) []call.Route {
	type reader func(*call.Request, *picture.Folder) (Task, error)
	startup := func(read reader) func(context.Context, *call.Request) (any, error) {
		return func(ctx context.Context, r *call.Request) (any, error) {
			task, err := read(r, x.opt.Pictures)
			if err != nil {
				return nil, err
			}
			return nil, x.Start(ctx, task)
		}
	}
	return []call.Route{
		{Path: "/transcoder/startup", Do: startup(read)},
		{Path: "/transcoder2/startup", Do: startup(read2)},
		{Path: "/transcoder/find", Do: x.found},
		{Path: "/transcoder/find_all", Do: x.listed},
		{Path: "/transcoder/terminate", Do: x.terminated},
		{Path: "/transcoder/set_watermark", Do: x.marked},
	}
}

// listed lists all transcoders.
func (x *Transcoders) listed(_ context.Context, r *call.Request) (any, error) {
	return call.Found(r, "transcoder", x.List())
}

// found finds transcoders.
func (x *Transcoders) found(_ context.Context, r *call.Request) (any, error) {
	var list []Info
	for _, i := range x.List() {
		if i.fits(r) {
			list = append(list, i)
		}
	}
	return call.Found(r, "transcoder", list)
}

// terminated ends a transcoder.
func (x *Transcoders) terminated(ctx context.Context, r *call.Request) (any, error) {
	uri := r.Need("uri")
	if err := r.Err(); err != nil {
		return nil, err
	}
	return nil, x.End(ctx, uri)
}

// marked lays another picture over a transcoder's frames; with an empty name none. Here width and height are those of that picture; at the
// start, where the same members are in "encoder", they are those of the frames. Members that it does not know are refused, as mixers do.
func (x *Transcoders) marked(ctx context.Context, r *call.Request) (any, error) {
	uri, m := r.Need("uri"), mark(r.Object, x.opt.Pictures)
	m.Width, _ = r.Whole("width", 0, mostSide)
	m.Height, _ = r.Whole("height", 0, mostSide)
	for _, name := range r.Names() {
		if !slices.Contains([]string{"uri", "watermark", "x", "y", "width", "height", "alpha"}, name) {
			r.Wrong(name, "it is not known here")
		}
	}
	if !r.Has("watermark") {
		r.Wrong("watermark", "it is missing; an empty one takes the mark off")
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return nil, x.Show(ctx, uri, m)
}
