package main

import (
	"context"
	"errors"

	"sluice/api"
	"sluice/api/records"
	"sluice/api/records/after"
	"sluice/api/records/name"
	"sluice/api/records/outlet"
	"sluice/api/records/shelf"
	"sluice/api/websocket"
	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// recordsDoor opens the folder of recordings, which are to be had on the web port, and on those of REST.
func recordsDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.Records
	if c.Folder == "" {
		return nil, nil //nolint:nilnil // nothing is recorded, and its shelf stays closed
	}
	f, _ := p.Options.Registry.Factory("record.out")
	out, ok := f.(outlet.Out)
	if !ok {
		return nil, fault.New(fault.Internal, "records", "there is no element record.out to record with")
	}
	template, err := name.Parse(c.Name)
	if err != nil {
		return nil, err
	}
	done, err := afterwards(p, c, out.Shelf())
	if err != nil {
		return nil, err
	}
	d, err := records.New(records.Options{
		Engine: p.Engine, Shelf: out.Shelf(), Folder: shelf.Options{Folder: c.Folder, Template: template, Free: c.Free}, Auth: p.Auth,
		Streams: c.Streams, Most: c.Most, Keep: records.Keep{Age: c.MaxAge, Size: c.MaxSize}, After: done,
		Clock: p.Options.Clock, Log: p.Log.With("door", "records"),
	})
	if err != nil {
		return nil, err
	}
	p.Records = d
	return d, p.Web.Handle(records.Prefix, p.Requests.Count(d.Name(), d.Handler()))
}

// recordPages records what pages publish, if they want that; nil if nothing is recorded here. The door of recordings may open later.
func recordPages(p *serve.Parts) func(context.Context, websocket.Recorded) (func(context.Context) (string, error), error) {
	if p.Config.Records.Folder == "" {
		return nil
	}
	return func(ctx context.Context, w websocket.Recorded) (func(context.Context) (string, error), error) {
		r, err := p.Records.Start(ctx, records.Request{About: shelf.About{
			Stream: w.Stream, Session: w.Session, MediaSession: w.MediaSessionID, Login: w.User,
		}})
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) (string, error) {
			files, err := r.End(ctx)
			return longest(files), errors.Join(err, r.Err())
		}, nil
	}
}

// longest is the name of the longest of some files: pages know only one.
func longest(files []shelf.Recording) string {
	var best shelf.Recording
	for _, f := range files {
		if best.Name == "" || f.Duration > best.Duration {
			best = f
		}
	}
	return best.Name
}

// afterwards is what is done with finished recordings; nil if nothing is.
func afterwards(p *serve.Parts, c config.RecordsConfig, on *shelf.Shelf) (*after.Work, error) {
	if c.Hook == "" && c.Script == "" && c.S3.Endpoint == "" {
		return nil, nil //nolint:nilnil // nothing is wrong with that
	}
	upload, err := uploadOf(c.S3, on)
	if err != nil {
		return nil, err
	}
	return after.New(after.Options{
		Shelf: on, Drop: c.S3.Delete, Clock: p.Options.Clock, Log: p.Log.With("door", "records"),
		Hook:   after.Hook{URL: c.Hook, Token: c.HookToken, Limit: c.HookTimeout},
		Script: after.Script{Program: c.Script, Limit: c.ScriptTimeout},
		Upload: upload,
	}), nil
}
