package stream

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"sluice/api"
	"sluice/api/rest/describe"
	"sluice/api/websocket/wire"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// Info is a stream as WCS tells of it (notifyStreamStatusEvent has the same object): one that somebody publishes, or that somebody plays.
type Info struct {
	wire.StreamStatus
	Parent  string             `json:"parentMediaSessionId,omitempty"` // of what the same pipeline publishes for a client
	Metrics map[string]float64 `json:"metrics,omitempty"`

	pipeline string
	counts   wire.Counts
	made     Made
}

// defaultApp is the application of who names none.
const defaultApp = "defaultApp"

// all tells of all streams: those of the pages first, those of other doors, and what nobody but the server publishes.
func (a streams) all() []Info {
	published := map[string]hub.StreamInfo{}
	for _, s := range a.opt.Engine.Streams().Streams() {
		published[s.Name] = s
	}
	list := a.ofPages(published)
	for _, s := range a.opt.Present.All() {
		if s.Protocol != "websocket" {
			list = append(list, a.ofSession(s, published))
		}
	}
	list = append(list, a.ofServer(list, published)...)
	a.recordings(list)
	return list
}

// ofPages are the streams of clients with the Web SDK. Pictures whose size is not known of them have that of the publication.
func (a streams) ofPages(published map[string]hub.StreamInfo) []Info {
	if a.opt.Pages == nil {
		return nil
	}
	listed := a.opt.Pages.List()
	list := make([]Info, 0, len(listed))
	for _, l := range listed {
		i := Info{StreamStatus: l.StreamStatus, pipeline: l.Pipeline, counts: l.Counts}
		if i.Width == 0 || i.Height == 0 {
			i.Width, i.Height = sizeOf(published[i.Name])
		}
		list = append(list, i)
	}
	return list
}

// ofSession is a stream of another door. What a player of it gets is not known, only what there is.
func (a streams) ofSession(s api.Session, published map[string]hub.StreamInfo) Info {
	i := Info{pipeline: s.Pipeline, StreamStatus: wire.StreamStatus{
		NodeID: a.opt.Node, AppKey: defaultApp, SessionID: s.ID, MediaSessionID: s.ID, Name: s.Stream,
		Published: s.Direction == api.Publishes, Status: wire.Playing, MediaType: "play", MediaProvider: provider(s.Protocol),
		Transport: transport(s.Protocol), CreateDate: s.Since.UnixMilli(),
	}}
	if i.Published {
		i.Status, i.MediaType = wire.Publishing, "publish"
	}
	in, there := published[s.Stream]
	if !there {
		i.Status = wire.Pending
		return i
	}
	i.describe(in)
	if !i.Published {
		i.AudioCodec, i.VideoCodec = "", ""
	}
	return i
}

// provider is how media travels through another door, in the words of WCS.
func provider(protocol string) string {
	switch protocol {
	case "whip", "whep":
		return "WebRTC"
	case "rtmp": // as the page "console" of the Web SDK has it
		return "Flash"
	}
	return strings.ToUpper(protocol)
}

// transport is what a door's media goes over, as far as its protocol says.
func transport(protocol string) string {
	switch protocol {
	case "whip", "whep", "srt":
		return "UDP"
	case "rtmp", "hls":
		return "TCP"
	}
	return ""
}

// ofServer are the streams that no client publishes: those of mixers and transcoders, and whatever graphs publish.
func (a streams) ofServer(clients []Info, published map[string]hub.StreamInfo) []Info {
	by := map[string]Info{} // publishers, by their pipelines
	for _, c := range clients {
		if c.Published {
			delete(published, c.Name)
			by[c.pipeline] = c
		}
	}
	if len(published) == 0 {
		return nil
	}
	made := map[string]Made{}
	for _, m := range a.opt.Made() {
		made[m.Name] = m
	}
	pipelines := a.publishers(published)
	list := make([]Info, 0, len(published))
	for name, in := range published {
		m, known := made[name]
		if !known {
			id := cmp.Or(pipelines[name], "publication") + "/" + strconv.FormatUint(in.Publication, 10)
			m = Made{Session: id, Provider: "GRAPH"}
		}
		i := Info{made: m, pipeline: pipelines[name], StreamStatus: wire.StreamStatus{
			NodeID: a.opt.Node, AppKey: defaultApp, SessionID: m.Session, MediaSessionID: m.Session, Name: name, Published: true,
			Status: wire.Publishing, MediaType: "publish", MediaProvider: m.Provider, CreateDate: in.Since.UnixMilli(),
		}}
		if parent, ok := by[i.pipeline]; ok && i.pipeline != "" {
			i.Parent, i.AppKey, i.SessionID = parent.MediaSessionID, parent.AppKey, parent.SessionID
		}
		i.describe(in)
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b Info) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// publishers are the pipelines that publish some streams, by the streams.
func (a streams) publishers(of map[string]hub.StreamInfo) map[string]string {
	out := map[string]string{}
	if a.opt.Specs == nil {
		return out
	}
	for _, i := range a.opt.Engine.Instances().Instances() {
		p := describe.Pipeline(i, a.opt.Specs)
		for _, name := range p.Publishes {
			if _, ok := of[name]; ok {
				out[name] = p.ID
			}
		}
	}
	return out
}

// sizeOf is how large the pictures of a publication are: the largest of them, where there are several layers.
func sizeOf(in hub.StreamInfo) (width, height int) {
	for _, t := range in.Tracks {
		if !t.Alternative && t.Track.Width > width {
			width, height = t.Track.Width, t.Track.Height
		}
	}
	return width, height
}

// describe takes over what the hub knows of a stream.
func (i *Info) describe(in hub.StreamInfo) {
	for _, t := range in.Tracks {
		switch {
		case t.Alternative:
		case t.Track.Kind == media.Audio:
			i.HasAudio, i.AudioCodec = true, wire.Codec(string(t.Track.Codec))
		case t.Track.Kind == media.Video:
			i.HasVideo, i.VideoCodec = true, wire.Codec(string(t.Track.Codec))
		}
	}
	i.Width, i.Height = sizeOf(in)
	for _, kind := range in.Muted {
		i.AudioState.Muted = i.AudioState.Muted || kind == media.Audio
		i.VideoState.Muted = i.VideoState.Muted || kind == media.Video
	}
}
