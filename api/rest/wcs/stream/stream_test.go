package stream_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/api"
	"sluice/api/rest/wcs/stream"
	"sluice/api/websocket/wire"
	"sluice/engine/enginetest"
	"sluice/engine/media"
)

// of are the members of some streams, in order.
func of(list []map[string]any, member string) []any {
	var out []any
	for _, s := range list {
		out = append(out, s[member])
	}
	return out
}

func TestNothingIsNotFound(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/rest-api/stream/find", "/rest-api/stream/find_all"} {
		h.Refused(path, J{}, http.StatusNotFound, "no such stream")
	}
	h.Refused("/rest-api/stream/terminate", J{"name": "cam"}, http.StatusNotFound, "no such stream")
}

func TestStreamsOfAllDoors(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.H264, media.Opus)
	h.client("rtmp-1", "rtmp", "cam", api.Publishes)
	h.client("hls-1", "hls", "cam", api.Plays)
	h.client("whep-1", "whep", "later", api.Plays)
	h.client("pages-own", "websocket", "page", api.Publishes) // which its page tells of
	h.page("p", "page", true)
	h.Publish("page", media.Opus)
	h.Publish("mix", media.Opus, media.VP8)
	h.made = []stream.Made{{Session: "m", Name: "mix", Provider: "MIXER"}, {Session: "gone", Name: "gone", Provider: "MIXER"}}
	h.copies("copier", "cam", "copy")
	list := h.List("/rest-api/stream/find_all", nil)
	if got := fmt.Sprint(of(list, "name")); got != "[page cam cam later copy mix]" {
		t.Fatal(got)
	}
	for i, want := range []J{
		{"mediaSessionId": "p", "appKey": "shop", "status": "PUBLISHING", "mediaProvider": "WebRTC"},
		{"mediaSessionId": "hls-1", "status": "PLAYING", "mediaProvider": "HLS", "published": false, "hasVideo": true, "mediaType": "play"},
		{
			"mediaSessionId": "rtmp-1", "sessionId": "rtmp-1", "status": "PUBLISHING", "mediaProvider": "Flash", "published": true,
			"videoCodec": "H264", "audioCodec": "opus", "hasAudio": true, "hasVideo": true, "nodeId": "node-1",
			"createDate": 1.8e12, "transport": "TCP", "mediaType": "publish", "appKey": "defaultApp",
		},
		{"mediaSessionId": "whep-1", "status": "PENDING", "mediaProvider": "WebRTC", "hasVideo": false},
		{"mediaProvider": "GRAPH", "published": true, "videoCodec": "H264"},
		{"mediaSessionId": "m", "mediaProvider": "MIXER", "videoCodec": "VP8", "audioCodec": "opus"},
	} {
		for member, v := range want {
			if list[i][member] != v {
				t.Errorf("%s of %v is %v, want %v", member, list[i]["name"], list[i][member], v)
			}
		}
	}
	if id, _ := list[4]["mediaSessionId"].(string); id[:7] != "copier/" {
		t.Error(id)
	}
}

// TestParents: what the pipeline of a client publishes besides is a child of what the client publishes.
func TestParents(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.H264)
	h.copies("twice", "cam", "small")
	h.client("twice", "srt", "cam", api.Publishes)
	list := h.List("/rest-api/stream/find", J{"parentMediaSessionId": "twice"})
	if len(list) != 1 || list[0]["name"] != "small" || list[0]["sessionId"] != "twice" {
		t.Error(list)
	}
}

func TestFind(t *testing.T) {
	h := open(t)
	h.page("p", "cam", true)
	h.page("v1", "cam", false)
	h.page("v2", "other", false)
	for _, c := range []struct {
		ask  J
		want string
	}{
		{J{}, "[p v1 v2]"},
		{J{"mediaSessionId": nil, "name": nil, "published": nil}, "[p v1 v2]"}, // as the SDK sends it
		{J{"name": "cam"}, "[p v1]"},
		{J{"name": "cam", "published": false}, "[v1]"},
		{J{"published": "true"}, "[p]"},
		{J{"status": "PLAYING"}, "[v1 v2]"},
		{J{"mediaSessionId": "v2"}, "[v2]"},
		{J{"mediaSessionId": "v2", "name": "cam"}, "[]"},
		{J{"hasAudio": true, "hasVideo": false, "record": "false"}, "[p v1 v2]"},
		{J{"appKey": "shop", "sessionId": "s-p", "mediaProvider": "WebRTC", "mediaType": "publish"}, "[p]"},
		{J{"offset": 1, "size": "1"}, "[v1]"},
		{J{"offset": 3}, "[]"},
		{J{"of nobody": "known"}, "[p v1 v2]"},
	} {
		if got := fmt.Sprint(of(h.List("/rest-api/stream/find", c.ask), "mediaSessionId")); got != c.want {
			t.Errorf("%v: %s, want %s", c.ask, got, c.want)
		}
	}
	h.Refused("/rest-api/stream/find", J{"name": []any{"cam"}, "published": "maybe"}, http.StatusBadRequest, `"published"`)
}

