// Package vod is the element vod.in, which plays a file of the folder media.folder: at the speed of life, from its beginning, once or
// again and again. What is in files is read by package reel. It converts nothing, does not seek, and knows neither names with vod:// nor
// protocols: graphs say who plays what.
package vod

import (
	"context"
	"time"

	"sluice/elements/lasting"
	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/value"
)

// Elements lists what this package describes. Their files are in a folder of their own.
func Elements() []element.Declared { return []element.Declared{In{&Folder{}}} }

// In plays a file.
type In struct{ folder *Folder }

// Folder is where the element's files are. Until somebody opens it there are none.
func (in In) Folder() *Folder { return in.folder }

// Spec describes vod.in.
func (In) Spec() element.Spec {
	return element.Spec{
		Name:   "vod.in",
		About:  "Plays a file of media.folder at the speed of life, from its beginning as soon as somebody watches.",
		Domain: element.Go, Status: element.Beta, Klass: "Source/File",
		Ports: ports.Gives(
			[]media.Codec{media.AAC, media.Opus, media.MP3, media.AC3, media.MP2},
			[]media.Codec{media.H264, media.H265, media.VP8, media.VP9, media.AV1, media.MPEG1},
		),
		Fields: []element.Field{
			element.Setting("file", value.String).Must().
				Says("Name of the file in that folder: MP4, WebM, Matroska, MPEG-TS, FLV, Ogg with Opus, or MP3, whatever its name ends with."),
			element.Setting("loop", value.Bool).Or(false).Says("Begins again at the end."),
			element.Span("delay", 0, 10*time.Second).Or(time.Duration(0)).
				Says("How long after the first picture the film goes on: for viewers who are not ready when they ask."),
		},
		Examples: []string{"vod.in file=sample.mp4", "vod.in file=films/sample.webm loop=true"},
	}
}

// New implements element.Factory.
func (in In) New(ctx context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	return &source{
		Work: lasting.New(ctx), env: env, folder: in.folder, name: conf.Text("file"), loop: conf.Bool("loop"), delay: conf.Duration("delay"),
		watched: make(chan struct{}), fed: make(chan struct{}),
	}, nil
}
