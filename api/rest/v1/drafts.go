package v1

import (
	"context"
	"net/http"
	"net/url"

	"sluice/api/rest/draft"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/spec"
)

// longest is how long a graph may be, in bytes; it is the parser's limit and some.
const longest = 1<<20 + 1<<10

func sumOf(text []byte) string { return draft.Sum(text) }

func (v *V1) addDrafts() {
	add(v, op{
		method: http.MethodPost, path: "/v1/lint", id: "lint", tag: graphsTag, body: longest,
		summary: "Check a graph without keeping it",
		about:   "The body is the text of a file. Everything that is wrong is found at once, also in how it fits with the other graphs.",
	}, v.lint)
	errors := []int{
		http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity,
		http.StatusPreconditionRequired,
	}
	add(v, op{
		method: http.MethodPut, path: "/v1/graphs/{name}", id: "put-graph", tag: graphsTag, body: longest, errors: errors,
		also:    []int{http.StatusCreated},
		summary: "Write a graph into the folder",
		about: "The body is the text of the file. It is used at once, and after a restart; pipelines that run keep what they have, unless " +
			"the graph says otherwise. Whoever changes a graph says by If-Match which version. A graph with errors, or one that would " +
			"break others, is refused with all findings. Must be allowed by the configuration.",
	}, v.putGraph)
	add(v, op{
		method: http.MethodDelete, path: "/v1/graphs/{name}", id: "delete-graph", tag: graphsTag, errors: errors,
		summary: "Remove a graph from the folder",
		about:   "A graph that came with sluice is back when the one of its name is removed. Must be allowed by the configuration.",
	}, v.deleteGraph)
}

func (v *V1) lint(ctx context.Context, in *struct {
	Name    string `query:"name" maxLength:"200" default:"draft" pattern:"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*$" doc:"Of the graph."`
	RawBody []byte `contentType:"application/yaml"`
}) (*Body[wire.Lint], error) {
	t, err := v.desk.Lint(ctx, in.Name, in.RawBody)
	if err != nil {
		return nil, err
	}
	out := wire.Lint{Graphs: t.Graph, Findings: []wire.Finding{}}
	for _, f := range t.Of(in.Name) {
		if f.Severity == spec.Error {
			out.Errors++
		} else {
			out.Warnings++
		}
		out.Findings = append(out.Findings, wire.Finding{
			Severity: string(f.Severity), Code: f.Code, Message: f.Msg, Hint: f.Hint, Line: f.Pos.Line, Column: f.Pos.Col,
		})
	}
	return &Body[wire.Lint]{out}, nil
}

// Guarded are the headers by which a request says what it is about.
type Guarded struct {
	Match     string `header:"If-Match" maxLength:"1024" doc:"ETag of the version that is changed, or *."`
	NoneMatch string `header:"If-None-Match" maxLength:"1024" doc:"* to write only if there is no graph of that name."`
}

func (g Guarded) versions() draft.Versions {
	return draft.Versions{Match: g.Match, NoneMatch: g.NoneMatch}
}

type writtenOutput struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     wire.Written
}

func (v *V1) putGraph(ctx context.Context, in *struct {
	OfGraph
	Guarded
	RawBody []byte `contentType:"application/yaml"`
}) (*writtenOutput, error) {
	if err := v.mayWrite(); err != nil {
		return nil, err
	}
	made, err := v.desk.Put(ctx, in.Name, in.RawBody, in.versions())
	if err != nil {
		return nil, err
	}
	v.opt.Log.Info("graph written by request", "graph", in.Name, "user", v.opt.User(ctx))
	out := &writtenOutput{
		Status: http.StatusOK, Location: "/v1/graphs/" + url.PathEscape(in.Name), ETag: etag(sumOf(in.RawBody)),
		Body: wire.Written{Name: in.Name, Version: sumOf(in.RawBody)},
	}
	if made {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (v *V1) deleteGraph(ctx context.Context, in *struct {
	OfGraph
	Guarded
}) (*struct{}, error) {
	if err := v.mayWrite(); err != nil {
		return nil, err
	}
	if err := v.desk.Delete(ctx, in.Name, in.versions()); err != nil {
		return nil, err
	}
	v.opt.Log.Info("graph deleted by request", "graph", in.Name, "user", v.opt.User(ctx))
	return nil, nil //nolint:nilnil // an answer without a body
}

func (v *V1) mayWrite() error {
	if v.opt.Write {
		return nil
	}
	return fault.New(fault.Forbidden, "", "graphs are not written through the API").Advise(`the configuration's key "rest.write" allows it`)
}
