package main

import (
	"sluice/api"
	"sluice/api/vod"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// vodDoor opens the folder of films, which graphs play by the element vod.in.
func vodDoor(p *serve.Parts) (api.Door, error) {
	if p.Config.Media.Folder == "" {
		return nil, nil //nolint:nilnil // no film is found then
	}
	f, _ := p.Options.Registry.Factory("vod.in")
	in, ok := f.(vod.In)
	if !ok {
		return nil, fault.New(fault.Internal, "media", "there is no element vod.in to play films with")
	}
	return vod.NewDoor(in.Folder(), p.Config.Media.Folder, p.Log.With("door", "vod")), nil
}
