// Package mixer is the part of the WCS-compatible REST API that is about mixers: it reads what callers want, has package api/mixer do it,
// and tells of mixers as WCS does. It mixes nothing and knows no graph.
package mixer

import (
	"context"
	"strings"

	mixers "sluice/api/mixer"
	"sluice/api/rest/wcs/call"
)

// Pictures finds the files of pictures by the names that callers give; picture.Folder is one.
type Pictures interface {
	Find(name string) (path string, err error)
}

// Routes are the calls of /rest-api/mixer.
func Routes(m *mixers.Mixers, files Pictures) []call.Route {
	a := api{m, files}
	return []call.Route{
		{Path: "/mixer/startup", Do: a.startup},
		{Path: "/mixer/add", Do: a.add},
		{Path: "/mixer/remove", Do: a.remove},
		{Path: "/mixer/find_all", Do: a.findAll},
		{Path: "/mixer/terminate", Do: a.terminate},
		{Path: "/mixer/setAudioVideo", Do: a.setAudioVideo},
		{Path: "/mixer/set_parameter", Do: a.setParameter},
		{Path: "/mixer/set_body_watermark", Do: a.setBodyWatermark},
		{Path: "/mixer/set_stream_watermark", Do: a.setStreamWatermark},
		{Path: "/mixer/set_stream_label", Do: a.setStreamLabel},
		{Path: "/mixer/set_stream_avatar", Do: a.setStreamAvatar},
		{Path: "/mixer/remove_stream_avatar", Do: a.removeStreamAvatar},
	}
}

// api has the calls.
type api struct {
	mixers *mixers.Mixers
	files  Pictures
}

// startup starts a mixer.
func (a api) startup(ctx context.Context, r *call.Request) (any, error) {
	name := nameOf(r)
	output := r.Text("localStreamName")
	if !r.Has("localStreamName") {
		output = name
	}
	s := a.settings(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	_, err := a.mixers.Start(ctx, name, output, s)
	return nil, err
}

// add lets a stream into a mixer.
func (a api) add(ctx context.Context, r *call.Request) (any, error) {
	j := mixers.Joining{
		Audio: flag(r, "hasAudio", true), Video: flag(r, "hasVideo", true), Label: label(r, "streamLabel"), Avatar: a.file(r, "avatar"),
		Position: r.Text("videoPositionId"),
	}
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.Add(ctx, stream, j) })
}

// remove takes a stream out of a mixer.
func (a api) remove(ctx context.Context, r *call.Request) (any, error) {
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.Remove(ctx, stream) })
}

// terminate ends a mixer.
func (a api) terminate(ctx context.Context, r *call.Request) (any, error) {
	return a.ofMixer(r, func(m *mixers.Mixer) error { return m.Stop(ctx) })
}

// setAudioVideo makes streams louder or softer, and shows them or not.
func (a api) setAudioVideo(ctx context.Context, r *call.Request) (any, error) {
	var c mixers.Change
	const most = 100
	if n, given := r.Whole("audioLevel", 0, most); given {
		c.Level = &n
	}
	if muted, given := r.Flag("videoMuted"); given {
		c.VideoMuted = &muted
	}
	if on, given := r.Flag("videoEnable"); given {
		off := !on
		c.VideoMuted = &off
	}
	if c == (mixers.Change{}) {
		r.Wrong("audioLevel", "nothing is to be changed")
	}
	refuseOthers(r, "uri", "streams", "audioLevel", "videoMuted", "videoEnable")
	which := streams(r)
	return a.ofMixer(r, func(m *mixers.Mixer) error { return m.SetAudioVideo(ctx, which, c) })
}

// setParameter changes a mixer while it plays.
func (a api) setParameter(ctx context.Context, r *call.Request) (any, error) {
	l := a.look(r)
	return a.ofMixer(r, func(m *mixers.Mixer) error { return m.SetLook(ctx, l) })
}

func (a api) setBodyWatermark(ctx context.Context, r *call.Request) (any, error) {
	mark := a.marked(r)
	return a.ofMixer(r, func(m *mixers.Mixer) error { return m.SetLook(ctx, mixers.Look{Mark: &mark}) })
}

func (a api) setStreamWatermark(ctx context.Context, r *call.Request) (any, error) {
	mark := a.marked(r)
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.SetStreamMark(ctx, stream, mark) })
}

func (a api) setStreamLabel(ctx context.Context, r *call.Request) (any, error) {
	name := "streamLabel"
	if !r.Has(name) && r.Has("label") {
		name = "label"
	}
	text := label(r, name)
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.SetLabel(ctx, stream, text) })
}

func (a api) setStreamAvatar(ctx context.Context, r *call.Request) (any, error) {
	r.Need("avatar")
	file := a.file(r, "avatar")
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.SetAvatar(ctx, stream, file) })
}

func (a api) removeStreamAvatar(ctx context.Context, r *call.Request) (any, error) {
	return a.ofStream(r, func(m *mixers.Mixer, stream string) error { return m.SetAvatar(ctx, stream, "") })
}

// ofMixer does something to the mixer of a request, if nothing that was read of it is wrong.
func (a api) ofMixer(r *call.Request, do func(*mixers.Mixer) error) (any, error) {
	name := nameOf(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	m, err := a.mixers.Find(name)
	if err != nil {
		return nil, err
	}
	return nil, do(m)
}

// ofStream does something to a stream in a mixer.
func (a api) ofStream(r *call.Request, do func(m *mixers.Mixer, stream string) error) (any, error) {
	stream := r.Need("remoteStreamName")
	return a.ofMixer(r, func(m *mixers.Mixer) error { return do(m, stream) })
}

// scheme is how addresses of mixers begin.
const scheme = "mixer://"

// nameOf is the name in the address of a mixer.
func nameOf(r *call.Request) string {
	uri := r.Need("uri")
	name, ok := strings.CutPrefix(uri, scheme)
	if uri != "" && (!ok || name == "") {
		r.Wrong("uri", "%.80q is no address of a mixer, such as mixer://studio", uri)
	}
	return name
}

// file is the path of a picture; "" where none is named.
func (a api) file(r *call.Request, name string) string {
	text := r.Text(name)
	if text == "" {
		return ""
	}
	path, err := a.files.Find(text)
	if err != nil {
		r.Wrong(name, "%s", call.Message(err))
	}
	return path
}
