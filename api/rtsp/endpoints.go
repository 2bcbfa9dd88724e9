package rtsp

import "sluice/api"

// Endpoints implements api.Public.
func (d *Door) Endpoints() []api.Endpoint {
	return api.Endpoints("rtsp", "rtsps", "/STREAM", len(d.opt.Listen), d.Addresses())
}
