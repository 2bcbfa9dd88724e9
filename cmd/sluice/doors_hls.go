package main

import (
	"context"

	"sluice/api"
	doorhls "sluice/api/hls"
	"sluice/api/hls/outlet"
	"sluice/cmd/sluice/serve"
	"sluice/engine"
	"sluice/engine/fault"
)

// hlsDoor opens HLS on addresses of its own.
func hlsDoor(p *serve.Parts) (api.Door, error) {
	c := p.Config.HLS
	if len(c.Listen) == 0 && (len(c.TLSListen) == 0 || p.Certificates == nil) {
		return nil, nil //nolint:nilnil // it is switched off, and its catalogue stays closed
	}
	f, _ := p.Options.Registry.Factory("hls.out")
	out, ok := f.(outlet.Out)
	if !ok {
		return nil, fault.New(fault.Internal, "hls", "there is no element hls.out to show anything of")
	}
	d, err := doorhls.New(doorhls.Options{
		Engine: hlsEngine{p.Engine}, Catalog: out.Catalog(), Auth: alsoAsked(p),
		Viewers: c.Viewers, ViewersPerAddress: c.ViewersPerAddress, Held: c.Held, HeldPerAddress: c.HeldPerAddress,
		Timeout: c.Timeout, Idle: c.Idle, Grace: c.Grace, Folder: c.DVR, Present: p.Present, Log: p.Log.With("door", "hls"),
	})
	if err != nil {
		return nil, err
	}
	return serve.Apart(p, serve.Own{
		Door: d, Handler: d.Handler(), Listen: c.Listen, TLSListen: c.TLSListen, Key: "hls", MaxBody: 1,
		Title: "HLS", Path: "/STREAM/index.m3u8",
	})
}

// hlsEngine is the engine as HLS sees it: what it starts is nobody's in particular, and ends when nobody watches.
type hlsEngine struct{ *serve.Gate }

// Raise implements hls.Engine.
func (e hlsEngine) Raise(ctx context.Context, ev engine.Event) error {
	_, err := e.Gate.Raise(ctx, ev)
	return err
}

// Has implements hls.Engine.
func (e hlsEngine) Has(stream string) bool { return e.Streams().Has(stream) }
