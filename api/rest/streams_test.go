package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestStreams(t *testing.T) {
	k := start(t, options{})
	if p := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams", nil); len(p.Items) != 0 || p.Items == nil {
		t.Errorf("%+v", p)
	}
	cam := k.Publish("live/cam", media.H264, media.Opus)
	cam.Mute(media.Audio, true)
	k.Publish("other", media.PCMU)
	list := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams", nil)
	if len(list.Items) != 2 || list.Items[0].Name != "live/cam" || list.Items[1].Name != "other" {
		t.Errorf("%+v", list)
	}
	if p := want[wire.Page[wire.Stream]](k, 200, "GET /v1/streams?prefix=live/&limit=1", nil); len(p.Items) != 1 || p.Total != 1 || p.Next != "" {
		t.Errorf("%+v", p)
	}
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "live/cam", "to": "copy"}})
	s := want[wire.StreamDetail](k, 200, "GET /v1/streams/live%2Fcam", nil)
	if len(s.Tracks) != 2 || s.Tracks[0].Codec != "h264" || s.Tracks[1].Kind != "audio" || !slices.Equal(s.Muted, []string{"audio"}) || s.Since.IsZero() {
		t.Errorf("%+v", s)
	}
	if len(s.Pipelines) != 1 || s.Pipelines[0].ID != "relay" || !slices.Equal(s.Pipelines[0].Does, []string{"read"}) || s.Readers == 0 {
		t.Errorf("%+v", s)
	}
	copied := want[wire.StreamDetail](k, 200, "GET /v1/streams/copy", nil)
	if len(copied.Pipelines) != 1 || !slices.Equal(copied.Pipelines[0].Does, []string{"publish"}) {
		t.Errorf("%+v", copied)
	}
	if p := k.refused(404, fault.StreamNotFound, "GET /v1/streams/live%2Fcan", nil); !strings.Contains(p.Hint, "live/cam") {
		t.Errorf("%+v", p)
	}
}

func TestEndStream(t *testing.T) {
	k := start(t, options{})
	k.Publish("cam", media.H264, media.Opus)
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/relay", "id": "relay", "params": J{"from": "cam", "to": "copy"}})
	want[J](k, 202, "DELETE /v1/streams/copy", nil)
	k.eventually("its end", func() bool { return k.call("GET /v1/streams/copy", nil).StatusCode == http.StatusNotFound })
	k.eventually("the pipeline's end", func() bool { return k.call("GET /v1/pipelines/relay", nil).StatusCode == http.StatusNotFound })
	k.refused(404, fault.StreamNotFound, "DELETE /v1/streams/copy", nil)
	k.refused(409, fault.NameInUse, "DELETE /v1/streams/cam", nil) // which no pipeline publishes
}

func TestSessions(t *testing.T) {
	k := start(t, options{graphs: map[string]string{"calls/peer": clienttest.Calling}})
	if p := want[wire.Page[wire.Session]](k, 200, "GET /v1/sessions", nil); p.Items == nil || p.Total != 0 {
		t.Errorf("%+v", p)
	}
	k.Publish("cam", media.H264, media.Opus)
	id := k.Call("cam")
	hls := k.Present.Enter(api.Session{Protocol: "hls", Direction: api.Plays, Stream: "cam"}, func() {}) // one that no pipeline serves
	list := want[wire.Page[wire.Session]](k, 200, "GET /v1/sessions", nil)
	if len(list.Items) != 2 || list.Total != 2 {
		t.Fatalf("%+v", list)
	}
	for query, total := range map[string]int{
		"protocol=hls": 1, "protocol=rtmp": 0, "direction=play": 2, "direction=publish": 0, "stream=cam&protocol=test": 1, "stream=ca": 0,
	} {
		if p := want[wire.Page[wire.Session]](k, 200, "GET /v1/sessions?"+query, nil); p.Total != total {
			t.Errorf("%s: %+v", query, p)
		}
	}
	k.refused(422, fault.InvalidParams, "GET /v1/sessions?direction=both", nil)
	s := want[wire.Session](k, 200, "GET /v1/sessions/"+id, nil)
	if s.Protocol != "test" || s.Direction != "play" || s.Stream != "cam" || s.Remote != "192.0.2.7:5000" || s.User != "ann" || s.Since.IsZero() ||
		s.Pipeline != id || s.Graph != "calls/peer" || s.State == "" || !slices.Equal(s.Reads, []string{"cam"}) {
		t.Errorf("%+v", s)
	}
	want[J](k, 202, "DELETE /v1/sessions/"+id, nil)
	k.eventually("its end", func() bool { return k.call("GET /v1/sessions/"+id, nil).StatusCode == http.StatusNotFound })
	if got := want[wire.Server](k, 200, "GET /v1/server", nil); got.Sessions != 1 {
		t.Errorf("%+v", got)
	}
	hls()
	p := k.refused(404, fault.ResourceNotFound, "DELETE /v1/sessions/"+id, nil)
	if !strings.Contains(p.Hint, "/v1/sessions") {
		t.Errorf("%+v", p)
	}
}
