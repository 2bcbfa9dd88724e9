package pull

import (
	"context"
	"net/url"
	"slices"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Info is an agent as WCS shows it.
type Info struct {
	Session  string  `json:"localMediaSessionId"`
	Remote   *string `json:"remoteMediaSessionId"` // always null: other servers give none
	Name     string  `json:"localStreamName"`
	There    *string `json:"remoteStreamName"`
	URI      string  `json:"uri"`
	Status   string  `json:"status"` // PENDING, PROCESSED_REMOTE, STOPPED, FAILED
	Info     string  `json:"info,omitempty"`
	HasAudio bool    `json:"hasAudio"`
	HasVideo bool    `json:"hasVideo"`
	Record   bool    `json:"record"`
	Created  int64   `json:"createDate"` // milliseconds since 1970
}

// Routes are the calls below /rest-api/rtsp and /rest-api/pull.
func Routes(x *Agents) []call.Route {
	return []call.Route{
		{Path: "/rtsp/startup", Do: x.startup(RTSP, "rtsp", "rtsps")},
		{Path: "/rtsp/find", Do: x.found(RTSP)},
		{Path: "/rtsp/find_all", Do: x.found(RTSP)},
		{Path: "/rtsp/terminate", Do: x.terminate(RTSP)},
		{Path: "/pull/rtmp/pull", Do: x.startup(RTMP, "rtmp", "rtmps")},
		{Path: "/pull/rtmp/find", Do: x.found(RTMP)},
		{Path: "/pull/rtmp/find_all", Do: x.found(RTMP)},
		{Path: "/pull/rtmp/terminate", Do: x.terminate(RTMP)},
		{Path: "/pull/pull", Do: unknown},
		{Path: "/pull/push", Do: unknown},
		{Path: "/pull/find", Do: none},
		{Path: "/pull/find_all", Do: none},
		{Path: "/pull/terminate", Do: none},
	}
}

// unknown is what the calls do by which two servers of WCS exchange streams.
func unknown(context.Context, *call.Request) (any, error) {
	return nil, fault.New(fault.ElementUnavailable, "", "this server fetches nothing from others over WebSocket").
		Advise("fetch it over RTSP (/rest-api/rtsp/startup) or RTMP (/rest-api/pull/rtmp/pull), or push it by /rest-api/push/startup")
}

// none is what is found of them.
func none(context.Context, *call.Request) (any, error) {
	return nil, fault.New(fault.ResourceNotFound, "", "there is no such stream of another server")
}

// startup starts an agent.
func (x *Agents) startup(kind Kind, schemes ...string) func(context.Context, *call.Request) (any, error) {
	return func(ctx context.Context, r *call.Request) (any, error) {
		uri, name := r.Need("uri"), r.Text("localStreamName")
		if u, err := url.Parse(uri); uri != "" && (err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme)) {
			r.Wrong("uri", "it is no address such as %s://example.org/cam", schemes[0])
		}
		if err := r.Err(); err != nil {
			return nil, err
		}
		if name == "" {
			name = uri
		}
		return nil, x.Start(ctx, kind, uri, name)
	}
}

// terminate ends an agent.
func (x *Agents) terminate(kind Kind) func(context.Context, *call.Request) (any, error) {
	return func(ctx context.Context, r *call.Request) (any, error) {
		uri := r.Need("uri")
		if err := r.Err(); err != nil {
			return nil, err
		}
		return nil, x.End(ctx, kind, uri)
	}
}

// found finds the agents that are all that a request says of them.
func (x *Agents) found(kind Kind) func(context.Context, *call.Request) (any, error) {
	return func(_ context.Context, r *call.Request) (any, error) {
		uri, status, name, session := r.Text("uri"), r.Text("status"), r.Text("localStreamName"), r.Text("localMediaSessionId")
		fits := func(want, is string) bool { return want == "" || want == is }
		var list []Info
		for _, a := range x.list(kind) {
			i := x.info(a)
			if fits(uri, i.URI) && fits(status, i.Status) && fits(name, i.Name) && fits(session, i.Session) {
				list = append(list, i)
			}
		}
		return call.Found(r, "stream that is fetched", list)
	}
}

// info describes an agent.
func (x *Agents) info(a *agent) Info {
	i := Info{Session: a.id, Name: a.name, URI: a.uri, Status: a.status(), Created: a.since.UnixMilli()}
	a.mu.Lock()
	if a.err != nil {
		i.Info = call.Message(a.err)
	}
	a.mu.Unlock()
	if i.Status != fetched {
		return i
	}
	if s, ok := x.opt.Engine.Streams().Stream(a.name); ok {
		for _, t := range s.Tracks {
			i.HasAudio = i.HasAudio || t.Track.Kind == media.Audio
			i.HasVideo = i.HasVideo || t.Track.Kind == media.Video
		}
	}
	return i
}
