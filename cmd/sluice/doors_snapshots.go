package main

import (
	"context"

	"sluice/api"
	"sluice/api/snapshots"
	"sluice/cmd/sluice/serve"
)

// snapshotsDoor makes what takes pictures, for other doors, and on a schedule.
func snapshotsDoor(p *serve.Parts) (api.Door, error) {
	log := p.Log.With("door", "snapshots")
	p.Camera = snapshots.NewCamera(snapshots.Options{Engine: p.Engine, Clock: p.Options.Clock, Log: log})
	c := p.Config.Thumbnails
	return snapshots.NewDoor(p.Camera, p.Engine, snapshots.Schedule{
		Folder: c.Folder, Streams: c.Streams, Every: c.Every, Width: c.Width, Format: c.Format,
	})
}

// pictureOf takes a picture of a stream, as PNG. The door of pictures may open later.
func pictureOf(p *serve.Parts) func(ctx context.Context, stream string) ([]byte, error) {
	return func(ctx context.Context, stream string) ([]byte, error) {
		return p.Camera.Take(ctx, snapshots.Shot{Stream: stream})
	}
}
