package statistics

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"sluice/api"
	"sluice/api/websocket/wire"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// counted is what several groups tell of.
type counted struct {
	census    hub.Census
	published []hub.StreamInfo
	in, out   map[string]int // streams, by the words that WCS has for protocols
	clients   map[string]int // of other doors than that of the Web SDK, by their protocols
	viewers   map[string]int // by the streams
	calls     Calls
}

// count counts.
func (s *Statistics) count() counted {
	n := counted{
		census: s.from.Engine.Census(), published: s.from.Engine.Streams().Streams(),
		in: map[string]int{}, out: map[string]int{}, clients: map[string]int{}, viewers: map[string]int{},
	}
	if s.from.Pages != nil {
		for _, l := range s.from.Pages() {
			n.page(l)
		}
	}
	if s.from.Calls != nil {
		n.calls = s.from.Calls()
	}
	for _, one := range s.from.Present.All() {
		if one.Protocol != "websocket" {
			n.client(one)
		}
	}
	return n
}

// page counts a stream of a page.
func (n *counted) page(l wire.Listed) {
	word := "webrtc"
	switch l.MediaProvider {
	case "MSE", "WSPlayer":
		word = "websocket"
	case "Flash":
		word = "rtmp" // that is what its media goes over
	}
	switch l.Status {
	case wire.Publishing:
		n.in[word]++
	case wire.Playing:
		n.out[word]++
		n.watch(l.Name)
	}
}

// client counts somebody of another door.
func (n *counted) client(one api.Session) {
	n.clients[one.Protocol]++
	word := one.Protocol
	if word == "whip" || word == "whep" {
		word = "webrtc"
	}
	if one.Direction == api.Publishes {
		n.in[word]++
		return
	}
	n.out[word]++
	n.watch(one.Stream)
}

// watch counts a viewer of a stream, unless its name tells somebody's login: who may read metrics is not who may administer.
func (n *counted) watch(stream string) {
	if !hub.HasLogin(stream) {
		n.viewers[stream]++
	}
}

// connections tells who is connected.
func (s *Statistics) connections(n counted) []Value {
	sockets := number(s.from.Sockets)
	all := sockets
	for _, k := range n.clients {
		all += k
	}
	out := []Value{{"connections", all}, {"connections_rtmfp", 0}, {"connections_websocket", sockets}}
	for _, protocol := range []string{"hls", "rtmp", "rtsp", "srt", "whip", "whep"} {
		out = append(out, Value{"connections_" + protocol, n.clients[protocol]})
	}
	return append(out, Value{"connections_sip", n.calls.Lines}) // not in the sum: a page with a line has its socket there
}

// streams tells what is published and played.
func (s *Statistics) streams(n counted) []Value {
	var out []Value
	for _, word := range []string{"rtmfp", "rtmp", "rtsp", "webrtc", "srt"} {
		out = append(out, Value{"streams_" + word + "_in", n.in[word]}, Value{"streams_" + word + "_out", n.out[word]})
	}
	names := slices.Sorted(maps.Keys(n.viewers))
	return append(out,
		Value{"streams_websocket_out", n.out["websocket"]},
		Value{"streams_hls", n.out["hls"]},
		Value{"streams_published", n.census.Published},
		Value{"streams_viewers", listed(names, n.viewers)},
		// How far sound and pictures are apart is not measured, of no stream.
		Value{"streams_synchronization", ""},
	)
}

// ports tells how many clients there may still be, as WCS has a port for each of them.
func (s *Statistics) ports() []Value {
	peers, requests := number(s.from.Peers), number(s.from.Requests)
	return []Value{
		{"ports_media_free", max(s.from.MaxPeers-peers, 0)}, {"ports_media_busy", peers}, {"ports_media_quarantine", 0},
		{"ports_wcs_agents_free", 0}, {"ports_wcs_agents_busy", 0}, {"ports_wcs_agents_quarantine", 0},
		{"ports_rest_api_leased", requests}, {"ports_rest_api_available", max(s.from.MaxRequests-requests, 0)},
		{"ports_rest_api_pending", 0},
	}
}

// conversions are how many there are of a kind.
func (n counted) conversions(kind media.Kind) (sum int) {
	for codecs, k := range n.census.Conversions {
		if info, ok := codecs[1].Info(); ok && info.Kind == kind {
			sum += k
		}
	}
	return sum
}

// native tells what codes media.
func (s *Statistics) native(n counted) []Value {
	return []Value{
		{"native_resources.workers", number(s.from.Workers)},
		{"native_resources.audio_codecs", n.conversions(media.Audio)},
		{"native_resources.video_transcoders", n.conversions(media.Video)},
	}
}

// distributor is a track of pictures that players can have.
type distributor struct {
	Codec      string         `json:"codec"`
	Queue      int64          `json:"queueSize"` // packets or pictures that wait to be sent
	Resolution string         `json:"resolution"`
	Readers    int            `json:"readers"`
	Groups     map[string]any `json:"videoGroupsSendStats"` // there are none
}

// transcoding tells what is converted, and what pictures there are of each stream.
func (s *Statistics) transcoding(n counted) []Value {
	type full struct {
		Distributors map[string]distributor `json:"distributors"`
	}
	all := make(map[string]full, len(n.published))
	for _, p := range n.published {
		if hub.HasLogin(p.Name) {
			continue
		}
		one := full{map[string]distributor{}}
		for i, t := range p.Tracks {
			if t.Track.Kind == media.Video {
				one.Distributors[t.Track.ID+"-"+strconv.Itoa(i)] = distributor{
					Codec: wire.Codec(string(t.Track.Codec)), Queue: t.Stats.Level, Readers: t.Readers, Groups: map[string]any{},
					Resolution: fmt.Sprintf("%dx%d", t.Track.Width, t.Track.Height),
				}
			}
		}
		all[p.Name] = one
	}
	return []Value{
		{"transcoding_audio", n.conversions(media.Audio)},
		{"transcoding_video", n.conversions(media.Video)},
		{"transcoding_video_full_info", all},
	}
}

// number is what somebody says; 0 if there is nobody.
func number(of func() int) int {
	if of == nil {
		return 0
	}
	return of()
}
