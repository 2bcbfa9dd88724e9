// Package stream is the part of the WCS-compatible REST API that is about streams: it tells of all that is published and played,
// through whichever door, as WCS does, and ends it. It moves no media, and knows no door.
package stream

import (
	"context"
	"time"

	"sluice/api"
	"sluice/api/rest/describe"
	"sluice/api/rest/wcs/call"
	"sluice/api/websocket/wire"
	"sluice/engine"
	"sluice/engine/run/supervisor"
)

// Options are what the calls are made with. Engine is needed.
type Options struct {
	Engine  Engine
	Specs   describe.Specs // of elements; nil: what graphs publish by themselves has no pipeline
	Present *api.Sessions  // who publishes and plays, through all doors
	Pages   Pages          // nil: there is no door of the Web SDK
	Made    func() []Made  // nil: nothing
	Node    string         // what the server is called
	Now     func() time.Time
	// Recorder records; nil: nothing is recorded here.
	Recorder Recorder
	// Snapshot takes a picture of a stream, as PNG; nil: none are taken.
	Snapshot func(ctx context.Context, stream string) ([]byte, error)
}

// Engine shows what is published, and by which pipelines.
type Engine interface {
	Streams() engine.Streams
	Instances() *supervisor.Supervisor
}

// Pages are what clients with the Web SDK publish and play.
type Pages interface {
	// List tells of all of it, in the order of the ids. Each has the name of its pipeline, "" as long as it has none.
	List() []wire.Listed
	// Terminate ends one by its id, and does not wait for that; false if there is none.
	Terminate(mediaSessionID string) bool
}

// Made is a stream that the server makes because of a call of another part of this API: what a mixer gives, say.
type Made struct {
	Session  string // names it: the localMediaSessionId of that other part
	Name     string // of the stream
	Provider string // "MIXER"
	// End ends it. It returns when that has begun.
	End func(ctx context.Context) error
}

// Routes are the calls of /rest-api/stream.
func Routes(o Options) []call.Route {
	if o.Made == nil {
		o.Made = func() []Made { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := streams{o, newMeters(o.Now)}
	return []call.Route{
		{Path: "/stream/find", Do: a.find},
		{Path: "/stream/find_all", Do: a.findAll},
		{Path: "/stream/terminate", Do: a.terminate},
		{Path: "/stream/startRecording", Do: a.startRecording},
		{Path: "/stream/stopRecording", Do: a.stopRecording},
		{Path: "/stream/snapshot", Do: a.snapshot},
	}
}

// streams has the calls.
type streams struct {
	opt    Options
	meters *meters
}