func TestTerminate(t *testing.T) {
	h := open(t)
	const path = "/rest-api/stream/terminate"
	h.page("p", "cam", true)
	h.page("v", "cam", false)
	h.page("w", "cam", false)
	h.client("rtmp-1", "rtmp", "cam", api.Plays)
	h.Refused(path, J{}, http.StatusBadRequest, `"mediaSessionId": it is missing`)
	h.Refused(path, J{"mediaSessionId": "nobody's"}, http.StatusNotFound, "no such stream")
	h.Refused(path, J{"name": "cam", "status": "STOPPED"}, http.StatusNotFound, "no such stream")
	h.Good(path, J{"mediaSessionIds": []string{"v", "nobody's"}})
	h.Good(path, J{"name": "cam", "status": "PUBLISHING"})
	h.Good(path, J{"mediaSessionId": "rtmp-1"})
	if id := enginetest.Await(t, "the end", h.ended); id != "rtmp-1" {
		t.Error(id)
	}
	if want := []string{"v", "p", "rtmp-1"}; !slices.Equal(h.pages.ended, want) || len(h.pages.list) != 1 {
		t.Errorf("%v, want %v", h.pages.ended, want)
	}
}

func TestTerminateWhatTheServerPublishes(t *testing.T) {
	h := open(t)
	const path = "/rest-api/stream/terminate"
	h.Publish("cam", media.H264)
	h.Publish("mix", media.VP8)
	ended := 0
	h.made = []stream.Made{{Session: "m", Name: "mix", End: func(context.Context) error { ended++; return nil }}}
	h.Good(path, J{"mediaSessionId": "m"})
	if ended != 1 {
		t.Error("the mixer was not ended")
	}
	i := h.copies("copier", "cam", "copy")
	h.Good(path, J{"name": "copy"})
	enginetest.Await(t, "the end", i.Done())
	h.Refused(path, J{"name": "cam"}, http.StatusConflict, "no pipeline is known")
}

func TestMetrics(t *testing.T) {
	h := open(t)
	p := h.Publish("cam", media.VP8)
	h.client("whip-1", "whip", "cam", api.Publishes)
	h.page("v", "cam", false)
	ask := J{"display": []string{"metrics"}, "name": "cam"}
	write := func(frames, payload int) {
		for range frames {
			ts := uint32(h.clock.Now().UnixNano() / 1000)
			for part := range 2 {
				body := append([]byte{0x10, 0}, make([]byte, payload-2)...)
				packet := media.Packet{Header: rtp.Header{Version: 2, Timestamp: ts, Marker: part == 1}, Payload: body}
				if err := p.Write(0, []media.Packet{packet}); err != nil {
					t.Fatal(err)
				}
			}
			h.clock.Advance(100 * time.Millisecond)
		}
	}
	metrics := func() (published, played J) {
		for _, s := range h.List("/rest-api/stream/find", ask) {
			m, _ := s["metrics"].(J)
			if s["published"] == true {
				published = m
			} else {
				played = m
			}
		}
		return published, played
	}
	metrics() // from which on rates are told
	write(20, 500)
	h.pages.list[0].Counts = wire.Counts{Bytes: 3000, VideoBits: 8 * 2000, Lost: 7, NACKs: 5, PLIs: 1}
	published, played := metrics()
	if published["VIDEO_RATE"] != 80_000.0 || published["VIDEO_FPS"] != 10.0 || published["VIDEO_B_FRAMES"] != 0.0 {
		t.Error(published)
	}
	if played["VIDEO_LOST"] != 7.0 || played["VIDEO_NACK"] != 5.0 || played["VIDEO_RATE"] != 8000.0 || played["AUDIO_RATE"] != 4000.0 {
		t.Error(played)
	}
	if again, _ := metrics(); again["VIDEO_RATE"] != 80_000.0 {
		t.Error("who asks at once gets another rate:", again)
	}
	if plain := h.List("/rest-api/stream/find", J{"name": "cam"}); plain[0]["metrics"] != nil {
		t.Error("metrics that nobody asked for")
	}
}
