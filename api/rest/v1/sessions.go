package v1

import (
	"context"
	"net/http"

	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
)

func (v *V1) addSessions() {
	const tag = "sessions"
	missing := []int{http.StatusNotFound}
	add(v, op{
		method: http.MethodGet, path: "/v1/sessions", id: "list-sessions", tag: tag, summary: "List who is connected",
		about: "A session is a pipeline that speaks to a peer: a browser that publishes or plays, a phone, a camera.",
	}, v.listSessions)
	add(v, op{
		method: http.MethodGet, path: "/v1/sessions/{id}", id: "get-session", tag: tag, summary: "A session", errors: missing,
	}, v.getSession)
	add(v, op{
		method: http.MethodDelete, path: "/v1/sessions/{id}", id: "end-session", tag: tag, status: http.StatusAccepted,
		summary: "End a session", about: "Its peer is told in the words of its protocol.", errors: missing,
	}, v.endSession)
}

// sessions lists the pipelines that speak to peers.
func (v *V1) sessions() []wire.Session {
	var out []wire.Session
	for _, i := range v.opt.Engine.Instances().Instances() {
		if s, ok := sessionOf(describe.Pipeline(i, v.opt.Registry.Spec)); ok {
			out = append(out, s)
		}
	}
	return out
}

func sessionOf(p wire.Pipeline) (wire.Session, bool) {
	return wire.Session{
		ID: p.ID, Roles: p.Sessions, Graph: p.Graph, State: p.State, Since: p.Since, Publishes: p.Publishes, Reads: p.Reads, Fault: p.Fault,
	}, len(p.Sessions) > 0
}

func (v *V1) listSessions(_ context.Context, in *Paging) (*Body[wire.Page[wire.Session]], error) {
	return &Body[wire.Page[wire.Session]]{pageOf(v.sessions(), *in, func(s wire.Session) string { return s.ID })}, nil
}

func (v *V1) getSession(_ context.Context, in *OfPipeline) (*Body[wire.Session], error) {
	i, err := v.find(in.ID)
	if err != nil {
		return nil, err
	}
	s, ok := sessionOf(describe.Pipeline(i, v.opt.Registry.Spec))
	if !ok {
		return nil, v.noPipeline(in.ID)
	}
	return &Body[wire.Session]{s}, nil
}

func (v *V1) endSession(ctx context.Context, in *OfPipeline) (*struct{}, error) {
	if _, err := v.getSession(ctx, in); err != nil {
		return nil, err
	}
	i, err := v.find(in.ID)
	if err != nil {
		return nil, err
	}
	v.end(i, -1)    //nolint:contextcheck // it returns at once; the session ends in its own time
	return nil, nil //nolint:nilnil // an answer without a body
}
