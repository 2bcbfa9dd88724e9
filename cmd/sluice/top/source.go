package top

import (
	"context"
	"errors"
	"time"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// API is what the view needs of a server; client.Client has it.
type API interface {
	Server() string
	About(ctx context.Context) (wire.Server, error)
	Streams(ctx context.Context, prefix string, p client.Paging) (wire.Page[wire.Stream], error)
	Pipelines(ctx context.Context, f client.PipelineFilter, p client.Paging) (wire.Page[wire.Pipeline], error)
	Sessions(ctx context.Context, f client.SessionFilter, p client.Paging) (wire.Page[wire.Session], error)
	Session(ctx context.Context, id string) (wire.Session, error)
	EndSession(ctx context.Context, id string) error
	Pipeline(ctx context.Context, id string) (wire.PipelineDetail, error)
	ExplainStream(ctx context.Context, name string) (wire.Explanation, error)
	EndStream(ctx context.Context, name string) error
	EndPipeline(ctx context.Context, id string, drain time.Duration) error
	Events(ctx context.Context, f client.Follow, take func(wire.Event) error) error
}

// Sample is how a server is at one moment.
type Sample struct {
	At        time.Time
	Server    wire.Server
	Streams   []wire.Stream
	Pipelines []wire.Pipeline
	Sessions  []wire.Session
	Processes map[string]wire.Process // by pipeline: of those that were asked for and that have one
}

// take asks the server how it is. Processes are asked one by one, so only those of some pipelines; nil: of the first few.
func take(ctx context.Context, api API, now func() time.Time, wanted []string) (*Sample, error) {
	const few = 64
	s := &Sample{Processes: map[string]wire.Process{}}
	var err error
	if s.Server, err = api.About(ctx); err != nil {
		return nil, err
	}
	s.Streams, err = client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Stream], error) {
		return api.Streams(ctx, "", p)
	})
	if err != nil {
		return nil, err
	}
	s.At = now() // between the counts of streams and those of processes
	s.Pipelines, err = client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Pipeline], error) {
		return api.Pipelines(ctx, client.PipelineFilter{}, p)
	})
	if err != nil {
		return nil, err
	}
	s.Sessions, err = client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Session], error) {
		return api.Sessions(ctx, client.SessionFilter{}, p)
	})
	if err != nil {
		return nil, err
	}
	if wanted == nil {
		for _, p := range s.Pipelines[:min(few, len(s.Pipelines))] {
			wanted = append(wanted, p.ID)
		}
	}
	for _, id := range wanted {
		d, err := api.Pipeline(ctx, id)
		switch {
		case errors.Is(err, fault.ResourceNotFound): // it has ended meanwhile
		case err != nil:
			return nil, err
		case d.Process != nil:
			s.Processes[id] = *d.Process
		}
	}
	return s, nil
}
