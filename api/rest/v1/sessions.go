package v1

import (
	"context"
	"net/http"
	"slices"
	"time"

	"sluice/api"
	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

func (v *V1) addSessions() {
	const tag = "sessions"
	missing := []int{http.StatusNotFound}
	add(v, op{
		method: http.MethodGet, path: "/v1/sessions", id: "list-sessions", tag: tag, summary: "List who is connected",
		about: "A session is a client that publishes or plays a stream: a browser, a phone, a camera. Addresses and users are personal data.",
	}, v.listSessions)
	add(v, op{
		method: http.MethodGet, path: "/v1/sessions/{id}", id: "get-session", tag: tag, summary: "A session", errors: missing,
	}, v.getSession)
	add(v, op{
		method: http.MethodGet, path: "/v1/sessions/{id}/explain", id: "explain-session", tag: tag,
		summary: "Why somebody who is connected gets what he gets",
		about:   "What it offered, what is published, which of it was chosen and why, what is converted by which elements at what cost.",
		errors:  missing,
	}, v.explainSession)
	add(v, op{
		method: http.MethodDelete, path: "/v1/sessions/{id}", id: "end-session", tag: tag, status: http.StatusAccepted,
		summary: "End a session",
		about: "Its client is told in the words of its protocol. The pipeline ends too, unless it goes on without the client, " +
			"as it would if that had left by itself.",
		errors: missing,
	}, v.endSession)
}

// OfSession names a session in a path.
type OfSession struct {
	ID string `path:"id" maxLength:"128" doc:"Its id." example:"live-x-1"`
}

// session describes a session, with what its pipeline does.
func (v *V1) session(s api.Session) wire.Session {
	out := wire.Session{
		ID: s.ID, Protocol: s.Protocol, Direction: string(s.Direction), Stream: s.Stream, Remote: s.Remote, User: s.User,
		Since: s.Since.In(time.UTC), Pipeline: s.Pipeline,
	}
	if i, ok := v.opt.Engine.Instances().Get(s.Pipeline); ok {
		p := describe.Pipeline(i, v.opt.Registry.Spec)
		out.Graph, out.State, out.Publishes, out.Reads, out.Fault = p.Graph, p.State, p.Publishes, p.Reads, p.Fault
	}
	return out
}

func (v *V1) listSessions(_ context.Context, in *struct {
	Paging
	Protocol  string `query:"protocol" maxLength:"32" doc:"Only those of this protocol." example:"rtmp"`
	Direction string `query:"direction" enum:"publish,play" doc:"Only those who publish, or play."`
	Stream    string `query:"stream" maxLength:"2048" doc:"Only those of this stream."`
}) (*Body[wire.Page[wire.Session]], error) {
	all := slices.DeleteFunc(v.opt.Present.All(), func(s api.Session) bool {
		return in.Protocol != "" && s.Protocol != in.Protocol || in.Direction != "" && string(s.Direction) != in.Direction ||
			in.Stream != "" && s.Stream != in.Stream
	})
	some := pageOf(all, in.Paging, func(s api.Session) string { return s.ID })
	out := wire.Page[wire.Session]{Items: make([]wire.Session, 0, len(some.Items)), Next: some.Next, Total: some.Total}
	for _, s := range some.Items {
		out.Items = append(out.Items, v.session(s))
	}
	return &Body[wire.Page[wire.Session]]{out}, nil
}

func (v *V1) getSession(_ context.Context, in *OfSession) (*Body[wire.Session], error) {
	s, ok := v.opt.Present.Find(in.ID)
	if !ok {
		return nil, noSession(in.ID)
	}
	return &Body[wire.Session]{v.session(s)}, nil
}

func (v *V1) endSession(_ context.Context, in *OfSession) (*struct{}, error) {
	if !v.opt.Present.End(in.ID) {
		return nil, noSession(in.ID)
	}
	return nil, nil //nolint:nilnil // an answer without a body
}

func noSession(id string) error {
	return fault.New(fault.ResourceNotFound, "", "there is no session %q", id).Advise("GET /v1/sessions tells who is connected")
}
