package pull

import (
	"context"
	"net/url"
	"slices"

	"sluice/api/rest/wcs/call"
	"sluice/engine/media"
)

// Info is an agent as WCS shows it.
type Info struct {
	Session  string  `json:"localMediaSessionId"`
	Remote   *string `json:"remoteMediaSessionId"` // null, as the next, but for servers of WCS: others have none
	Name     string  `json:"localStreamName"`
	There    *string `json:"remoteStreamName"`
	URI      string  `json:"uri"`
	Status   string  `json:"status"` // PENDING, PROCESSED_REMOTE, PROCESSED_LOCAL, STOPPED, FAILED
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
		{Path: "/pull/pull", Do: x.exchange(ServerPull)},
		{Path: "/pull/push", Do: x.exchange(ServerPush)},
		{Path: "/pull/find", Do: x.found(ServerPull, ServerPush)},
		{Path: "/pull/find_all", Do: x.found(ServerPull, ServerPush)},
		{Path: "/pull/terminate", Do: x.terminateServer},
	}
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
		return nil, x.Start(ctx, Task{Kind: kind, URI: uri, Name: name})
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
func (x *Agents) found(kinds ...Kind) func(context.Context, *call.Request) (any, error) {
	return func(_ context.Context, r *call.Request) (any, error) {
		uri, status, name, session := r.Text("uri"), r.Text("status"), r.Text("localStreamName"), r.Text("localMediaSessionId")
		there := r.Text("remoteStreamName")
		uri = whole(uri)
		fits := func(want, is string) bool { return want == "" || want == is }
		var list []Info
		for _, a := range x.list(kinds...) {
			i := x.info(a)
			if fits(uri, i.URI) && fits(status, i.Status) && fits(name, i.Name) && fits(session, i.Session) && fits(there, a.There) {
				list = append(list, i)
			}
		}
		return call.Found(r, "stream that is fetched", list)
	}
}

// info describes an agent.
func (x *Agents) info(a *agent) Info {
	i := Info{Session: a.id, Name: a.Name, URI: a.URI, Status: a.status(), Created: a.since.UnixMilli()}
	if a.There != "" {
		i.Remote, i.There = &a.remote, &a.There
	}
	a.mu.Lock()
	if a.err != nil {
		i.Info = call.Message(a.err)
	}
	a.mu.Unlock()
	if i.Status != fetched && i.Status != given {
		return i
	}
	if s, ok := x.opt.Engine.Streams().Stream(a.Name); ok {
		for _, t := range s.Tracks {
			i.HasAudio = i.HasAudio || t.Track.Kind == media.Audio
			i.HasVideo = i.HasVideo || t.Track.Kind == media.Video
		}
	}
	return i
}
