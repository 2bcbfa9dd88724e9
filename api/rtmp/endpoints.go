package rtmp

import "sluice/api"

// Endpoints implements api.Public.
func (d *Door) Endpoints() []api.Endpoint {
	return api.Endpoints("rtmp", "rtmps", "/live/STREAM", len(d.opt.Listen), d.Addresses())
}
